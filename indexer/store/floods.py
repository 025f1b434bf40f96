"""What crowds of uploads match: counted from the matches that are kept anyway."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, case, delete, func, select

from hashsvc import SignatureId, Tier
from hashsvc.closed_sets import ListedState
from indexer.records import BankKind, MatchId, PlatformId
from indexer.store import tables
from indexer.store.conflicts import insert_into
from indexer.store.flood_tables import question_count

_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_counts = question_count.c
_hits = tables.match_hit.c
_listed = tables.listed_signature.c
_matches = tables.match.c


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many different uploads of each platform matched one unconfirmed signature."""

    signature_id: SignatureId
    uploads: Mapping[PlatformId, int]

    @property
    def total(self) -> int:
        """Over all platforms."""
        return sum(self.uploads.values())


@dataclass(frozen=True, slots=True)
class Holder:
    """A platform's match on a signature, about which it can be asked."""

    platform_id: PlatformId
    match_id: MatchId


@dataclass(frozen=True, slots=True)
class Traffic:
    """The newest uploads that a platform asked about."""

    uploads: int
    since: datetime  # the beginning of the minute in which they begin


@dataclass(frozen=True, slots=True)
class Floods:
    """Crowds of uploads within one transaction."""

    connection: Connection

    def count_questions(self, uploads: Mapping[tuple[PlatformId, int], int]) -> None:
        """Add to what platforms asked about.

        Args:
            uploads: how many, by platform and minute since 1970.
        """
        adding = insert_into(self.connection, question_count)
        adding = adding.on_conflict_do_update(
            index_elements=["platform_id", "minute"],
            set_={"uploads": _counts.uploads + adding.excluded.uploads},
        )
        rows = [
            {"platform_id": platform_id, "minute": minute, "uploads": number}
            for (platform_id, minute), number in sorted(uploads.items())  # one order for all
        ]
        self.connection.execute(adding, rows)

    def forget_questions(self, *, before: datetime) -> None:
        """Drop counts of earlier minutes."""
        self.connection.execute(delete(question_count).where(_counts.minute < minute_of(before)))

    def traffic(self, platform_id: PlatformId, *, since: datetime, enough: int) -> Traffic:
        """What a platform asked about lately: as many whole minutes as hold so many uploads."""
        rows = self.connection.execute(
            select(_counts.minute, _counts.uploads)
            .where(_counts.platform_id == platform_id, _counts.minute >= minute_of(since))
            .order_by(_counts.minute.desc())
        )
        uploads = 0
        for row in rows:
            uploads += row.uploads
            if uploads >= enough:
                return Traffic(uploads, _EPOCH + row.minute * _MINUTE)
        return Traffic(uploads, since)

    def crowds(self, *, since: datetime, listed_since: int, over: int) -> list[Crowd]:
        """Signatures that nobody confirmed, and that more different uploads matched.

        Args:
            since: matches that were opened earlier do not count.
            listed_since: a day; what was listed earlier is not looked at.
            over: how many uploads are not worth a look.
        """
        watched = (
            select(_hits.signature_id, _matches.platform_id, func.count().label("uploads"))
            .join(tables.match, _matches.id == _hits.match_id)
            .join(tables.listed_signature, _listed.id == _hits.signature_id)
            .join(tables.bank, tables.bank.c.id == _listed.bank_id)
            .where(
                _matches.opened_at >= since,
                _listed.state == ListedState.PROBATION,
                _listed.reviewed_day.is_(None),
                _listed.listed_day >= listed_since,
                tables.bank.c.kind == BankKind.REPORTED,
            )
            .group_by(_hits.signature_id, _matches.platform_id)
        ).subquery()
        many = (
            select(watched.c.signature_id)
            .group_by(watched.c.signature_id)
            .having(func.sum(watched.c.uploads) > over)
        )
        rows = self.connection.execute(
            select(watched).where(watched.c.signature_id.in_(many)).order_by(watched.c.signature_id)
        )
        by_signature: dict[SignatureId, dict[PlatformId, int]] = {}
        for row in rows:
            counted = by_signature.setdefault(SignatureId(row.signature_id), {})
            counted[PlatformId(row.platform_id)] = row.uploads
        return [Crowd(id_, counted) for id_, counted in by_signature.items()]

    def uploads(
        self, signature_id: SignatureId, platform_id: PlatformId, *, since: datetime
    ) -> int:
        """How many different uploads of a platform matched a signature since then."""
        return int(
            self.connection.scalar(
                select(func.count())
                .select_from(tables.match_hit)
                .join(tables.match, _matches.id == _hits.match_id)
                .where(
                    _hits.signature_id == signature_id,
                    _matches.platform_id == platform_id,
                    _matches.opened_at >= since,
                )
            )
            or 0
        )

    def holders(self, signature_id: SignatureId, *, limit: int) -> list[Holder]:
        """Platforms that hold a match on a signature, those with most of them first.

        Each with the match that a look says most about: a strong one, the oldest.
        """
        surest = case((_hits.tier == Tier.STRONG, 0), else_=1)
        ranked = (
            select(
                _matches.platform_id,
                _matches.id,
                func.row_number()
                .over(
                    partition_by=_matches.platform_id,
                    order_by=(surest, _matches.opened_at, _matches.id),
                )
                .label("place"),
                func.count().over(partition_by=_matches.platform_id).label("matches"),
            )
            .join(tables.match_hit, _hits.match_id == _matches.id)
            .where(_hits.signature_id == signature_id)
        ).subquery()
        rows = self.connection.execute(
            select(ranked.c.platform_id, ranked.c.id)
            .where(ranked.c.place == 1)
            .order_by(ranked.c.matches.desc(), ranked.c.platform_id)
            .limit(limit)
        )
        return [Holder(PlatformId(row.platform_id), MatchId(row.id)) for row in rows]


def minute_of(at: datetime) -> int:
    """Minutes since 1970."""
    return (at - _EPOCH) // _MINUTE

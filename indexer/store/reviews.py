"""What is held, with the counts by which an operator judges: no hash is ever opened for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, delete, func, select, update

from hashsvc import SignatureId
from hashsvc.closed_sets import FeedKind, ListedState
from indexer.records import BankKind, Hold, Side, Standing
from indexer.store import tables
from indexer.store.conflicts import insert_into, replacing
from indexer.store.days import day_of
from indexer.store.review_tables import restore_wish

_listed = tables.listed_signature.c
_bank = tables.bank.c
_hits = tables.match_hit.c
_matches = tables.match.c
_votes = tables.vote.c
_entries = tables.feed_entry.c


@dataclass(frozen=True, slots=True)
class Voice:
    """What one platform has to do with a signature."""

    platform: str  # its name
    uploads: int  # that matched, whenever
    vote: Side | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A listed signature as an operator sees it."""

    signature_id: SignatureId
    bank: str
    standing: Standing
    strong_only: bool  # answers at tier strong alone: dark, or near something benign
    listed_day: int
    reviewed_day: int | None  # an operator brought it back
    asked_at: datetime | None  # when platforms were asked to look, the last time
    wished_by: str | None  # who wants it back, where it takes two
    voices: Sequence[Voice]

    @property
    def uploads(self) -> int:
        """Different uploads that matched it."""
        return sum(voice.uploads for voice in self.voices)

    def votes(self, side: Side) -> int:
        """How many platforms speak so."""
        return sum(voice.vote is side for voice in self.voices)


@dataclass(frozen=True, slots=True)
class Reviews:
    """Held signatures within one transaction."""

    connection: Connection

    def totals(self) -> Mapping[Hold, int]:
        """How many signatures each reason holds."""
        rows = self.connection.execute(
            select(_listed.hold, func.count().label("held"))
            .join(tables.bank, _bank.id == _listed.bank_id)
            .where(*_HELD)
            .group_by(_listed.hold)
        )
        return {Hold(row.hold): row.held for row in rows}

    def held(self, hold: Hold | None, bank: str | None, *, limit: int) -> list[Reviewed]:
        """What waits: floods first, since a true one must not wait, then appeals; oldest first.

        Args:
            hold: only what this reason holds.
            bank: only what is in the bank of this name.
            limit: at most so many.
        """
        wanted = _select_reviewed().where(*_HELD)
        if hold is not None:
            wanted = wanted.where(_listed.hold == hold)
        if bank is not None:
            wanted = wanted.where(_bank.name == bank)
        urgent = case((_listed.hold == Hold.FLOOD, 0), (_listed.hold == Hold.APPEAL, 1), else_=2)
        wanted = wanted.order_by(urgent, _listed.listed_day, _listed.id).limit(limit)
        return self._reviewed(wanted)

    def these(self, ids: Sequence[SignatureId]) -> list[Reviewed]:
        """Those of the ids that survivors or networks reported, whatever their state."""
        wanted = _select_reviewed().where(_listed.id.in_(ids), _REPORTED)
        return self._reviewed(wanted.order_by(_listed.id))

    def mark(self, ids: Sequence[SignatureId], *, at: datetime) -> None:
        """Keep that operators brought signatures back; nobody waits for a second one any more."""
        self.connection.execute(
            update(tables.listed_signature)
            .where(_listed.id.in_(ids))
            .values(reviewed_day=day_of(at))
        )
        self.forget_wishes(ids)

    def wish(self, ids: Sequence[SignatureId], *, by: str) -> None:
        """Keep who wants signatures back."""
        if ids:
            wishing = insert_into(self.connection, restore_wish)
            rows = [{"signature_id": id_, "wished_by": by} for id_ in sorted(ids)]
            self.connection.execute(replacing(wishing, ["signature_id"], ["wished_by"]), rows)

    def forget_wishes(self, ids: Sequence[SignatureId]) -> None:
        """Nobody wants these back."""
        self.connection.execute(delete(restore_wish).where(restore_wish.c.signature_id.in_(ids)))

    def _reviewed(self, wanted: Select[tuple[Any, ...]]) -> list[Reviewed]:
        rows = self.connection.execute(wanted).all()
        voices = self._voices([row.id for row in rows])
        return [_reviewed(row, voices[row.id]) for row in rows]

    def _voices(self, ids: Sequence[int]) -> Mapping[int, Sequence[Voice]]:
        """What each platform has to do with each signature, by its name."""
        uploads = self.connection.execute(
            select(_hits.signature_id, _matches.platform_id, func.count().label("uploads"))
            .join(tables.match, _matches.id == _hits.match_id)
            .where(_hits.signature_id.in_(ids))
            .group_by(_hits.signature_id, _matches.platform_id)
        )
        counted = {(row.signature_id, row.platform_id): row.uploads for row in uploads}
        votes = self.connection.execute(
            select(_votes.signature_id, _votes.platform_id, _votes.side).where(
                _votes.signature_id.in_(ids)
            )
        )
        spoken = {(row.signature_id, row.platform_id): Side(row.side) for row in votes}
        names = {
            row.id: row.name
            for row in self.connection.execute(
                select(tables.platform).where(
                    tables.platform.c.id.in_({platform for _, platform in counted | spoken})
                )
            )
        }
        voices: dict[int, list[Voice]] = {id_: [] for id_ in ids}
        for id_, platform_id in sorted(counted | spoken, key=lambda pair: names[pair[1]]):
            pair = id_, platform_id
            voices[id_].append(Voice(names[platform_id], counted.get(pair, 0), spoken.get(pair)))
        return voices


_REPORTED: ColumnElement[bool] = _bank.kind == BankKind.REPORTED
_HELD = (_listed.state == ListedState.SUSPENDED, _REPORTED)


def _select_reviewed() -> Select[tuple[Any, ...]]:
    asked_at = (
        select(func.max(_entries.at))
        .join(tables.match_hit, _hits.match_id == _entries.match_id)
        .where(
            _hits.signature_id == _listed.id,
            _entries.kind == FeedKind.MATCH_REVIEW_REQUESTED,
        )
        .correlate(tables.listed_signature)
        .scalar_subquery()
    )
    return (
        select(
            _listed.id,
            _listed.state,
            _listed.hold,
            _listed.strong_only,
            _listed.listed_day,
            _listed.reviewed_day,
            _bank.name.label("bank"),
            restore_wish.c.wished_by,
            asked_at.label("asked_at"),
        )
        .join(tables.bank, _bank.id == _listed.bank_id)
        .outerjoin(restore_wish, restore_wish.c.signature_id == _listed.id)
    )


def _reviewed(row: Row[Any], voices: Sequence[Voice]) -> Reviewed:
    return Reviewed(
        signature_id=SignatureId(row.id),
        bank=row.bank,
        standing=Standing(ListedState(row.state), None if row.hold is None else Hold(row.hold)),
        strong_only=row.strong_only,
        listed_day=row.listed_day,
        reviewed_day=row.reviewed_day,
        asked_at=row.asked_at,
        wished_by=row.wished_by,
        voices=voices,
    )

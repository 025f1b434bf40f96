"""Who is handed a bank's list, and what: grants, pages, acknowledgements, audit rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, insert, or_, select, update

from hashsvc import Hash, SignatureId
from hashsvc.closed_sets import ListedState
from indexer.alarm_records import Copy, Recipient
from indexer.list_records import Grant, ListAccess, ListLine, ListPage, StreamHead, Wish
from indexer.records import LIVE_STATES, Platform, PlatformId
from indexer.store import list_tables, tables
from indexer.store.chains import Chain
from indexer.store.honey import Honey
from indexer.store.list_streams import ListStreams, seconds_of
from indexer.store.listing import REPORTED_BANK, Listing
from indexer.store.sealing import DataKey, unwrap

_entries = list_tables.list_entry.c
_grants = list_tables.list_grant.c
_streams = list_tables.list_stream.c
_submitted = list_tables.list_submission.c
_listed = tables.listed_signature.c


@dataclass(frozen=True, slots=True)
class Lists:
    """Grants and pages within one transaction."""

    connection: Connection
    changes: Chain
    listing: Listing

    @property
    def streams(self) -> ListStreams:
        """What the pages are cut from."""
        return ListStreams(self.connection, self.changes, self.listing)

    def bank_id(self, name: str) -> int | None:
        """The bank of this name whose signatures may be handed on: what survivors reported."""
        if name != REPORTED_BANK:
            return None  # another network's list, or benign
        return self.connection.scalar(select(tables.bank.c.id).where(tables.bank.c.name == name))

    def grants(self) -> list[Grant]:
        """Every grant, also those that wait for a second operator and those revoked."""
        rows = self.connection.execute(_select_grants().order_by(tables.platform.c.name))
        return [_grant_of(row) for row in rows]

    def grants_of(self, platform_id: PlatformId) -> list[Grant]:
        """What a platform may read now, in the order of its banks' numbers."""
        rows = self.connection.execute(
            _select_grants().where(_grants.platform_id == platform_id).order_by(_grants.bank_id)
        )
        return [grant for grant in map(_grant_of, rows) if grant.holds]

    def kept(self, platform: Platform, bank_id: int) -> Grant | None:
        """What is kept of a platform's right to a bank's list, granted or not; locked."""
        row = self.connection.execute(
            _select_grants()
            .where(_grants.platform_id == platform.platform_id, _grants.bank_id == bank_id)
            .with_for_update(of=list_tables.list_grant)
        ).one_or_none()
        return None if row is None else _grant_of(row)

    def grant(self, platform: Platform, bank_id: int, wish: Wish, *, at: datetime) -> Grant:
        """Let a platform read a bank's list, once two operators want it.

        The first wish is kept; the next one, which has to be another person's, fulfils it.
        """
        kept = self.kept(platform, bank_id)
        if kept is None:
            self.streams.begin(bank_id)
            self._ask(platform, bank_id, wish, at=at)
        elif kept.revoked:
            asked = {"asked_by": wish.by, "reference": wish.reference, "granted_by": None}
            self._change(kept, **asked, revoked_at=None, changed_at=at)
        elif kept.granted_by is None:
            self._change(kept, granted_by=wish.by, changed_at=at)
            self._add_honey(kept, at=at)
        changed = self.kept(platform, bank_id)
        assert changed is not None  # noqa: S101  # it was kept above
        return changed

    def revoke(self, grant: Grant, *, at: datetime) -> None:
        """End a grant; one operator is enough. The honey stays known."""
        self._change(grant, revoked_at=at, changed_at=at)

    def head(self, grant: Grant) -> StreamHead:
        """The newest end of the stream that a recipient reads."""
        row = self.connection.execute(
            select(_streams.pos, _streams.published_at).where(_streams.bank_id == grant.bank_id)
        ).one()
        return StreamHead(self.changes.head().epoch, row.pos, row.published_at)

    def page(
        self, grant: Grant, after: int, *, limit: int, until_second: int | None = None
    ) -> ListPage:
        """Lines beyond a position, in order; what was removed in the meantime is left out.

        Args:
            grant: who reads which bank.
            after: position, exclusive.
            limit: at most so many.
            until_second: no line that was published later, seconds since 1970.
        """
        wanted = _select_lines(grant, after)
        if until_second is not None:
            wanted = wanted.where(_entries.published_at <= until_second)
        rows = self.connection.execute(wanted.limit(limit + 1)).all()
        keys = {grant.data_key_id: self.listing.data_key(grant.data_key_id)}
        shown = rows[:limit]
        return ListPage(
            lines=tuple(self._line(row, keys, grant) for row in shown if not _is_vanished(row)),
            last_pos=shown[-1].pos if shown else after,
            more=len(rows) > limit,
        )

    def position_at(self, grant: Grant, second: int) -> int:
        """The last position that was published no later than a second."""
        found = self.connection.scalar(
            select(_entries.pos)
            .where(_entries.bank_id == grant.bank_id, _entries.published_at <= second)
            .order_by(_entries.published_at.desc(), _entries.pos.desc())
            .limit(1)
        )
        return int(found or 0)

    def acknowledge(self, grant: Grant, pos: int, *, at: datetime) -> None:
        """Keep that a recipient has done everything up to a position; never goes back."""
        self.connection.execute(
            update(list_tables.list_grant)
            .where(_is(grant), _grants.acknowledged < pos)
            .values(acknowledged=pos)
        )
        self._change(grant, asked_at=at)

    def note_access(self, access: ListAccess, *, at: datetime) -> None:
        """Keep who was handed what: without this row there is no answer."""
        self.connection.execute(
            insert(list_tables.list_access).values(
                at=at,
                platform_id=access.grant.platform.platform_id,
                bank_id=access.grant.bank_id,
                key_id=access.key_id,
                dialect=access.dialect,
                after=access.after,
                last=access.page.last_pos,
                rows=len(access.page.lines),
            )
        )

    def take_fresh(self, platform: Platform, macs: Collection[bytes]) -> set[bytes]:
        """Those digests of hashes that a platform sends for the first time; kept from now on."""
        of_platform = _submitted.platform_id == platform.platform_id
        sent = select(_submitted.hash_mac).where(of_platform, _submitted.hash_mac.in_(macs))
        fresh = set(macs) - set(self.connection.scalars(sent))
        if fresh:
            self.connection.execute(
                insert(list_tables.list_submission),
                [{"platform_id": platform.platform_id, "hash_mac": mac} for mac in sorted(fresh)],
            )
        return fresh

    def _ask(self, platform: Platform, bank_id: int, wish: Wish, *, at: datetime) -> None:
        self.connection.execute(
            insert(list_tables.list_grant).values(
                platform_id=platform.platform_id,
                bank_id=bank_id,
                data_key_id=self.listing.new_data_key().data_key_id,
                asked_by=wish.by,
                reference=wish.reference,
                changed_at=at,
                acknowledged=0,
            )
        )

    def _change(self, grant: Grant, **values: object) -> None:
        self.connection.execute(update(list_tables.list_grant).where(_is(grant)).values(**values))

    def _add_honey(self, grant: Grant, *, at: datetime) -> None:
        """Once for each recipient: a grant that was revoked and given again keeps its own."""
        mine = _entries.platform_id == grant.platform.platform_id
        if self.connection.scalar(select(_entries.pos).where(mine).limit(1)) is not None:
            return
        name = grant.platform.name
        ids = Honey(self.connection, self.listing).of(
            grant.bank,
            Recipient(Copy.LIST, name, name),
            at=at,
            key=self.listing.data_key(grant.data_key_id),
        )
        self.streams.add_honey(grant.bank_id, grant.platform.platform_id, ids, at=seconds_of(at))

    def _line(
        self, row: Row[tuple[object, ...]], keys: dict[int, DataKey], grant: Grant
    ) -> ListLine:
        return ListLine(
            pos=row.pos,
            published_at=row.published_at,
            added_pos=row.added_pos,
            signature_id=SignatureId(row.signature_id),
            state=ListedState(row.state),
            disputed=row.disputed,
            pdq=self._pdq(row, keys, grant),
        )

    def _pdq(
        self, row: Row[tuple[object, ...]], keys: dict[int, DataKey], grant: Grant
    ) -> Hash | None:
        signature_id = SignatureId(row.signature_id)
        if row.honey is not None:
            return keys[grant.data_key_id].unseal(row.honey, signature_id).pdq
        if row.sealed is None:
            return None
        if row.data_key_id not in keys:
            keys[row.data_key_id] = unwrap(
                row.wrapped,
                data_key_id=row.data_key_id,
                kek_id=row.kek_id,
                ring=self.listing.ring,
            )
        return keys[row.data_key_id].unseal(row.sealed, signature_id).pdq


def _is(grant: Grant) -> ColumnElement[bool]:
    return and_(_grants.platform_id == grant.platform.platform_id, _grants.bank_id == grant.bank_id)


def _is_vanished(row: Row[tuple[object, ...]]) -> bool:
    """Published as live and live no more: its removal is about to be published."""
    return row.state in LIVE_STATES and row.honey is None and row.listed not in LIVE_STATES


def _select_grants() -> Select[tuple[object, ...]]:
    return (
        select(list_tables.list_grant, tables.platform.c.name, tables.bank.c.name.label("bank"))
        .join(tables.platform, tables.platform.c.id == _grants.platform_id)
        .join(tables.bank, tables.bank.c.id == _grants.bank_id)
    )


def _grant_of(row: Row[tuple[object, ...]]) -> Grant:
    return Grant(
        platform=Platform(PlatformId(row.platform_id), row.name),
        bank=row.bank,
        bank_id=row.bank_id,
        asked_by=row.asked_by,
        granted_by=row.granted_by,
        reference=row.reference,
        revoked=row.revoked_at is not None,
        data_key_id=row.data_key_id,
        acknowledged=row.acknowledged,
        asked_at=row.asked_at,
    )


def _select_lines(grant: Grant, after: int) -> Select[tuple[object, ...]]:
    keys = tables.data_key
    return (
        select(
            _entries.signature_id,
            _entries.pos,
            _entries.added_pos,
            _entries.published_at,
            _entries.state,
            _entries.disputed,
            _entries.body.label("honey"),
            _listed.state.label("listed"),
            _listed.body.label("sealed"),
            _listed.data_key_id,
            keys.c.wrapped,
            keys.c.kek_id,
        )
        .outerjoin(
            tables.listed_signature,
            and_(_listed.id == _entries.signature_id, _entries.body.is_(None)),
        )
        .outerjoin(keys, keys.c.id == _listed.data_key_id)
        .where(
            _entries.bank_id == grant.bank_id,
            _entries.pos > after,
            or_(
                _entries.platform_id.is_(None),
                _entries.platform_id == grant.platform.platform_id,
            ),
        )
        .order_by(_entries.pos)
    )

"""List streams: what a bank's recipients are handed, in the order in which it was published.

A publisher follows the change log. Removals are published at once; additions wait and are
published together, shuffled: cases mix, and what is withdrawn while it waits is never published.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Select, exists, func, insert, select, update

from hashsvc import RegionKind, Signature, SignatureId
from hashsvc.closed_sets import ListedState
from indexer.records import LIVE_STATES, BankKind, ChangeKind, Side
from indexer.store import list_tables, tables
from indexer.store.alarm_tables import honey
from indexer.store.chains import Chain
from indexer.store.listing import Listing

ROWS_A_SECOND = 5_000  # no more share one second, so that a window of one second is one page
FIT_QUALITY = 50  # recipients compare PDQ alone
_CHANGES_AT_ONCE = 5_000
_entries = list_tables.list_entry.c
_streams = list_tables.list_stream.c
_listed = tables.listed_signature.c


@dataclass(frozen=True, slots=True)
class _End:
    """Where a stream ends while its row is locked."""

    bank_id: int
    pos: int
    published_at: int
    published_rows: int
    removed_to: int
    added_to: int
    batched_at: int

    def moved(self, rows: int, *, at: int) -> "_End":
        """The end after one entry more: no time falls, and no second holds too many."""
        now = max(at, self.published_at)
        full = now == self.published_at and self.published_rows + rows > ROWS_A_SECOND
        now += full
        before = self.published_rows if now == self.published_at else 0
        return replace(self, pos=self.pos + rows, published_at=now, published_rows=before + rows)


def seconds_of(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp())


def is_fit(signature: Signature) -> bool:
    """Whether a signature may be handed on: of a whole photo, with detail enough for PDQ alone."""
    return signature.region is RegionKind.FULL and signature.quality >= FIT_QUALITY


@dataclass(frozen=True, slots=True)
class ListStreams:
    """List streams within one transaction."""

    connection: Connection
    changes: Chain
    listing: Listing

    def banks(self) -> list[int]:
        """The banks that have a stream."""
        return list(self.connection.scalars(select(_streams.bank_id).order_by(_streams.bank_id)))

    def waiting(self, bank_id: int, *, at: datetime, every_seconds: int) -> bool:
        """Whether `publish` would have something to look at; locks nothing."""
        end = _end_of(self.connection.execute(_select_end(bank_id)).one())
        head = self.changes.head().seq
        return end.removed_to < head or _is_due(end, at=seconds_of(at), every=every_seconds)

    def begin(self, bank_id: int) -> None:
        """Begin a bank's stream where it has none."""
        if self.connection.execute(_select_end(bank_id)).one_or_none() is None:
            start = _End(bank_id, 0, 0, 0, 0, 0, 0)
            self.connection.execute(insert(list_tables.list_stream).values(**_row_of(start)))

    def publish(self, bank_id: int, *, at: datetime, every_seconds: int) -> bool:
        """Publish removals, and additions where their time has come.

        Args:
            bank_id: whose stream.
            at: now.
            every_seconds: additions wait for so long, 0 for not at all.

        Returns:
            Whether there is more to publish now.
        """
        now = seconds_of(at)
        end = self.locked(bank_id)
        end, more_removed = self._publish_removals(end, at=now)
        more_added = False
        if _is_due(end, at=now, every=every_seconds):
            end, more_added = self._publish_additions(end, at=now)
        self._keep(end)
        return more_removed or more_added

    def locked(self, bank_id: int) -> _End:
        """A stream's end, locked until this transaction is over: nobody publishes meanwhile."""
        return _end_of(self.connection.execute(_select_end(bank_id).with_for_update()).one())

    def close_second(self, bank_id: int, second: int) -> None:
        """Publish nothing more in a second, nor before it: somebody is told that it is over."""
        end = self.locked(bank_id)
        if end.published_at <= second:
            self._keep(replace(end, published_at=second + 1, published_rows=0))

    def add_honey(
        self, bank_id: int, platform_id: int, ids: Sequence[SignatureId], at: int
    ) -> None:
        """Publish entries that one recipient alone will see.

        Args:
            bank_id: whose stream.
            platform_id: the recipient.
            ids: of listed signatures.
            at: now, seconds since 1970.
        """
        end = self.locked(bank_id)
        for signature_id in ids:
            end = end.moved(1, at=at)
            row = _entry_of(end, signature_id, ListedState.PROBATION)
            row |= {"platform_id": platform_id}
            self.connection.execute(insert(list_tables.list_entry).values(row))
        self._keep(end)

    def _publish_removals(self, end: _End, *, at: int) -> tuple[_End, bool]:
        passed = self.changes.after(end.removed_to, limit=_CHANGES_AT_ONCE)
        gone = [one.signature_id for one in passed if one.kind is ChangeKind.REMOVE]
        rows = self.connection.execute(_select_gone(end.bank_id, gone)).all() if gone else []
        for row in rows:
            end = self._changed(end, row.signature_id, ListedState(row.state), at=at)
        removed_to = passed[-1].seq if passed else end.removed_to
        return replace(end, removed_to=removed_to), len(passed) == _CHANGES_AT_ONCE

    def _publish_additions(self, end: _End, *, at: int) -> tuple[_End, bool]:
        passed = self.changes.after(end.added_to, limit=_CHANGES_AT_ONCE)
        added = {one.signature_id for one in passed if one.kind is ChangeKind.ADD}
        for signature_id, state in self._fit(end.bank_id, sorted(added)):
            end = self._added(end, signature_id, state, at=at)
        more = len(passed) == _CHANGES_AT_ONCE
        if not more:
            end = self._publish_states(end, at=at)
        return replace(
            end,
            added_to=passed[-1].seq if passed else end.added_to,
            batched_at=end.batched_at if more else at,
        ), more

    def _fit(
        self, bank_id: int, added: Sequence[SignatureId]
    ) -> list[tuple[SignatureId, ListedState]]:
        """Those that are live in the bank and may be handed on to everybody, shuffled."""
        states = {
            SignatureId(row.id): ListedState(row.state)
            for row in self.connection.execute(
                select(_listed.id, _listed.state).where(
                    _listed.id.in_(added),
                    _listed.bank_id == bank_id,
                    _listed.state.in_(LIVE_STATES),
                    _listed.id.not_in(select(honey.c.signature_id)),
                )
            )
        }
        opened = self.listing.live_among(sorted(states), BankKind.REPORTED)
        fit = [
            (one.signature_id, states[one.signature_id]) for one in opened if is_fit(one.signature)
        ]
        secrets.SystemRandom().shuffle(fit)
        return fit

    def _publish_states(self, end: _End, *, at: int) -> _End:
        """Publish again what is listed in another state than it was published in."""
        for row in self.connection.execute(_select_restated(end.bank_id)).all():
            end = end.moved(1, at=at)
            self._update(end, row.signature_id, state=row.state, disputed=row.against)
        return end

    def _added(self, end: _End, signature_id: SignatureId, state: ListedState, *, at: int) -> _End:
        known = self.connection.scalar(
            select(_entries.state).where(
                _entries.bank_id == end.bank_id, _entries.signature_id == signature_id
            )
        )
        if known in LIVE_STATES:
            return end
        end = end.moved(1, at=at)
        if known is None:
            row = _entry_of(end, signature_id, state)
            self.connection.execute(insert(list_tables.list_entry).values(row))
        else:
            self._update(end, signature_id, state=state, disputed=False)
        return end

    def _changed(self, end: _End, signature_id: int, state: ListedState, *, at: int) -> _End:
        end = end.moved(1, at=at)
        self._update(end, signature_id, state=state)
        return end

    def _update(self, end: _End, signature_id: int, **values: object) -> None:
        self.connection.execute(
            update(list_tables.list_entry)
            .where(_entries.bank_id == end.bank_id, _entries.signature_id == signature_id)
            .values(pos=end.pos, published_at=end.published_at, **values)
        )

    def _keep(self, end: _End) -> None:
        self.connection.execute(
            update(list_tables.list_stream)
            .where(_streams.bank_id == end.bank_id)
            .values(**_row_of(end))
        )


def _is_due(end: _End, *, at: int, every: int) -> bool:
    return at >= end.batched_at + every


def _row_of(end: _End) -> dict[str, int]:
    return {name: getattr(end, name) for name in end.__slots__}


def _end_of(row: object) -> _End:
    return _End(**{name: getattr(row, name) for name in _End.__slots__})


def _entry_of(end: _End, signature_id: SignatureId, state: ListedState) -> dict[str, object]:
    return {
        "bank_id": end.bank_id,
        "signature_id": signature_id,
        "pos": end.pos,
        "added_pos": end.pos,
        "published_at": end.published_at,
        "state": state,
        "disputed": False,
    }


def _select_end(bank_id: int) -> Select[tuple[int, ...]]:
    return select(list_tables.list_stream).where(_streams.bank_id == bank_id)


def _select_gone(bank_id: int, ids: Sequence[SignatureId]) -> Select[tuple[int, str]]:
    """Published as live, and live no more."""
    return (
        select(_entries.signature_id, _listed.state)
        .join(tables.listed_signature, _listed.id == _entries.signature_id)
        .where(
            _entries.bank_id == bank_id,
            _entries.signature_id.in_(ids),
            _entries.state.in_(LIVE_STATES),
            _listed.state.not_in(LIVE_STATES),
        )
    )


def _select_restated(bank_id: int) -> Select[tuple[int, str, bool]]:
    """Published as live, and live in another state or with other votes."""
    votes = tables.vote.c
    spoken = exists().where(votes.signature_id == _listed.id, votes.side == Side.SUSPEND)
    against = (_listed.state == ListedState.CONFIRMED) & spoken
    return (
        select(_entries.signature_id, _listed.state, against.label("against"))
        .join(tables.listed_signature, _listed.id == _entries.signature_id)
        .where(
            _entries.bank_id == bank_id,
            _entries.state.in_(LIVE_STATES),
            _listed.state.in_(LIVE_STATES),
            (_entries.state != _listed.state) | (_entries.disputed != against),
        )
        .order_by(func.random())
        .limit(ROWS_A_SECOND)
    )

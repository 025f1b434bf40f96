"""A database that came back from a backup: what was withdrawn since goes again, cursors end."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import select, update

from hashsvc import SignatureId
from hashsvc.closed_sets import ListedState
from indexer.audit_records import OPERATOR, Act
from indexer.errors import BackupOlderError, TombstonesForeignError
from indexer.records import Head, Hold, Standing, Stream
from indexer.store import tables
from indexer.store.days import day_of
from indexer.store.store import Store, Transaction
from indexer.store.tombstones import Tombstones

_AT_ONCE = 500
_listed = tables.listed_signature.c


def require_known(store: Store, known: Tombstones | None, seen: Head | None) -> None:
    """Refuse a backup whose withdrawals since nobody remembers.

    Args:
        store: as the backup has it.
        known: the tombstones, if there are any.
        seen: the high water of this machine, if there is one.

    Raises:
        TombstonesForeignError: the tombstones are another database's.
        BackupOlderError: the backup is older than the high water, and no tombstones fill the gap.
    """
    with store.snapshot() as tx:
        head = tx.changes.head()
        newest = seen is None or (head.epoch == seen.epoch and tx.changes.passed(seen))
    if known and known.places and head.epoch not in {place.epoch for place in known.places}:
        raise TombstonesForeignError
    if seen is not None and not (newest or (known and known.reach(seen))):
        raise BackupOlderError


def replay(store: Store, known: Tombstones, *, at: datetime) -> int:
    """Erase and suspend again what was erased and suspended since the backup.

    Returns:
        How many signatures left the list.
    """
    rest = iter(sorted(known.erased | known.suspended.keys()))
    gone = 0
    while ids := [SignatureId(id_) for id_ in islice(rest, _AT_ONCE)]:
        with store.transaction() as tx:
            gone += _erase(tx, [id_ for id_ in ids if id_ in known.erased], at=at)
            gone += _suspend(tx, {i: known.suspended[i] for i in ids if i in known.suspended}, at)
    return gone


def begin_epoch(store: Store, *, at: datetime) -> None:
    """Tell followers, feeds and machines that history was changed: their cursors end."""
    with store.transaction() as tx:
        for stream in Stream:
            tx.connection.execute(
                update(tables.head)
                .where(tables.head.c.stream == stream)
                .values(epoch=secrets.token_bytes(8))
            )
        tx.audit.record(Act.DATABASE_RESTORE, by=OPERATOR, at=at)


def _erase(tx: Transaction, ids: Sequence[SignatureId], *, at: datetime) -> int:
    standing = _listed.id.in_(ids), _listed.state != ListedState.DELISTED
    cases = list(tx.connection.scalars(select(_listed.case_id).where(*standing).distinct()))
    gone = tx.listing.erase_these(ids, day=day_of(at))
    tx.matches.settle(gone, at=at)
    for case_id in cases:
        if case_id is not None and tx.cases.is_empty(case_id):
            tx.cases.withdraw(case_id, at=at)
    return len(gone)


def _suspend(tx: Transaction, holds: dict[SignatureId, str], at: datetime) -> int:
    wanted = {id_: Standing(ListedState.SUSPENDED, Hold(hold)) for id_, hold in holds.items()}
    standings = tx.listing.standings(list(holds))
    moves = {id_: wanted[id_] for id_, standing in standings.items() if standing != wanted[id_]}
    gone = tx.listing.move(moves, at=at)  # what was delisted stays so
    tx.matches.settle(gone, at=at)
    return len(gone)

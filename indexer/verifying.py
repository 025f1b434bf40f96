"""Whether the change log, the listed signatures and the index say the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.errors import StoreDisagreesError
from indexer.follower import Follower
from indexer.records import BankKind, Change, ChangeKind, Head, Stream
from indexer.search import LayeredIndex
from indexer.store import Store, Transaction
from indexer.store.chains import follows

_PAGE = 50_000
_WHOLE = 2**64


@dataclass(frozen=True, slots=True)
class Sums:
    """What a set of ids comes to: equal sets have equal sums, others practically never."""

    count: int
    total: int  # of the ids, modulo 2**64

    @classmethod
    def of(cls, ids: NDArray[np.int64]) -> "Sums":
        """Of ids that differ."""
        return cls(len(ids), int(ids.astype(np.uint64).sum(dtype=np.uint64)) % _WHOLE)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found to agree."""

    seq: int
    live: Sums
    upon_snapshot: bool  # the index stood upon a snapshot, else it was read from the store


def verify(store: Store, indexes: Mapping[BankKind, LayeredIndex], follower: Follower) -> Verified:
    """Read the whole log, open every live signature, and compare.

    Args:
        store: what is verified; others may go on writing.
        indexes: empty ones.
        follower: of the store, with these indexes and the snapshots there are.

    Raises:
        LogBrokenError: the log has a gap or an altered row.
        SealBrokenError: a live signature does not open.
        StoreDisagreesError: the log, the listed signatures and the index do not agree.
        StoreUnavailableError: the database does not answer.
    """
    place = follower.catch_up()
    indexed = np.concatenate([index.ids() for index in indexes.values()])
    with store.snapshot() as tx:
        logged = _Logged.read(tx)
        listed = Sums.of(np.fromiter(tx.listing.live_ids(), dtype=np.int64))
    if Sums.of(logged.live_at(logged.head.seq)) != listed:
        raise StoreDisagreesError("The change log and the listed signatures do not agree.")
    if Sums.of(logged.live_at(place.seq)) != Sums.of(indexed):
        raise StoreDisagreesError("The index and the change log do not agree.")
    upon = any(follower.has_snapshot(kind) for kind in indexes)
    return Verified(logged.head.seq, listed, upon)


@dataclass(frozen=True, slots=True)
class _Logged:
    """The whole log; row n of the arrays is sequence number n + 1."""

    head: Head
    ids: NDArray[np.int64]
    added: NDArray[np.bool_]

    @classmethod
    def read(cls, tx: Transaction) -> "_Logged":
        head = tx.changes.head()
        ids: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
        added: list[NDArray[np.bool_]] = [np.empty(0, dtype=np.bool_)]
        for page in _pages(tx, head):
            ids.append(np.array([row.signature_id for row in page], dtype=np.int64))
            added.append(np.array([row.kind is ChangeKind.ADD for row in page]))
        return cls(head, np.concatenate(ids), np.concatenate(added))

    def live_at(self, seq: int) -> NDArray[np.int64]:
        """Ids whose last change up to a sequence number added them."""
        ids, added = self.ids[:seq][::-1], self.added[:seq][::-1]
        last, where = np.unique(ids, return_index=True)
        live: NDArray[np.int64] = last[added[where]]
        return live


def _pages(tx: Transaction, head: Head) -> Iterable[list[Change]]:
    """The log in pages, each row of which follows the one before.

    The first row names the log it begins: nothing stands before it that could be compared.
    """
    seq, digest = 0, None
    while page := tx.changes.after(seq, limit=_PAGE):
        digest = page[0].prev if digest is None else digest
        for row in page:
            if not follows(Stream.CHANGE, row, seq=seq, digest=digest):
                raise StoreDisagreesError(f"The change log is broken at {seq + 1}.")
            seq, digest = row.seq, row.digest
        yield page
    if seq != head.seq or (digest is not None and digest != head.digest):
        raise StoreDisagreesError(f"The change log ends at {seq} and not where its head says.")

"""Keeps indexes at the store's newest state: every change once, in one order, or a full stop."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic

from indexer.errors import HistoryChangedError, LogBrokenError
from indexer.records import BankKind, Change, ChangeKind, Head
from indexer.search import SignatureIndex
from indexer.store import Store, Transaction
from indexer.store.changes import follows

_PAGE = 5_000


class Follower:
    """Applies a store's changes to its indexes."""

    def __init__(self, store: Store, indexes: Mapping[BankKind, SignatureIndex]) -> None:
        """Nothing is read yet.

        Args:
            store: what is followed.
            indexes: one for each kind of bank that is searched.
        """
        self._store = store
        self._indexes = indexes
        self._lock = threading.Lock()
        self._epoch = b""
        self._digest = b""
        self._applied: int | None = None
        self._fresh_as_of = float("-inf")

    @property
    def applied(self) -> int:
        """Sequence number of the last change that the index holds; 0 before the first."""
        return self._applied or 0

    def staleness_seconds(self) -> float:
        """How long ago the index last held everything that was committed; infinite before."""
        return monotonic() - self._fresh_as_of

    def catch_up(self) -> None:
        """Apply everything that was committed before this call.

        Raises:
            HistoryChangedError: another database took this one's place.
            LogBrokenError: a gap or an altered row; nothing after it was applied.
            SealBrokenError: a signature does not open.
            StoreUnavailableError: the database does not answer.
        """
        with self._lock:
            started = monotonic()
            if self._applied is None:
                self._load()
            while self._apply_page() == _PAGE:
                pass
            self._fresh_as_of = started

    def _load(self) -> None:
        with self._store.snapshot() as tx:
            head = tx.changes.head()
            for kind, index in self._indexes.items():
                index.add(tx.listing.live(kind))
        self._epoch, self._applied, self._digest = head.epoch, head.seq, head.digest

    def _apply_page(self) -> int:
        with self._store.snapshot() as tx:
            head = tx.changes.head()
            if head.epoch != self._epoch or head.seq < self.applied:
                raise HistoryChangedError
            changes = tx.changes.after(self.applied, limit=_PAGE)
            self._check(changes, head)
            self._apply(tx, changes)
        if changes:
            self._applied, self._digest = changes[-1].seq, changes[-1].digest
        return len(changes)

    def _check(self, changes: Sequence[Change], head: Head) -> None:
        seq, digest = self.applied, self._digest
        for change in changes:
            if not follows(change, seq=seq, digest=digest):
                raise LogBrokenError
            seq, digest = change.seq, change.digest
        # The last page ends at the head: a log whose tail was cut off is not fresh.
        if len(changes) < _PAGE and (seq, digest) != (head.seq, head.digest):
            raise LogBrokenError

    def _apply(self, tx: Transaction, changes: Iterable[Change]) -> None:
        """Bring every id that changed to its state in this snapshot.

        An added signature that is gone already was withdrawn later; its removal follows in this
        page or the next.
        """
        touched = {change.signature_id for change in changes}
        added = [c.signature_id for c in changes if c.kind is ChangeKind.ADD]
        for kind, index in self._indexes.items():
            live = tx.listing.live_among(added, kind)
            index.remove(touched - {entry.signature_id for entry in live})
            index.add(live)

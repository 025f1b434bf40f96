"""Keeps indexes at the store's newest state: every change once, in one order, or a full stop."""

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from types import MappingProxyType

from indexer.errors import HistoryChangedError, LogBrokenError, SnapshotRefusedError
from indexer.records import BankKind, Change, ChangeKind, Head, Stream
from indexer.search import LayeredIndex
from indexer.search.manifests import Label
from indexer.search.snapshots import Snapshots
from indexer.store import Store, Transaction
from indexer.store.chains import follows

_PAGE = 5_000
_NO_SNAPSHOTS: Mapping[BankKind, Snapshots] = MappingProxyType({})
_log = logging.getLogger("hashsvc.index")


class Follower:
    """Applies a store's changes to its indexes.

    Applying brings every id that changed to its state of now. So a change may be applied twice: an
    index that is ahead of the others comes to no harm.
    """

    def __init__(
        self,
        store: Store,
        indexes: Mapping[BankKind, LayeredIndex],
        snapshots: Mapping[BankKind, Snapshots] = _NO_SNAPSHOTS,
    ) -> None:
        """Nothing is read yet.

        Args:
            store: what is followed.
            indexes: one for each kind of bank that is searched.
            snapshots: where bases of these lists are published; other lists are read whole.
        """
        self._store = store
        self._indexes = indexes
        self._snapshots = snapshots
        self._seen: dict[BankKind, str] = {}  # the newest snapshot, in use or refused
        self._in_use: dict[BankKind, str] = {}
        self._lock = threading.Lock()
        self._moved = threading.Condition()
        self._place: Head | None = None
        self._fresh_as_of = float("-inf")

    @property
    def applied(self) -> int:
        """Sequence number of the last change that the index holds; 0 before the first."""
        return self._place.seq if self._place else 0

    def wait_for(self, seq: int, *, seconds: float) -> bool:
        """Whether the index holds this change, at the latest after so many seconds."""
        with self._moved:
            return self._moved.wait_for(lambda: self.applied >= seq, timeout=seconds)

    def staleness_seconds(self) -> float:
        """How long ago the index last held everything that was committed; infinite before."""
        return monotonic() - self._fresh_as_of

    def compaction_due(self, *, at: datetime) -> bool:
        """Whether a new base of a list should be built, and can be."""
        return any(self._indexes[kind].compaction_due(at=at) for kind in self._snapshots)

    def has_snapshot(self, kind: BankKind) -> bool:
        """Whether an index stands upon a snapshot."""
        return kind in self._in_use

    def catch_up(self) -> Head:
        """Apply everything that was committed before this call.

        Returns:
            The end of the log that the indexes hold now.

        Raises:
            HistoryChangedError: another database took this one's place.
            LogBrokenError: a gap or an altered row; nothing after it was applied.
            SealBrokenError: a signature does not open.
            StoreUnavailableError: the database does not answer.
        """
        with self._lock:
            started = monotonic()
            if self._place is None:
                self._place = self._begin()
            self._place = self._to_the_end(self._place, self._indexes)
            self._fresh_as_of = started
            place = self._place
        with self._moved:
            self._moved.notify_all()
        return place

    def rebase(self) -> None:
        """Move to bases that were published meanwhile; what can be found stays the same.

        A snapshot that is refused is told of once, and the base before stays.

        Raises:
            As `catch_up`.
        """
        for kind, index in self._indexes.items():
            fresh = self._from_snapshot(kind)
            if fresh is not None:
                self.catch_up()
                with self._lock:  # what changed meanwhile; nobody else moves the index now
                    self._to_the_end(fresh.place, {kind: fresh.index})
                    index.become(fresh.index)
                    self._in_use[kind] = fresh.name

    def _begin(self) -> Head:
        """Fill the indexes; each is at the head that is returned, or ahead of it."""
        with self._store.snapshot() as tx:
            head = tx.changes.head()
        for kind, index in self._indexes.items():
            fresh = self._from_snapshot(kind)
            index.become(fresh.index if fresh else self._from_store(kind))
            if fresh:
                self._in_use[kind] = fresh.name
        return head

    def _from_store(self, kind: BankKind) -> LayeredIndex:
        fresh = self._indexes[kind].another()
        with self._store.snapshot() as tx:
            fresh.add(tx.listing.live(kind))
        return fresh

    def _from_snapshot(self, kind: BankKind) -> "_Placed | None":
        """An index upon a snapshot not seen before, brought to the end of the log."""
        snapshots = self._snapshots.get(kind)
        if snapshots is None or snapshots.newest() in (None, self._seen.get(kind)):
            return None
        self._seen[kind] = snapshots.newest() or ""
        try:
            snapshot = snapshots.load()
            if snapshot is None:
                return None
            place = self._place_of(snapshot.label)
        except SnapshotRefusedError as error:
            _log.critical("%s", error)
            return None
        self._seen[kind] = snapshot.name
        fresh = self._indexes[kind].upon(snapshot.base, built_at=snapshot.built_at)
        return _Placed(snapshot.name, self._to_the_end(place, {kind: fresh}), fresh)

    def _place_of(self, label: Label) -> Head:
        """Where in the store's log a snapshot ends.

        Raises:
            SnapshotRefusedError: nowhere.
        """
        with self._store.snapshot() as tx:
            head = tx.changes.head()
            found = tx.changes.after(label.seq - 1, limit=1)
        if label.seq > head.seq:
            raise SnapshotRefusedError("the store is older; was a backup restored?")
        if [(row.seq, row.digest) for row in found] != [(label.seq, label.log_digest)]:
            raise SnapshotRefusedError("it is of another store")
        return Head(head.epoch, label.seq, label.log_digest)

    def _to_the_end(self, place: Head, indexes: Mapping[BankKind, LayeredIndex]) -> Head:
        full = True
        while full:
            after = self._after_page(place, indexes)
            full = after.seq - place.seq == _PAGE
            place = after
        return place

    def _after_page(self, place: Head, indexes: Mapping[BankKind, LayeredIndex]) -> Head:
        with self._store.snapshot() as tx:
            head = tx.changes.head()
            if head.epoch != place.epoch or head.seq < place.seq:
                raise HistoryChangedError
            if head == place:  # as nearly every poll finds it
                return place
            changes = tx.changes.after(place.seq, limit=_PAGE)
            after = _checked(place, changes, head)
            _apply(tx, changes, indexes)
        return after


@dataclass(frozen=True, slots=True)
class _Placed:
    """An index upon a snapshot, and up to where it goes."""

    name: str  # of the snapshot
    place: Head
    index: LayeredIndex


def _checked(place: Head, changes: Sequence[Change], head: Head) -> Head:
    """The end of these changes, each of which follows the one before."""
    seq, digest = place.seq, place.digest
    for change in changes:
        if not follows(Stream.CHANGE, change, seq=seq, digest=digest):
            raise LogBrokenError
        seq, digest = change.seq, change.digest
    # The last page ends at the head: a log whose tail was cut off is not fresh.
    if len(changes) < _PAGE and (seq, digest) != (head.seq, head.digest):
        raise LogBrokenError
    return Head(place.epoch, seq, digest)


def _apply(
    tx: Transaction, changes: Iterable[Change], indexes: Mapping[BankKind, LayeredIndex]
) -> None:
    """Bring every id that changed to its state in this snapshot.

    An added signature that is gone already was withdrawn later; its removal follows in this page or
    the next.
    """
    touched = {change.signature_id for change in changes}
    added = [change.signature_id for change in changes if change.kind is ChangeKind.ADD]
    for kind, index in indexes.items():
        live = tx.listing.live_among(added, kind)
        index.remove(touched - {entry.signature_id for entry in live})
        index.add(live)

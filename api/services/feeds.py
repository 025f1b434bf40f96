"""What a platform must hear: its own numbered list of changes, read and acknowledged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.api_keys import Caller
from api.security.peppers import Pepper
from api.services.cursors import Cursors
from api.services.errors import CursorExpiredError
from indexer.audit_records import Act
from indexer.platform_records import FeedEntry
from indexer.records import PlatformId
from indexer.store import Store, Transaction

_KEEP = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A stretch of a feed, without a gap."""

    entries: Sequence[FeedEntry]
    next_cursor: str  # where to go on; also what to acknowledge
    has_more: bool


@dataclass(frozen=True, slots=True)
class FeedService:
    """Reads and acknowledges feeds."""

    store: Store
    pepper: Pepper

    def page(self, caller: Caller, cursor: str | None, *, limit: int) -> FeedPage:
        """The entries after a cursor, or from the feed's beginning.

        Raises:
            CursorInvalidError: the cursor is not one of this platform's.
            CursorExpiredError: it is from another life of the database, or what follows it was
                forgotten.
        """
        platform_id = caller.platform.platform_id
        with self.store.snapshot() as tx:
            seq = self._place(tx, platform_id, cursor)
            found = tx.feeds.after(platform_id, seq, limit=limit + 1)
            if cursor is not None and found and found[0].seq != seq + 1:
                raise CursorExpiredError
            entries = found[:limit]
            last = entries[-1].seq if entries else seq
            return FeedPage(
                entries, self._cursor(tx, platform_id, last), has_more=len(found) > limit
            )

    def acknowledge(self, caller: Caller, cursor: str, *, at: datetime) -> None:
        """Keep that the platform did what it was told up to a cursor; older ones change nothing.

        Raises:
            CursorInvalidError: the cursor is not one of this platform's.
            CursorExpiredError: it is from another life of the database.
        """
        platform_id = caller.platform.platform_id
        with self.store.transaction() as tx:
            place = self._place(tx, platform_id, cursor)
            tx.feeds.acknowledge(platform_id, place, at=at)
            tx.audit.record(Act.CHANGES_ACKNOWLEDGE, by=caller.actor, at=at, about={"place": place})

    def purge(self, *, at: datetime) -> None:
        """Forget what was told more than 400 days ago."""
        with self.store.transaction() as tx:
            tx.feeds.purge(before=at - _KEEP)

    def _place(self, tx: Transaction, platform_id: PlatformId, cursor: str | None) -> int:
        if cursor is None:
            return 0
        epoch, seq = self._cursors.open(platform_id, cursor)
        # A restored database may know less than it once told.
        if epoch != tx.changes.head().epoch.hex() or seq > tx.feeds.head(platform_id).seq:
            raise CursorExpiredError
        return int(seq)

    def _cursor(self, tx: Transaction, platform_id: PlatformId, seq: int) -> str:
        return self._cursors.make(platform_id, [tx.changes.head().epoch.hex(), seq])

    @property
    def _cursors(self) -> Cursors:
        return Cursors(self.pepper, "changes")

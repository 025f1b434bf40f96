"""Tells platforms which of their keys end soon."""

from dataclasses import dataclass
from datetime import timedelta

from hashsvc.closed_sets import FeedKind
from hashsvc.times import now
from indexer.platform_records import NewEntry
from indexer.store import Store
from indexer.store.expiries import ExpiringKey

_SOON = timedelta(days=14)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KeyWatching:
    """Looks at the keys; several processes may do so at the same time."""

    store: Store

    def look(self) -> int:
        """Tell of keys that end within 14 days, each once; how many that were."""
        told = 0
        while (page := self._page()) == _AT_ONCE:
            told += page
        return told + page

    def _page(self) -> int:
        at = now()
        with self.store.transaction() as tx:
            keys = tx.expiries.take(at=at, before=at + _SOON, limit=_AT_ONCE)
            tx.feeds.append([_entry(key) for key in keys], at=at)
        return len(keys)


def _entry(key: ExpiringKey) -> NewEntry:
    about = {"key_id": key.key_id, "expires_at": key.expires_at.isoformat()}
    return NewEntry(key.platform_id, FeedKind.KEY_EXPIRING, about=about)

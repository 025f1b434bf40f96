"""Tells platforms when most of a clock's time is gone."""

from dataclasses import dataclass

from hashsvc.closed_sets import FeedKind
from hashsvc.times import now
from indexer.platform_records import NewEntry
from indexer.store import Store

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ClockWatching:
    """Looks at the clocks; several processes may do so at the same time."""

    store: Store

    def look(self) -> int:
        """Warn platforms whose clocks are due soon, each once; how many warnings that were."""
        warned = 0
        while (page := self._page()) == _AT_ONCE:
            warned += page
        return warned + page

    def _page(self) -> int:
        at = now()
        with self.store.transaction() as tx:
            warnings = tx.clocks.take_warnings(at=at, limit=_AT_ONCE)
            entries = [
                NewEntry(
                    warning.platform_id,
                    FeedKind.MATCH_CLOCK_DUE,
                    warning.match_id,
                    {"regime": warning.regime},
                )
                for warning in warnings
            ]
            tx.feeds.append(entries, at=at)
        return len(warnings)

"""What waits for platforms, for operators' eyes: clocks that run and entries not acknowledged."""

import logging
import math
import threading
from dataclasses import dataclass, field
from time import monotonic

from api.metrics import Metrics
from hashsvc.times import now
from indexer.errors import IndexerError
from indexer.store import Store

_REMEMBER_SECONDS = 10.0  # however often somebody reads the metrics
_log = logging.getLogger("hashsvc.metrics")


@dataclass(slots=True)
class WaitingFigures:
    """Brings two gauges up to date before they are read."""

    store: Store
    metrics: Metrics
    _read_at: float = -math.inf
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """Count again, where that is some seconds ago; without a store nothing is shown."""
        with self._lock:
            if monotonic() - self._read_at < _REMEMBER_SECONDS:
                return
            self._read_at = monotonic()
            self.metrics.clocks.clear()
            self.metrics.feed_unacknowledged.set(math.nan)
            try:
                self._count()
            except IndexerError:
                _log.warning("the store did not answer: its figures are missing")

    def _count(self) -> None:
        with self.store.snapshot() as tx:
            clocks, unacknowledged = tx.clocks.count(at=now()), tx.feeds.unacknowledged()
        for (regime, state), count in clocks.items():
            # Platforms name their own: a label is a word of ours.
            name = "custom" if regime.startswith("custom-") else regime
            self.metrics.clocks.labels(name, state).inc(count)
        self.metrics.feed_unacknowledged.set(unacknowledged)

"""Forgets what a retention time has passed, also where nobody asks for anything any more."""

from dataclasses import dataclass

from api.services.feeds import FeedService
from api.services.idempotency import Idempotency
from hashsvc.times import now
from indexer.store import Store


@dataclass(frozen=True, slots=True)
class Purging:
    """Looks at what is old; several processes may do so at the same time."""

    store: Store
    feeds: FeedService
    idempotency: Idempotency

    def look(self) -> None:
        """Purge feeds after 400 days, and kept answers, which may hold a secret, after a day."""
        at = now()
        self.feeds.purge(at=at)
        with self.store.transaction() as tx:
            self.idempotency.purge(tx, at=at)

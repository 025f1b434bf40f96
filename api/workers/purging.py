"""Forgets what a retention time has passed, also where nobody asks for anything any more."""

from dataclasses import dataclass
from datetime import timedelta

from api.security.probes import REMEMBERED_FOR
from api.services.feeds import FeedService
from api.services.idempotency import Idempotency
from hashsvc.times import now
from indexer.store import Store

_KEEP_DEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Purging:
    """Looks at what is old; several processes may do so at the same time."""

    store: Store
    feeds: FeedService
    idempotency: Idempotency

    def look(self) -> None:
        """Purge feeds after 400 days, dead deliveries after 30, answers and moves after one.

        An answer may hold a secret that was shown once.
        """
        at = now()
        self.feeds.purge(at=at)
        with self.store.transaction() as tx:
            self.idempotency.purge(tx, at=at)
            tx.deliveries.purge(before=at - _KEEP_DEAD)
            tx.probes.purge(before=at - REMEMBERED_FOR)

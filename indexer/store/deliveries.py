"""What waits to be sent to platforms' addresses.

The feed is the truth and a hint may be lost, so hints are made from feeds afterwards: whoever
appends to a feed waits for no webhook. One worker at a time sends to an address.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from hashsvc.closed_sets import FeedKind, HintKind
from indexer.records import PlatformId
from indexer.store import tables
from indexer.store.webhooks import Outcome, Webhooks

_webhooks = tables.webhook.c
_deliveries = tables.webhook_delivery.c
_entries = tables.feed_entry.c
_feeds = tables.feed.c
_AT_ONCE = 500

_APART = {
    HintKind.SWEEP_REQUESTED: FeedKind.SWEEP_REQUESTED,
    HintKind.MATCH_CLOCK_DUE: FeedKind.MATCH_CLOCK_DUE,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to an address."""

    delivery_id: str  # "dlv_" and 26 Crockford digits
    kind: HintKind
    head_seq: int  # how far the feed goes
    made_at: datetime
    tries: int
    dead_at: datetime | None  # given up since


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that the claimer alone may send until `until`."""

    platform_id: PlatformId
    webhook_id: str
    address: str
    secrets: tuple[str, ...] = field(repr=False)  # the newest first
    failures: int  # in a row, before this try
    delivery: Delivery
    until: datetime


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Deliveries within one transaction."""

    connection: Connection
    webhooks: Webhooks

    def of(self, webhook_id: str) -> list[Delivery]:
        """What waits for an address or was given up, the oldest first."""
        rows = self.connection.execute(
            select(tables.webhook_delivery)
            .where(_deliveries.webhook_id == webhook_id)
            .order_by(_deliveries.made_at, _deliveries.id)
        )
        return [_delivery_of(row) for row in rows]

    def queue_test(
        self, webhook_id: str, platform_id: PlatformId, delivery_id: str, *, at: datetime
    ) -> None:
        """Let a test wait for an address, which is tried at once, even if it was off."""
        head_seq = self.webhooks.feeds.head(platform_id).seq
        self._queue(webhook_id, delivery_id, HintKind.TEST, head_seq, at=at)
        self.connection.execute(
            update(tables.webhook)
            .where(_webhooks.id == webhook_id)
            .values(off_at=None, failures=0, next_at=at)
        )

    def queue_hints(self, *, new_id: Callable[[], str], at: datetime) -> None:
        """Let hints wait for every address whose platform's feed grew."""
        rows = self.connection.execute(
            select(_webhooks.id, _webhooks.platform_id, _webhooks.queued, _feeds.seq)
            .join(tables.feed, _feeds.platform_id == _webhooks.platform_id)
            .where(_feeds.seq > _webhooks.queued, _webhooks.off_at.is_(None))
            .order_by(_webhooks.id)
            .limit(_AT_ONCE)
            .with_for_update(of=tables.webhook, skip_locked=True)
        ).all()
        for row in rows:
            for kind in self._hints(row.platform_id, after=row.queued, to=row.seq):
                if not self._grown(row.id, kind, row.seq):
                    self._queue(row.id, new_id(), kind, row.seq, at=at)
            self.connection.execute(
                update(tables.webhook).where(_webhooks.id == row.id).values(queued=row.seq)
            )

    def claim(self, *, at: datetime, until: datetime, limit: int) -> list[Claimed]:
        """Take what is due, one delivery an address, for oneself alone until a moment."""
        waiting = (_deliveries.webhook_id == _webhooks.id) & _deliveries.dead_at.is_(None)
        rows = self.connection.execute(
            select(tables.webhook)
            .where(
                _webhooks.off_at.is_(None),
                _webhooks.next_at <= at,
                _webhooks.busy_until.is_(None) | (_webhooks.busy_until <= at),
                exists().where(waiting),
            )
            .order_by(_webhooks.next_at, _webhooks.id)
            .limit(limit)
            .with_for_update(of=tables.webhook, skip_locked=True)
        ).all()
        return [self._claimed(row, at=at, until=until) for row in rows]

    def delivered(self, claimed: Claimed, *, at: datetime) -> None:
        """Forget what arrived; the next one may go at once."""
        if self._released(claimed, Outcome.DELIVERED, at=at, failures=0, next_at=at):
            sent = claimed.delivery.delivery_id
            self.connection.execute(delete(tables.webhook_delivery).where(_deliveries.id == sent))

    def failed(
        self, claimed: Claimed, outcome: Outcome, *, at: datetime, next_at: datetime
    ) -> None:
        """Let a delivery wait for another try, and with it everything behind it."""
        self._released(claimed, outcome, at=at, failures=claimed.failures + 1, next_at=next_at)

    def give_up(self, claimed: Claimed, outcome: Outcome, *, at: datetime) -> bool:
        """Send nothing more to an address; what waits stays as dead. False where it is gone."""
        failures = claimed.failures + 1
        off = self._released(claimed, outcome, at=at, failures=failures, next_at=at, off_at=at)
        if off:
            waiting = (_deliveries.webhook_id == claimed.webhook_id) & _deliveries.dead_at.is_(None)
            self.connection.execute(
                update(tables.webhook_delivery).where(waiting).values(dead_at=at)
            )
        return off

    def purge(self, *, before: datetime) -> None:
        """Forget deliveries that were given up before this time."""
        self.connection.execute(delete(tables.webhook_delivery).where(_deliveries.dead_at < before))

    def _hints(self, platform_id: PlatformId, *, after: int, to: int) -> Sequence[HintKind]:
        """What a stretch of a feed is worth saying."""
        told = self.connection.scalars(
            select(_entries.kind)
            .where(_entries.platform_id == platform_id, _entries.seq > after, _entries.seq <= to)
            .distinct()
        ).all()
        apart = [kind for kind, entry in _APART.items() if entry in told]
        return [HintKind.CHANGES_AVAILABLE, *apart]

    def _grown(self, webhook_id: str, kind: HintKind, head_seq: int) -> bool:
        """Let a hint that was never sent say more, instead of sending two."""
        grown = self.connection.execute(
            update(tables.webhook_delivery)
            .where(
                _deliveries.webhook_id == webhook_id,
                _deliveries.kind == kind,
                _deliveries.tries == 0,
                _deliveries.dead_at.is_(None),
            )
            .values(head_seq=head_seq)
        )
        return grown.rowcount > 0

    def _queue(
        self, webhook_id: str, delivery_id: str, kind: HintKind, head_seq: int, *, at: datetime
    ) -> None:
        self.connection.execute(
            insert(tables.webhook_delivery).values(
                id=delivery_id,
                webhook_id=webhook_id,
                kind=kind,
                head_seq=head_seq,
                made_at=at,
                tries=0,
            )
        )

    def _claimed(self, row: Row[Any], *, at: datetime, until: datetime) -> Claimed:
        """The oldest delivery that waits for an address, marked as tried once more."""
        oldest = self.connection.execute(
            select(tables.webhook_delivery)
            .where(_deliveries.webhook_id == row.id, _deliveries.dead_at.is_(None))
            .order_by(_deliveries.made_at, _deliveries.id)
            .limit(1)
        ).one()
        self.connection.execute(
            update(tables.webhook_delivery)
            .where(_deliveries.id == oldest.id)
            .values(tries=_deliveries.tries + 1)
        )
        self.connection.execute(
            update(tables.webhook).where(_webhooks.id == row.id).values(busy_until=until)
        )
        return Claimed(
            platform_id=PlatformId(row.platform_id),
            webhook_id=row.id,
            address=self.webhooks.address_of(row),
            secrets=self.webhooks.secrets_of(row, at=at),
            failures=row.failures,
            delivery=_delivery_of(oldest),
            until=until,
        )

    def _released(
        self, claimed: Claimed, outcome: Outcome, *, at: datetime, **values: int | datetime
    ) -> bool:
        """End a claim; False where the address is gone, or somebody else holds it by now."""
        released = self.connection.execute(
            update(tables.webhook)
            .where(_webhooks.id == claimed.webhook_id, _webhooks.busy_until == claimed.until)
            .values(busy_until=None, last_outcome=outcome, last_at=at, **values)
        )
        return released.rowcount == 1


def _delivery_of(row: Row[Any]) -> Delivery:
    return Delivery(
        delivery_id=row.id,
        kind=HintKind(row.kind),
        head_seq=row.head_seq,
        made_at=row.made_at,
        tries=row.tries,
        dead_at=row.dead_at,
    )

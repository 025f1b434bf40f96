"""Platforms' addresses for hints, and the secrets that sign them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from indexer.records import PlatformId
from indexer.store import tables
from indexer.store.feeds import Feeds
from indexer.store.policies import Policies

_webhooks = tables.webhook.c
_deliveries = tables.webhook_delivery.c


class Outcome(StrEnum):
    """What became of one try to deliver."""

    DELIVERED = "delivered"
    REFUSED = "refused"  # answered with an error
    REDIRECTED = "redirected"  # no redirect is followed
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    FORBIDDEN = "forbidden"  # its name leads to an address that nothing is sent to


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """An address about to be kept."""

    webhook_id: str  # "whk_" and 26 Crockford digits
    platform_id: PlatformId
    address: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address as its platform sees it."""

    webhook_id: str
    address: str
    made_at: datetime
    failures: int  # in a row
    next_at: datetime  # nothing is sent before
    last_outcome: Outcome | None
    last_at: datetime | None
    off_at: datetime | None  # given up since


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Webhooks within one transaction."""

    connection: Connection
    policies: Policies
    feeds: Feeds

    def add(self, new: NewWebhook, *, at: datetime) -> None:
        """Keep an address; it hears of what its platform's feed holds from now on."""
        own = self.policies.key(new.platform_id)
        self.connection.execute(
            insert(tables.webhook).values(
                id=new.webhook_id,
                platform_id=new.platform_id,
                address=own.seal_text(new.address, _about("address", new.webhook_id)),
                secret=own.seal_text(new.secret, _about("secret", new.webhook_id)),
                made_at=at,
                queued=self.feeds.head(new.platform_id).seq,
                failures=0,
                next_at=at,
            )
        )

    def of(self, platform_id: PlatformId) -> list[Webhook]:
        """A platform's addresses, the oldest first."""
        return self._found(_webhooks.platform_id == platform_id)

    def one(self, webhook_id: str, platform_id: PlatformId) -> Webhook | None:
        """A platform's address; None where it is another's, or nobody's."""
        found = self._found(_own(webhook_id, platform_id))
        return found[0] if found else None

    def rotate(
        self, webhook_id: str, platform_id: PlatformId, secret: str, *, older_until: datetime
    ) -> bool:
        """Sign with another secret, and with the one before it for a while; False where none."""
        own = self.policies.key(platform_id)
        sealed = own.seal_text(secret, _about("secret", webhook_id))
        rotated = self.connection.execute(
            update(tables.webhook)
            .where(_own(webhook_id, platform_id))
            .values(secret=sealed, older_secret=_webhooks.secret, older_until=older_until)
        )
        return rotated.rowcount == 1

    def remove(self, webhook_id: str, platform_id: PlatformId) -> bool:
        """Forget an address and what waits for it; False where there is none."""
        locked = select(_webhooks.id).where(_own(webhook_id, platform_id)).with_for_update()
        if self.connection.scalar(locked) is None:
            return False
        self.connection.execute(
            delete(tables.webhook_delivery).where(_deliveries.webhook_id == webhook_id)
        )
        self.connection.execute(delete(tables.webhook).where(_webhooks.id == webhook_id))
        return True

    def address_of(self, row: Row[Any]) -> str:
        """Open the address of a row of `webhook`."""
        own = self.policies.key(row.platform_id)
        return own.unseal_text(row.address, _about("address", row.id))

    def secrets_of(self, row: Row[Any], *, at: datetime) -> tuple[str, ...]:
        """Open the secrets of a row of `webhook` that sign now, the newest first."""
        own = self.policies.key(row.platform_id)
        older = row.older_secret if row.older_until and at < row.older_until else None
        sealed = [one for one in (row.secret, older) if one is not None]
        return tuple(own.unseal_text(one, _about("secret", row.id)) for one in sealed)

    def _found(self, condition: ColumnElement[bool]) -> list[Webhook]:
        rows = self.connection.execute(
            select(tables.webhook).where(condition).order_by(_webhooks.made_at, _webhooks.id)
        ).all()
        return [
            Webhook(
                webhook_id=row.id,
                address=self.address_of(row),
                made_at=row.made_at,
                failures=row.failures,
                next_at=row.next_at,
                last_outcome=None if row.last_outcome is None else Outcome(row.last_outcome),
                last_at=row.last_at,
                off_at=row.off_at,
            )
            for row in rows
        ]


def _own(webhook_id: str, platform_id: PlatformId) -> ColumnElement[bool]:
    return (_webhooks.id == webhook_id) & (_webhooks.platform_id == platform_id)


def _about(what: str, webhook_id: str) -> str:
    """What a sealed text of a webhook is bound to."""
    return f"webhook.{what}/{webhook_id}"

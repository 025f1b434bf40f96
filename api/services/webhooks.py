"""Platforms' addresses for hints: registered, checked, rotated, tested."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.security.api_keys import Caller
from api.security.crockford import random_id
from api.security.destinations import DestinationRule
from api.security.errors import AddressRefusedError
from api.security.webhook_signatures import make_secret
from api.services.errors import NoSuchWebhookError, TooManyWebhooksError
from api.services.idempotency import Answered, Idempotency, Once
from indexer.audit_records import Act
from indexer.records import PlatformId
from indexer.store import Store, Transaction
from indexer.store.deliveries import Delivery
from indexer.store.webhooks import NewWebhook, Webhook

MAX_WEBHOOKS = 10
_OLDER_SIGNS = timedelta(hours=24)  # a secret that was exchanged goes on signing beside the new one


@dataclass(frozen=True, slots=True)
class ShownOnce:
    """A webhook's secret, on its way to its platform."""

    webhook_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookService:
    """What a platform can do with its webhooks."""

    store: Store
    idempotency: Idempotency
    destinations: DestinationRule

    def register(
        self,
        caller: Caller,
        address: str,
        *,
        once: Once,
        write: Callable[[ShownOnce], str],
        at: datetime,
    ) -> Answered:
        """Keep an address; it hears of what happens from now on.

        Args:
            caller: whose address.
            address: `https://...`.
            once: tells a repeated request from another address.
            write: the answer as it is sent.
            at: now.

        Raises:
            AddressRefusedError: nothing is sent to such an address.
            TooManyWebhooksError: the platform has ten.
            KeyReusedError: the idempotency key belongs to another request.
        """
        self._check(address)
        platform_id = caller.platform.platform_id
        with self.store.transaction() as tx:

            def effect() -> str:
                if len(tx.webhooks.of(platform_id)) >= MAX_WEBHOOKS:
                    raise TooManyWebhooksError
                made = NewWebhook(random_id("whk_"), platform_id, address, make_secret())
                tx.webhooks.add(made, at=at)
                _record(tx, Act.WEBHOOK_ADD, caller, made.webhook_id, at=at)
                return write(ShownOnce(made.webhook_id, made.secret))

            return self.idempotency.answer(tx, caller, once, effect, at=at)

    def rotate(
        self,
        caller: Caller,
        webhook_id: str,
        *,
        once: Once,
        write: Callable[[ShownOnce], str],
        at: datetime,
    ) -> Answered:
        """Sign with a new secret from now on, and with the old one too for 24 hours.

        Raises:
            NoSuchWebhookError: the platform has no such webhook.
            KeyReusedError: the idempotency key belongs to another request.
        """
        platform_id = caller.platform.platform_id
        with self.store.transaction() as tx:

            def effect() -> str:
                shown = ShownOnce(webhook_id, make_secret())
                until = at + _OLDER_SIGNS
                if not tx.webhooks.rotate(webhook_id, platform_id, shown.secret, older_until=until):
                    raise NoSuchWebhookError
                _record(tx, Act.WEBHOOK_ROTATE, caller, webhook_id, at=at)
                return write(shown)

            return self.idempotency.answer(tx, caller, once, effect, at=at)

    def test(
        self,
        caller: Caller,
        webhook_id: str,
        *,
        once: Once,
        write: Callable[[Webhook], str],
        at: datetime,
    ) -> Answered:
        """Send a test; an address that was given up is tried again.

        Raises:
            NoSuchWebhookError: the platform has no such webhook.
            KeyReusedError: the idempotency key belongs to another request.
        """
        platform_id = caller.platform.platform_id
        with self.store.transaction() as tx:

            def effect() -> str:
                _require(tx, webhook_id, platform_id)
                tx.deliveries.queue_test(webhook_id, platform_id, random_id("dlv_"), at=at)
                _record(tx, Act.WEBHOOK_TEST, caller, webhook_id, at=at)
                return write(_require(tx, webhook_id, platform_id))

            return self.idempotency.answer(tx, caller, once, effect, at=at)

    def of(self, caller: Caller) -> list[Webhook]:
        """The caller's webhooks, the oldest first."""
        with self.store.snapshot() as tx:
            return tx.webhooks.of(caller.platform.platform_id)

    def deliveries(self, caller: Caller, webhook_id: str) -> Sequence[Delivery]:
        """What waits for a webhook, and what was given up.

        Raises:
            NoSuchWebhookError: the platform has no such webhook.
        """
        with self.store.snapshot() as tx:
            _require(tx, webhook_id, caller.platform.platform_id)
            return tx.deliveries.of(webhook_id)

    def remove(self, caller: Caller, webhook_id: str, *, at: datetime) -> None:
        """Forget a webhook; a delivery under way may still arrive.

        Raises:
            NoSuchWebhookError: the platform has no such webhook.
        """
        with self.store.transaction() as tx:
            if not tx.webhooks.remove(webhook_id, caller.platform.platform_id):
                raise NoSuchWebhookError
            _record(tx, Act.WEBHOOK_REMOVE, caller, webhook_id, at=at)

    def _check(self, address: str) -> None:
        try:
            self.destinations.checked(address)
        except OSError as error:  # its name leads nowhere
            raise AddressRefusedError from error


def _record(tx: Transaction, act: Act, caller: Caller, webhook_id: str, *, at: datetime) -> None:
    tx.audit.record(act, by=caller.actor, at=at, about={"webhook": webhook_id})


def _require(tx: Transaction, webhook_id: str, platform_id: PlatformId) -> Webhook:
    found = tx.webhooks.one(webhook_id, platform_id)
    if found is None:
        raise NoSuchWebhookError
    return found

"""What a platform's office sets up: rules, keys, webhooks; and its own figures."""

from collections.abc import Mapping
from typing import Any

from hashsvc.client import office_calls as calls
from hashsvc.client.connection import (
    PAUSE_SECONDS,
    TIMEOUT_SECONDS,
    AsyncConnection,
    Connection,
    Service,
)
from hashsvc.client.office_values import (
    Caller,
    Key,
    NewKey,
    PlatformPolicy,
    Webhook,
    WebhookSecret,
)


class OfficeClient(Connection):
    """Set up what a platform needs; each method needs its scope.

    Every method raises RefusedError where the service refused (its `problem` names why) and
    ServiceUnreachableError where it did not answer.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        """Prepare; nothing is sent yet. See `PlatformClient`."""
        super().__init__(Service(base_url, key, timeout_seconds, pause_seconds))

    def who_am_i(self) -> Caller:
        """What the key is and may do."""
        return self.send(calls.WHO_AM_I)

    def policy(self) -> PlatformPolicy:
        """The platform's rules."""
        return self.send(calls.READ_POLICY)

    def set_policy(self, policy: PlatformPolicy) -> PlatformPolicy:
        """Replace the platform's rules; they hold for matches from now on."""
        return self.send(calls.set_policy(policy))

    def list_keys(self) -> list[Key]:
        """This key and those below it."""
        return self.send(calls.LIST_KEYS)

    def create_key(self, new: NewKey) -> Key:
        """Make a key below this one; its secret is in the answer, this once."""
        return self.send(calls.create_key(new))

    def revoke_key(self, key_id: str) -> None:
        """Revoke this key or one below it, with all that hang below, within a second."""
        self.send(calls.revoke_key(key_id))

    def list_webhooks(self) -> list[Webhook]:
        """The platform's webhooks."""
        return self.send(calls.LIST_WEBHOOKS)

    def register_webhook(self, address: str) -> WebhookSecret:
        """Register an address for hints; its secret is in the answer, this once."""
        return self.send(calls.register_webhook(address))

    def rotate_webhook(self, webhook_id: str) -> WebhookSecret:
        """Make another secret; for 24 hours the one before signs beside it."""
        return self.send(calls.rotate_webhook(webhook_id))

    def test_webhook(self, webhook_id: str) -> Webhook:
        """Send a test; turns on again what was given up."""
        return self.send(calls.test_webhook(webhook_id))

    def remove_webhook(self, webhook_id: str) -> None:
        """Forget a webhook."""
        self.send(calls.remove_webhook(webhook_id))

    def own_figures(self, period: str) -> Mapping[str, Any]:
        """The platform's own figures of a month such as 2026-11."""
        return self.send(calls.own_figures(period))


class AsyncOfficeClient(AsyncConnection):
    """The same methods for an event loop; see `OfficeClient`."""

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        """Prepare; nothing is sent yet. See `PlatformClient`."""
        super().__init__(Service(base_url, key, timeout_seconds, pause_seconds))

    async def who_am_i(self) -> Caller:
        """See `OfficeClient.who_am_i`."""
        return await self.send(calls.WHO_AM_I)

    async def policy(self) -> PlatformPolicy:
        """See `OfficeClient.policy`."""
        return await self.send(calls.READ_POLICY)

    async def set_policy(self, policy: PlatformPolicy) -> PlatformPolicy:
        """See `OfficeClient.set_policy`."""
        return await self.send(calls.set_policy(policy))

    async def list_keys(self) -> list[Key]:
        """See `OfficeClient.list_keys`."""
        return await self.send(calls.LIST_KEYS)

    async def create_key(self, new: NewKey) -> Key:
        """See `OfficeClient.create_key`."""
        return await self.send(calls.create_key(new))

    async def revoke_key(self, key_id: str) -> None:
        """See `OfficeClient.revoke_key`."""
        await self.send(calls.revoke_key(key_id))

    async def list_webhooks(self) -> list[Webhook]:
        """See `OfficeClient.list_webhooks`."""
        return await self.send(calls.LIST_WEBHOOKS)

    async def register_webhook(self, address: str) -> WebhookSecret:
        """See `OfficeClient.register_webhook`."""
        return await self.send(calls.register_webhook(address))

    async def rotate_webhook(self, webhook_id: str) -> WebhookSecret:
        """See `OfficeClient.rotate_webhook`."""
        return await self.send(calls.rotate_webhook(webhook_id))

    async def test_webhook(self, webhook_id: str) -> Webhook:
        """See `OfficeClient.test_webhook`."""
        return await self.send(calls.test_webhook(webhook_id))

    async def remove_webhook(self, webhook_id: str) -> None:
        """See `OfficeClient.remove_webhook`."""
        await self.send(calls.remove_webhook(webhook_id))

    async def own_figures(self, period: str) -> Mapping[str, Any]:
        """See `OfficeClient.own_figures`."""
        return await self.send(calls.own_figures(period))

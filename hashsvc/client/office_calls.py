"""What a platform's office asks: rules, keys, webhooks, figures; apart from how it is sent."""

from collections.abc import Mapping
from typing import Any

from hashsvc.client.calls import Call, nothing, repeatable
from hashsvc.client.office_values import (
    Caller,
    Key,
    NewKey,
    PlatformPolicy,
    Webhook,
    WebhookSecret,
)

WHO_AM_I: Call[Caller] = Call("GET", "/v1/me", Caller.of)
READ_POLICY: Call[PlatformPolicy] = Call("GET", "/v1/policy", PlatformPolicy.of)


def _keys_of(told: Mapping[str, Any]) -> list[Key]:
    return [Key.of(item) for item in told["items"]]


def _webhooks_of(told: Mapping[str, Any]) -> list[Webhook]:
    return [Webhook.of(item) for item in told["items"]]


LIST_KEYS: Call[list[Key]] = Call("GET", "/v1/keys", _keys_of)
LIST_WEBHOOKS: Call[list[Webhook]] = Call("GET", "/v1/webhooks", _webhooks_of)


def set_policy(policy: PlatformPolicy) -> Call[PlatformPolicy]:
    """Replace the platform's rules."""
    return Call("PUT", "/v1/policy", PlatformPolicy.of, policy.body())


def create_key(new: NewKey) -> Call[Key]:
    """Make a key below one's own."""
    return Call("POST", "/v1/keys", Key.of, new.body(), headers=repeatable())


def revoke_key(key_id: str) -> Call[None]:
    """Revoke a key and all below it."""
    return Call("POST", f"/v1/keys/{key_id}/revoke", nothing)


def register_webhook(address: str) -> Call[WebhookSecret]:
    """Register an address for hints."""
    body = {"address": address}
    return Call("POST", "/v1/webhooks", WebhookSecret.of, body, headers=repeatable())


def rotate_webhook(webhook_id: str) -> Call[WebhookSecret]:
    """Make another secret."""
    path = f"/v1/webhooks/{webhook_id}/rotate"
    return Call("POST", path, WebhookSecret.of, headers=repeatable())


def test_webhook(webhook_id: str) -> Call[Webhook]:
    """Send a test."""
    return Call("POST", f"/v1/webhooks/{webhook_id}/test", Webhook.of, headers=repeatable())


def remove_webhook(webhook_id: str) -> Call[None]:
    """Forget a webhook."""
    return Call("DELETE", f"/v1/webhooks/{webhook_id}", nothing)


def own_figures(period: str) -> Call[Mapping[str, Any]]:
    """The platform's own figures of a month such as 2026-11."""
    return Call("GET", "/v1/reports/transparency/own", dict, query={"period": period})

"""Where a platform wants hints that its feed grew; the feed is the truth."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.dependencies import RepeatKey, ServicesDep, WebhookCaller
from api.routes.answers import response_of
from api.schemas.webhooks import (
    DeliveriesOut,
    DeliveryOut,
    SigningKeysOut,
    WebhookIn,
    WebhookOut,
    WebhookSecretOut,
    WebhooksOut,
)
from api.services.idempotency import Once
from api.services.webhooks import ShownOnce
from hashsvc.times import now
from indexer.store.webhooks import Webhook

router = APIRouter(tags=["webhooks"])
_PREFIX = "/v1/webhooks"
WebhookId = Annotated[str, Path(max_length=64)]


@router.post(_PREFIX, status_code=201, response_model=WebhookSecretOut)
def register_webhook(
    wish: WebhookIn, caller: WebhookCaller, services: ServicesDep, repeat_key: RepeatKey
) -> Response:
    """Register an address for hints; the answer holds its secret, this once."""
    once = Once("register-webhook", repeat_key, wish.model_dump_json())
    answered = services.webhooks.register(
        caller, wish.address, once=once, write=lambda shown: _secret(shown, services), at=now()
    )
    return response_of(answered, status=201)


@router.get(_PREFIX)
def list_webhooks(caller: WebhookCaller, services: ServicesDep) -> WebhooksOut:
    """The platform's webhooks, and how they fared last."""
    return WebhooksOut(items=[WebhookOut.of(one) for one in services.webhooks.of(caller)])


@router.delete(_PREFIX + "/{webhook_id}", status_code=204)
def remove_webhook(webhook_id: WebhookId, caller: WebhookCaller, services: ServicesDep) -> None:
    """Forget a webhook, and what waits for it."""
    services.webhooks.remove(caller, webhook_id, at=now())


@router.get(_PREFIX + "/{webhook_id}/deliveries")
def list_deliveries(
    webhook_id: WebhookId, caller: WebhookCaller, services: ServicesDep
) -> DeliveriesOut:
    """What waits for a webhook, and for 30 days what was given up."""
    found = services.webhooks.deliveries(caller, webhook_id)
    return DeliveriesOut(items=[DeliveryOut.of(one) for one in found])


@router.post(_PREFIX + "/{webhook_id}/rotate", response_model=WebhookSecretOut)
def rotate_secret(
    webhook_id: WebhookId, caller: WebhookCaller, services: ServicesDep, repeat_key: RepeatKey
) -> Response:
    """Make another secret; for 24 hours the one before signs beside it."""
    answered = services.webhooks.rotate(
        caller,
        webhook_id,
        once=Once("rotate-webhook", repeat_key, webhook_id),
        write=lambda shown: _secret(shown, services),
        at=now(),
    )
    return response_of(answered)


@router.post(_PREFIX + "/{webhook_id}/test", status_code=202, response_model=WebhookOut)
def test_webhook(
    webhook_id: WebhookId, caller: WebhookCaller, services: ServicesDep, repeat_key: RepeatKey
) -> Response:
    """Send a test in a moment, also to a webhook that was given up: this turns it on again."""
    once = Once("test-webhook", repeat_key, webhook_id)
    answered = services.webhooks.test(caller, webhook_id, once=once, write=_written, at=now())
    return response_of(answered, status=202)


@router.get("/.well-known/hashsvc-keys.json")
def read_signing_keys(services: ServicesDep) -> SigningKeysOut:
    """The public keys of this service, the one that signs now first."""
    return SigningKeysOut(keys=[dict(key) for key in services.signer.keys.published()])


def _secret(shown: ShownOnce, services: ServicesDep) -> str:
    return WebhookSecretOut(
        webhook_id=shown.webhook_id,
        secret=shown.secret,
        public_key=services.signer.public_key,
    ).model_dump_json()


def _written(webhook: Webhook) -> str:
    return WebhookOut.of(webhook).model_dump_json()

"""A platform's webhooks on the wire."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from hashsvc.closed_sets import HintKind
from indexer.store.deliveries import Delivery
from indexer.store.webhooks import Outcome, Webhook


class WebhookIn(BaseModel):
    """Where hints are to go."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    address: str = Field(
        min_length=1,
        max_length=500,
        description="`https://...`, a name that leads to public addresses alone.",
        examples=["https://moderation.example/hashsvc"],
    )


class WebhookSecretOut(BaseModel):
    """A webhook's secret; it is shown this once."""

    webhook_id: str
    secret: str = Field(description="Checks `v1` signatures: `whsec_...`.")
    public_key: str = Field(description="Checks `v1a` signatures instead: `whpk_...`.")


class WebhookOut(BaseModel):
    """One of the platform's webhooks."""

    webhook_id: str
    address: str
    state: Literal["on", "off"] = Field(
        description="`off`: nothing arrived for three days. A test turns it on again."
    )
    made_at: datetime
    last_outcome: Outcome | None = Field(description="Of the last try.")
    last_at: datetime | None
    failures: int = Field(description="In a row.")
    next_at: datetime | None = Field(description="After failures: when the next try is due.")

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """As it is sent."""
        waits = webhook.failures > 0 and webhook.off_at is None
        return cls(
            webhook_id=webhook.webhook_id,
            address=webhook.address,
            state="on" if webhook.off_at is None else "off",
            made_at=webhook.made_at,
            last_outcome=webhook.last_outcome,
            last_at=webhook.last_at,
            failures=webhook.failures,
            next_at=webhook.next_at if waits else None,
        )


class WebhooksOut(BaseModel):
    """All of the platform's webhooks; there are ten at most."""

    items: list[WebhookOut]
    next_cursor: None = None


class DeliveryOut(BaseModel):
    """One message to a webhook."""

    delivery_id: str = Field(description="The header `webhook-id`.")
    type: HintKind
    head_seq: int
    made_at: datetime
    tries: int
    dead_at: datetime | None = Field(description="Given up; read the feed instead.")

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """As it is sent."""
        return cls(
            delivery_id=delivery.delivery_id,
            type=delivery.kind,
            head_seq=delivery.head_seq,
            made_at=delivery.made_at,
            tries=delivery.tries,
            dead_at=delivery.dead_at,
        )


class DeliveriesOut(BaseModel):
    """What waits for a webhook, and for 30 days what was given up."""

    items: list[DeliveryOut]
    next_cursor: None = None


class SigningKeysOut(BaseModel):
    """The public keys that messages of this service are signed with (RFC 8037)."""

    keys: list[dict[str, str]]

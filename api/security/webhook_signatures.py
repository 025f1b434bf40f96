"""Messages to webhooks, signed twice as Standard Webhooks has it.

`v1` is an HMAC under a secret that the receiver holds; `v1a` is an Ed25519 signature, for
receivers that would rather hold no secret. While a secret is exchanged, both sign.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.security.signing_keys import SigningKeys

_SECRET = "whsec_"  # noqa: S105  # what a secret begins with
_PUBLIC = "whpk_"
_SECRET_BYTES = 32


def make_secret() -> str:
    """A new secret, `whsec_` and base 64 of 32 random bytes."""
    return _SECRET + _base64(secrets.token_bytes(_SECRET_BYTES))


@dataclass(frozen=True, slots=True)
class WebhookSigner:
    """Signs messages."""

    keys: SigningKeys

    @property
    def public_key(self) -> str:
        """What receivers check `v1a` with, `whpk_` and base 64 of 32 bytes."""
        return _PUBLIC + _base64(self.keys.current_public)

    def headers(
        self, message_id: str, body: bytes, holder_secrets: Sequence[str], *, at: datetime
    ) -> Mapping[str, str]:
        """The three headers of one try; the id stays, the time is that of the try.

        Args:
            message_id: of the delivery.
            body: as it is sent.
            holder_secrets: one, or two while the receiver exchanges them.
            at: now.
        """
        seconds = str(int(at.timestamp()))
        signed = f"{message_id}.{seconds}.".encode() + body
        signatures = [f"v1,{_base64(_mac(secret, signed))}" for secret in holder_secrets]
        signatures.append(f"v1a,{_base64(self.keys.sign(signed))}")
        return {
            "webhook-id": message_id,
            "webhook-timestamp": seconds,
            "webhook-signature": " ".join(signatures),
        }


def _mac(secret: str, message: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix(_SECRET))
    return hmac.new(key, message, hashlib.sha256).digest()


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()

"""Check that a message to a webhook comes from the service, is fresh, and is no repetition."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hashsvc.closed_sets import HintKind
from hashsvc.errors import WebhookRepeatedError, WebhookStaleError, WebhookUnsignedError
from hashsvc.times import now

SKEW = timedelta(minutes=5)
_SECRET = "whsec_"  # noqa: S105  # what a secret begins with
_PUBLIC = "whpk_"


@dataclass(frozen=True, slots=True)
class Hint:
    """What a webhook was sent: a reason to read the feed, and never more than that."""

    message_id: str
    kind: HintKind
    head_seq: int  # how far the feed goes


@dataclass(frozen=True, slots=True)
class SeenMessages:
    """Ids of messages that came before, for as long as a copy of one could pass as fresh.

    One object for each process; where several processes hear one webhook, a table of the
    platform's own that has these two methods serves them all.
    """

    _seen: dict[str, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, message_id: str, *, at: datetime) -> bool:
        """Remember an id; False where it was here before."""
        with self._lock:
            for old in [one for one, until in self._seen.items() if until < at]:
                del self._seen[old]
            if message_id in self._seen:
                return False
            self._seen[message_id] = at + 2 * SKEW
            return True

    def discard(self, message_id: str) -> None:
        """Forget an id that could not be acted on: the service will send it again."""
        with self._lock:
            self._seen.pop(message_id, None)


def verify_webhook(
    headers: Mapping[str, str],
    body: bytes,
    secrets: Sequence[str],
    *,
    seen: SeenMessages,
    at: datetime | None = None,
) -> Hint:
    """Read a message that a webhook was sent.

    Args:
        headers: of the request; names in any case.
        body: of the request, byte for byte as it came.
        secrets: what the service showed: secrets (`whsec_...`), public keys (`whpk_...`), or some
            of both; two secrets while one is exchanged.
        seen: what came before.
        at: now, unless a test says otherwise.

    Returns:
        What it says. Read the feed then: `PlatformClient.changes` brings what happened.

    Raises:
        WebhookUnsignedError: it does not come from the service, or was altered: answer 401.
        WebhookStaleError: it was sent more than five minutes ago, or clocks differ: answer 401.
        WebhookRepeatedError: it was here before: answer 200, do nothing.
    """
    moment = at or now()
    message_id, seconds, signatures = _parts(headers)
    signed = f"{message_id}.{seconds}.".encode() + body
    if not any(_fits(signature, signed, secrets) for signature in signatures):
        raise WebhookUnsignedError
    if abs(moment - datetime.fromtimestamp(seconds, UTC)) > SKEW:
        raise WebhookStaleError
    hint = _hint(message_id, body)
    if not seen.add(message_id, at=moment):
        raise WebhookRepeatedError
    return hint


def _parts(headers: Mapping[str, str]) -> tuple[str, int, list[str]]:
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        seconds = lower["webhook-timestamp"]
        if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
            raise WebhookUnsignedError
        return lower["webhook-id"], int(seconds), lower["webhook-signature"].split()
    except KeyError as error:
        raise WebhookUnsignedError from error


def _fits(signature: str, signed: bytes, secrets: Sequence[str]) -> bool:
    version, _, text = signature.partition(",")
    try:
        given = base64.b64decode(text, validate=True)
    except ValueError:  # also of characters that are no ASCII
        return False
    if version == "v1":
        keys = _keys(secrets, _SECRET)
        return any(hmac.compare_digest(_mac(key, signed), given) for key in keys)
    return version == "v1a" and any(
        _is_signed(key, given, signed) for key in _keys(secrets, _PUBLIC)
    )


def _keys(secrets: Sequence[str], prefix: str) -> list[bytes]:
    """The secrets of one kind, as bytes."""
    fitting = [secret.removeprefix(prefix) for secret in secrets if secret.startswith(prefix)]
    return [base64.b64decode(secret) for secret in fitting]


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _hint(message_id: str, body: bytes) -> Hint:
    """What the service signed; a kind of a newer version of it is news of some kind."""
    content = json.loads(body)
    kinds = [kind for kind in HintKind if kind == content["type"]]
    kind = kinds[0] if kinds else HintKind.CHANGES_AVAILABLE
    return Hint(message_id, kind, int(content["data"]["head_seq"]))

"""HTTP Message Signatures (RFC 9421): only the holder of a private key can have sent this.

A key to which a public key belongs is good for nothing without them: whoever copies it from a log
or a configuration file cannot use it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)

from api.security.errors import SignatureInvalidError

SIGNATURE_WINDOW = timedelta(minutes=5)  # a signature is taken for so long
CLOCK_SKEW = timedelta(seconds=30)  # by which a client's clock may be ahead
_COVERED = ("@method", "@target-uri")  # and `content-digest`, where there is a body
_NONCE = re.compile(r"[A-Za-z0-9+/_=-]{16,64}")


class Headers(Protocol):
    """Header fields, as many times as they were sent."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Every name with its value."""
        ...


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request, as far as it can be signed."""

    method: str
    url: str = field(repr=False)  # as its sender wrote it
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)


def signed_nonce(request: SentRequest, *, key_id: str, public_key: bytes, at: datetime) -> str:
    """The nonce under which the holder of the private key signed this request, once.

    Args:
        request: what came.
        key_id: `keyid` of the signature: that of the API key.
        public_key: Ed25519, 32 bytes.
        at: now.

    Raises:
        SignatureInvalidError: it is not signed, or not so that method, address and body are
            covered, or not just now.
    """
    keys = MappingKeyResolver(
        public_keys={key_id: Ed25519PublicKey.from_public_bytes(public_key)}, private_keys={}
    )
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    verifier.at = at
    try:
        (result,) = verifier.verify(
            request, max_age=SIGNATURE_WINDOW, require_components=_COVERED, body=request.body
        )
    except HTTPMessageSignaturesException as error:
        raise SignatureInvalidError from error
    if result.nonce is None or not _NONCE.fullmatch(result.nonce):
        raise SignatureInvalidError
    return str(result.nonce)


class _Verifier(HTTPMessageVerifier):
    """The library's, but for the clock: it reads its own."""

    at: datetime

    def validate_created_and_expires(
        self,
        sig_input: Any,  # noqa: ANN401  # untyped there
        max_age: timedelta | None = None,
    ) -> None:
        created, expires = (sig_input.params.get(name) for name in ("created", "expires"))
        now = self.at.timestamp()
        if created is None or max_age is None:
            raise InvalidSignature("no time")
        if not now - max_age.total_seconds() <= created <= now + CLOCK_SKEW.total_seconds():
            raise InvalidSignature("not now")
        if expires is not None and expires < now:
            raise InvalidSignature("expired")

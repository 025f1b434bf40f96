"""`signing.keys`: what an instance signs messages to platforms with (Ed25519)."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.security.derived_keys import derived_key
from api.security.key_files import ring_at
from indexer.store.sealing import KeyRing

_NAME = "signing.keys"
_PURPOSE = b"hashsvc/messages/1"


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The current key signs; the public halves of all of them are published."""

    ring: KeyRing = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """64 bytes, under the current key."""
        return _private(self.ring.current).sign(message)

    @property
    def current_public(self) -> bytes:
        """The public half of the key that signs now, 32 bytes."""
        return _public(self.ring.current)

    def published(self) -> list[Mapping[str, str]]:
        """Every public half as a JSON Web Key (RFC 8037), the current one first."""
        return [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "use": "sig",
                "alg": "EdDSA",
                "kid": key_id,
                "x": base64.urlsafe_b64encode(_public(key)).rstrip(b"=").decode(),
            }
            for key_id, key in self.ring.keys.items()
        ]


def signing_keys(folder: Path) -> SigningKeys:
    """Read the file, made where it is missing.

    Raises:
        KeyFileError: it is readable by others or damaged.
    """
    return SigningKeys(ring_at(folder / _NAME))


def _private(key: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived_key(key, _PURPOSE))


def _public(key: bytes) -> bytes:
    return _private(key).public_key().public_bytes_raw()

"""Signatures encrypted at rest: AES-256-GCM, one data key per case, wrapped by the key file's key.

Every ciphertext is bound to the ids of its row, so rows cannot be exchanged unnoticed. Erasing a
data key erases the case in this database and, once the key-encryption key is gone, in backups.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hashsvc import Signature, SignatureId
from hashsvc.signatures import unpack
from indexer.errors import SealBrokenError

KEY_BYTES = 32
_NONCE_BYTES = 12  # random; one key seals far fewer than 2**32 bodies


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Named 32-byte keys; the current one seals, all of them open."""

    current_id: str
    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def current(self) -> bytes:
        """The key that seals what is new."""
        return self.keys[self.current_id]

    def with_current(self, key_id: str) -> "KeyRing":
        """The same keys, of which this one seals.

        Raises:
            SealBrokenError: it is none of them.
        """
        if key_id not in self.keys:
            raise SealBrokenError
        return KeyRing(key_id, self.keys)


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one case, in the clear: only in memory, only while it is used."""

    data_key_id: int
    secret: bytes = field(repr=False)

    def seal(self, signature: Signature, signature_id: SignatureId) -> bytes:
        """96 bytes: nonce 12, body 68, tag 16; neither length nor flags show."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(
            nonce, signature.pack(), self._bound_to(signature_id)
        )

    def unseal(self, body: bytes, signature_id: SignatureId) -> Signature:
        """Open what `seal` made.

        Raises:
            SealBrokenError: the body was altered, or belongs to another row.
        """
        return unpack(_open(self.secret, body, self._bound_to(signature_id)))

    def seal_text(self, text: str, about: str) -> bytes:
        """Nonce 12, the text in UTF-8, tag 16; it opens only where `about` is the same.

        Args:
            text: what nobody else may read.
            about: what it is and whose, such as "match.ref/mat_...".
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, text.encode(), self._text_bound_to(about))

    def unseal_text(self, sealed: bytes, about: str) -> str:
        """Open what `seal_text` made.

        Raises:
            SealBrokenError: it was altered, or is about something else.
        """
        return _open(self.secret, sealed, self._text_bound_to(about)).decode()

    def _text_bound_to(self, about: str) -> bytes:
        return b"hashsvc/text/1" + _be64(self.data_key_id) + about.encode()

    def _bound_to(self, signature_id: SignatureId) -> bytes:
        return b"hashsvc/signature/1" + _be64(signature_id) + _be64(self.data_key_id)


def make_data_key(data_key_id: int) -> DataKey:
    """A new random data key."""
    return DataKey(data_key_id, secrets.token_bytes(KEY_BYTES))


def wrap(key: DataKey, ring: KeyRing) -> bytes:
    """60 bytes: nonce 12, data key 32, tag 16, under the ring's current key."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    bound = _wrap_bound_to(key.data_key_id, ring.current_id)
    return nonce + AESGCM(ring.current).encrypt(nonce, key.secret, bound)


def unwrap(wrapped: bytes, *, data_key_id: int, kek_id: str, ring: KeyRing) -> DataKey:
    """Open what `wrap` made.

    Raises:
        SealBrokenError: the ring lacks the key, or the bytes were altered.
    """
    if kek_id not in ring.keys:
        raise SealBrokenError
    bound = _wrap_bound_to(data_key_id, kek_id)
    return DataKey(data_key_id, _open(ring.keys[kek_id], wrapped, bound))


def _open(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
        raise SealBrokenError from error


def _wrap_bound_to(data_key_id: int, kek_id: str) -> bytes:
    return b"hashsvc/data-key/1" + _be64(data_key_id) + kek_id.encode()


def _be64(number: int) -> bytes:
    return number.to_bytes(8, "big")

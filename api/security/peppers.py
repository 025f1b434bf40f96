"""Keys derived from the pepper, one for each purpose, so that no digest serves two."""

import hashlib
import hmac
from enum import StrEnum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from indexer.store.sealing import KEY_BYTES, KeyRing


class Purpose(StrEnum):
    """What a derived key is for; the value is HKDF's label."""

    CASE = "case"  # digests of case numbers
    MINT = "mint"  # case numbers made from idempotency keys
    PIN = "pin"
    REQUEST = "request"  # digests of what a case was opened with
    API = "api"
    REF = "ref"  # digests of platforms' references
    CURSOR = "cursor"
    REPEAT = "repeat"  # digests of requests that may come again
    SESSION = "session"  # digests of console sessions
    IMPORT = "import"  # digests of other networks' entries
    FORM = "form"  # what proves that a form of the console is its own
    BUCKET = "bucket"  # keys of the days, under which networks are counted
    WORK = "work"  # challenges before a case is opened


class Pepper:
    """Keyed digests under the current pepper."""

    def __init__(self, ring: KeyRing) -> None:
        """Derive a key for each purpose (HKDF-SHA256, RFC 5869)."""
        self.pepper_id = ring.current_id
        self._keys = {purpose: _derived(ring.current, purpose) for purpose in Purpose}

    def mac(self, purpose: Purpose, message: bytes) -> bytes:
        """HMAC-SHA256, 32 bytes."""
        return hmac.new(self._keys[purpose], message, hashlib.sha256).digest()


def _derived(pepper: bytes, purpose: Purpose) -> bytes:
    derivation = HKDF(
        algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.value.encode()
    )
    return derivation.derive(pepper)

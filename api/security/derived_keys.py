"""One key for each purpose, derived from a secret, so that no key serves two."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from indexer.store.sealing import KEY_BYTES


def derived_key(secret: bytes, purpose: bytes) -> bytes:
    """32 bytes (HKDF-SHA256, RFC 5869); `purpose` is its label."""
    derivation = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose)
    return derivation.derive(secret)

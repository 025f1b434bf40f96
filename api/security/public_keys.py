"""Public keys that platforms register: the form in which they come."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def read_public_key(pem: str) -> bytes:
    """The 32 bytes of an Ed25519 public key.

    Args:
        pem: as `openssl pkey -pubout` writes it.

    Raises:
        ValueError: it is no such key.
    """
    try:
        key = load_pem_public_key(pem.encode())
    except UnsupportedAlgorithm as error:
        raise ValueError("no such algorithm here") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("no Ed25519 key")  # noqa: TRY004  # what came in is a text, a wrong one
    return key.public_bytes_raw()

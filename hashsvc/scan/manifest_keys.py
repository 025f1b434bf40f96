"""The key that a laboratory or an investigator signs reports with: Ed25519, PKCS#8."""

import hashlib
import re
import stat
from pathlib import Path

from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hashsvc.files import replacing
from hashsvc.scan.errors import ReportKeyError

_PRIVATE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PUBLIC = re.compile(r"[0-9a-f]{64}")


class ReportKey:
    """A secret signing key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Use `generate` or `read_report_key`."""
        self._key = key

    @classmethod
    def generate(cls) -> "ReportKey":
        """A new one."""
        return cls(Ed25519PrivateKey.generate())

    @property
    def public(self) -> str:
        """64 hexadecimal digits: what is given to whoever checks reports."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(message)

    def save(self, path: Path, *, passphrase: str = "") -> None:
        """Write it, readable by this user alone.

        Args:
            path: a new file.
            passphrase: encrypts it; empty: it is not encrypted.

        Raises:
            ReportKeyError: there is such a file already, or it cannot be written.
        """
        if path.exists():
            raise ReportKeyError("This file exists already: a key is never written over.")
        body = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase.encode())
            if passphrase
            else serialization.NoEncryption(),
        )
        try:
            with replacing(path, mode=_PRIVATE) as draft:
                draft.write_bytes(body)
        except OSError as error:
            raise ReportKeyError("The key file cannot be written there.") from error


def read_report_key(path: Path, *, passphrase: str = "") -> ReportKey:
    """Read what `ReportKey.save` wrote.

    Raises:
        ReportKeyError: it is missing, open to others, no such key, or the passphrase is wrong.
    """
    body = _read(path)
    if path.stat().st_mode & _OTHERS:
        raise ReportKeyError("The key file is open to others: run `chmod 600` on it.")
    try:
        key = serialization.load_pem_private_key(body, passphrase.encode() or None)
    except TypeError as error:  # one was needed and none given, or the other way round
        raise ReportKeyError("The passphrase of the key file is wrong.") from error
    # The last where a key is too short for the algorithm that the file names.
    except (ValueError, UnsupportedAlgorithm, InternalError) as error:
        raise ReportKeyError("The key file is none, or its passphrase is wrong.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ReportKeyError("The key file holds no key made by `hashsvc report new-key`.")
    return ReportKey(key)


def is_encrypted(path: Path) -> bool:
    """Whether a key file asks for a passphrase.

    Raises:
        ReportKeyError: it is missing or cannot be read.
    """
    return b"ENCRYPTED" in _read(path)


def read_public_key(text: str) -> str:
    """A public key as `hashsvc report new-key` printed it.

    Raises:
        ReportKeyError: it is none.
    """
    if not _PUBLIC.fullmatch(text):
        raise ReportKeyError("A public key is 64 hexadecimal digits.")
    return text


def key_id(public: str) -> str:
    """Short for a public key, as people compare it: 16 hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def is_signed(message: bytes, signature: bytes, public: str) -> bool:
    """Whether the holder of this key signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReportKeyError("The key file is missing or cannot be read.") from error

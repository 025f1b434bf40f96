"""`pack.keys`: what an instance signs packs with, and names their entries by."""

import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path

from api.security.derived_keys import derived_key
from api.security.key_files import ring_at
from hashsvc import SignatureId
from hashsvc.packs import SigningKey
from hashsvc.packs.records import ENTRY_ID_BYTES

_NAME = "pack.keys"
_ID_BYTES = 8  # of a signature's id


@dataclass(frozen=True, slots=True)
class EntryNames:
    """Opaque ids for one recipient: the same in every version, others for anybody else."""

    key: bytes = field(repr=False)

    def of(self, signature_id: SignatureId) -> bytes:
        """16 bytes."""
        message = signature_id.to_bytes(_ID_BYTES, "big")
        return hmac.new(self.key, message, hashlib.sha256).digest()[:ENTRY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class PackKeys:
    """Two keys derived from the one in the file."""

    ring_key: bytes = field(repr=False)

    @property
    def signing(self) -> SigningKey:
        """Signs packs."""
        return SigningKey(derived_key(self.ring_key, b"pack signing"))

    def names_for(self, recipient: str) -> EntryNames:
        """Names entries for one recipient."""
        return EntryNames(derived_key(self.ring_key, b"pack entries\0" + recipient.encode()))


def pack_keys(folder: Path) -> PackKeys:
    """Read the file, made where it is missing.

    Raises:
        KeyFileError: it is readable by others or damaged.
    """
    return PackKeys(ring_at(folder / _NAME).current)

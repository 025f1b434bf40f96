"""What a snapshot says of itself, under a key: who reads it knows it whole, ours and unaltered."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hashsvc import __version__
from indexer.errors import SnapshotRefusedError

FORMAT = 1
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SnapshotKeys:
    """The keys of one instance's snapshots, both made from the key that seals signatures."""

    mac: bytes = field(repr=False)
    seal: bytes = field(repr=False)

    @classmethod
    def derived(cls, secret: bytes) -> "SnapshotKeys":
        """Two keys from a secret of 32 bytes (HKDF-SHA256, RFC 5869)."""
        return cls(_derived(secret, b"hashsvc/snapshot/mac"), _derived(secret, b"hashsvc/snapshot"))


@dataclass(frozen=True, slots=True)
class Label:
    """Up to where in the store's change log a list goes."""

    seq: int  # of the last change it holds
    log_digest: bytes  # of that change, 32 bytes


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """One array of a base."""

    name: str
    dtype: str  # as numpy writes it, with its byte order
    shape: tuple[int, ...]
    size_bytes: int  # of the whole file
    sha256: str  # of the numbers alone

    @property
    def file_name(self) -> str:
        """Under which the array is stored."""
        return f"{self.name}.npy"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about a snapshot but its arrays."""

    label: Label
    built_at: datetime
    files: tuple[ArrayFile, ...]

    def text(self, keys: SnapshotKeys) -> str:
        """As JSON, with the digest under the key that `read_manifest` asks for."""
        fields: dict[str, Any] = {
            "format": FORMAT,
            "seq": self.label.seq,
            "log_digest": self.label.log_digest.hex(),
            "built_at": self.built_at.isoformat(),
            "builder": f"hashsvc {__version__}",
            "files": [asdict(entry) for entry in self.files],
        }
        return json.dumps(fields | {"mac": _mac(fields, keys)}, indent=1)


def read_manifest(text: bytes, keys: SnapshotKeys) -> Manifest:
    """Read what `Manifest.text` wrote.

    Raises:
        SnapshotRefusedError: it is damaged, of a newer version, or made with another key.
    """
    fields = _object(text)
    number = fields.get("format")
    if not isinstance(number, int) or number < FORMAT:
        raise SnapshotRefusedError("its manifest is damaged")
    if number > FORMAT:
        raise SnapshotRefusedError("a newer version of hashsvc wrote it")
    mac = str(fields.pop("mac", ""))
    if not hmac.compare_digest(mac.encode(), _mac(fields, keys).encode()):
        raise SnapshotRefusedError("its manifest was altered, or made with another key")
    # From here on the fields are what we wrote.
    return Manifest(
        label=Label(fields["seq"], bytes.fromhex(fields["log_digest"])),
        built_at=datetime.fromisoformat(fields["built_at"]),
        files=tuple(
            ArrayFile(**entry | {"shape": tuple(entry["shape"])}) for entry in fields["files"]
        ),
    )


def _object(text: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except ValueError as error:  # also where it is no UTF-8
        raise SnapshotRefusedError("its manifest is damaged") from error
    if not isinstance(fields, dict):
        raise SnapshotRefusedError("its manifest is damaged")
    return fields


def _mac(fields: dict[str, Any], keys: SnapshotKeys) -> str:
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hmac.new(keys.mac, canonical.encode(), hashlib.sha256).hexdigest()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    derivation = HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=purpose)
    return derivation.derive(secret)

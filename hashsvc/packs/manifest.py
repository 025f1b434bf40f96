"""What a pack says of itself: signed, and read only after its signature holds."""

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from hashsvc.packs.errors import PackRefusedError, Refusal
from hashsvc.policies import Policy, Tier

_HEX = re.compile(r"[0-9a-f]{64}")
# What reading raises: a list for a mapping, a time beyond the years, brackets within brackets.
_OTHER_FORMS = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The signed part of a pack."""

    bank: str
    version: int  # seconds since 1970 when it was built: rises without a counter to restore
    sequence: int  # of the change log: what the pack knows
    built_at: datetime
    expires_at: datetime  # from here on it is refused
    recipient: str  # age1...
    entries: int
    records_sha256: str
    signer: str  # public key, 64 hexadecimal digits
    weakest_tier: Tier  # the bank answers at it and above
    policy: Policy

    def to_json(self) -> dict[str, Any]:
        """As it is signed and shown."""
        return asdict(self) | {
            "built_at": self.built_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
        }

    def body(self) -> bytes:
        """The bytes that are signed."""
        return json.dumps(self.to_json(), sort_keys=True, separators=(",", ":")).encode("ascii")


def parse(body: bytes) -> Manifest:
    """Read the bytes of a manifest whose signature holds.

    Raises:
        PackRefusedError: it is of another form.
    """
    try:
        return _manifest(json.loads(body))
    except _OTHER_FORMS as error:
        raise PackRefusedError(Refusal.DAMAGED) from error


def _manifest(read: dict[str, Any]) -> Manifest:
    if set(read) != {one.name for one in fields(Manifest)}:
        raise ValueError
    manifest = Manifest(
        bank=str(read["bank"]),
        version=_count(read["version"]),
        sequence=_count(read["sequence"]),
        built_at=_time(read["built_at"]),
        expires_at=_time(read["expires_at"]),
        recipient=str(read["recipient"]),
        entries=_count(read["entries"]),
        records_sha256=str(read["records_sha256"]),
        signer=str(read["signer"]),
        weakest_tier=Tier(read["weakest_tier"]),
        policy=Policy(**{name: _count(bits) for name, bits in read["policy"].items()}),
    )
    if not (_HEX.fullmatch(manifest.records_sha256) and _HEX.fullmatch(manifest.signer)):
        raise ValueError
    return manifest


def _count(value: object) -> int:
    if type(value) is not int or value < 0:  # True is an int too
        raise ValueError
    return value


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.utcoffset() is None:
        raise ValueError
    return time.astimezone(UTC)

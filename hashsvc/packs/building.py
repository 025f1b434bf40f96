"""Build a pack: records, a signed manifest, and all of it encrypted to one recipient."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

import pyrage

from hashsvc.packs.keys import SigningKey, read_recipient
from hashsvc.packs.manifest import Manifest
from hashsvc.packs.records import Entry, packed
from hashsvc.policies import Policy, Tier

MAGIC = b"HSVCPACK\x01"  # the last byte is the format
LENGTH_BYTES = 4  # of the manifest's length, little-endian
SIGNATURE_BYTES = 64
CONTEXT = b"hashsvc-pack-v1\0"  # a signature under this key holds for nothing else


def build(
    entries: Iterable[Entry],
    *,
    bank: str,
    sequence: int,
    recipient: str,
    key: SigningKey,
    at: datetime,
    life: timedelta,
    weakest_tier: Tier = Tier.POSSIBLE,
    policy: Policy | None = None,
) -> bytes:
    """An encrypted pack of what is listed now; the words are those of `Manifest`.

    Raises:
        PackKeyError: the recipient is no public key.
    """
    to = read_recipient(recipient)
    entries = list(entries)
    records = packed(entries)
    manifest = Manifest(
        bank=bank,
        version=int(at.timestamp()),
        sequence=sequence,
        built_at=at,
        expires_at=at + life,
        recipient=recipient,
        entries=len(entries),
        records_sha256=hashlib.sha256(records).hexdigest(),
        signer=key.public.hex(),
        weakest_tier=weakest_tier,
        policy=policy or Policy(),
    )
    return bytes(pyrage.encrypt(sealed(manifest, records, key), [to]))


def sealed(manifest: Manifest, records: bytes, key: SigningKey) -> bytes:
    """What is inside the encryption."""
    body = manifest.body()
    length = len(body).to_bytes(LENGTH_BYTES, "little")
    return MAGIC + length + body + key.sign(CONTEXT + body) + records

"""Open a pack: every check is made before anything in it is used."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyrage

from hashsvc.packs.building import CONTEXT, LENGTH_BYTES, MAGIC, SIGNATURE_BYTES
from hashsvc.packs.errors import PackRefusedError, Refusal
from hashsvc.packs.keys import PackKey, Trusted, signers_of
from hashsvc.packs.manifest import Manifest, parse
from hashsvc.packs.records import RECORD_BYTES, PackedMatcher
from hashsvc.packs.versions import SeenVersions

MAX_PACK_BYTES = 2 << 30  # about 25 million entries
_HEAD_BYTES = len(MAGIC) + LENGTH_BYTES


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that passed every check."""

    manifest: Manifest
    matcher: PackedMatcher
    sha256: str  # of the file, as it was given


def open_pack(
    path: Path,
    *,
    key: PackKey,
    trust: Sequence[Trusted],
    seen: SeenVersions,
    at: datetime,
) -> Pack:
    """Verify a pack and open it; its version is then the oldest that is taken here.

    Args:
        path: the file.
        key: the recipient's.
        trust: whose signature counts, for which bank.
        seen: versions used here before.
        at: now.

    Raises:
        PackRefusedError: with the first reason.
    """
    file = _read(path)
    manifest_body, signature, records = _parts(_decrypted(file, key))
    signers = signers_of(CONTEXT + manifest_body, signature, trust)
    if not signers:
        raise PackRefusedError(Refusal.SIGNER)
    manifest = parse(manifest_body)
    _check(manifest, signers, key, seen, at)
    if len(records) != manifest.entries * RECORD_BYTES:
        raise PackRefusedError(Refusal.DAMAGED)
    if hashlib.sha256(records).hexdigest() != manifest.records_sha256:
        raise PackRefusedError(Refusal.DAMAGED)
    pack = Pack(manifest, PackedMatcher(records), hashlib.sha256(file).hexdigest())
    seen.note(manifest)
    return pack


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_PACK_BYTES:
            raise PackRefusedError(Refusal.DAMAGED)
        return path.read_bytes()
    except OSError as error:
        raise PackRefusedError(Refusal.UNREADABLE) from error


def _decrypted(file: bytes, key: PackKey) -> bytes:
    try:
        return bytes(pyrage.decrypt(file, [key.identity]))
    except pyrage.DecryptError as error:
        # The library tells the two apart by its sentence alone.
        foreign = "No matching keys" in str(error)
        raise PackRefusedError(Refusal.RECIPIENT if foreign else Refusal.DAMAGED) from error


def _parts(body: bytes) -> tuple[bytes, bytes, bytes]:
    """Manifest, signature, records."""
    if not body.startswith(MAGIC) or len(body) < _HEAD_BYTES:
        raise PackRefusedError(Refusal.DAMAGED)
    end = _HEAD_BYTES + int.from_bytes(body[len(MAGIC) : _HEAD_BYTES], "little")
    signature = body[end : end + SIGNATURE_BYTES]
    return body[_HEAD_BYTES:end], signature, body[end + SIGNATURE_BYTES :]


def _check(
    manifest: Manifest,
    signers: Sequence[Trusted],
    key: PackKey,
    seen: SeenVersions,
    at: datetime,
) -> None:
    """Everything that the manifest says, in the order of `Refusal`."""
    if manifest.recipient != key.recipient:
        raise PackRefusedError(Refusal.RECIPIENT)
    if manifest.signer not in {one.public.hex() for one in signers}:
        raise PackRefusedError(Refusal.SIGNER)
    if manifest.bank not in {one.bank for one in signers}:
        raise PackRefusedError(Refusal.BANK)
    if at >= manifest.expires_at:
        raise PackRefusedError(Refusal.EXPIRED)
    if manifest.version < seen.highest(manifest):
        raise PackRefusedError(Refusal.ROLLED_BACK)

"""Whole files encrypted at rest: AES-256-GCM, a MiB at a time, so that none need fit in memory.

Each part is bound to what the caller says (which file of which snapshot), to its own number and to
whether it is the last: parts cannot be exchanged, repeated or cut off unnoticed.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from indexer.errors import SnapshotRefusedError

_PART_BYTES = 1 << 20
_NONCE_BYTES = 12  # random; one key seals far fewer than 2**32 parts
_SEALED_BYTES = _NONCE_BYTES + _PART_BYTES + 16


def seal_file(plain: Path, sealed: Path, *, key: bytes, bound_to: bytes) -> None:
    """Write an encrypted copy and flush it.

    Args:
        plain: what is copied.
        sealed: must not exist yet.
        key: 32 bytes.
        bound_to: whoever opens it must say the same.

    Raises:
        OSError: the disk is full or fails.
    """
    cipher = AESGCM(key)
    with plain.open("rb") as source, sealed.open("xb") as target:
        for number, part, last in _parts(source, _PART_BYTES):
            nonce = secrets.token_bytes(_NONCE_BYTES)
            target.write(nonce + cipher.encrypt(nonce, part, _bound(bound_to, number, last)))
        _flush(target)


def unseal_file(sealed: Path, plain: Path, *, key: bytes, bound_to: bytes) -> None:
    """Write a copy in the clear and flush it.

    Raises:
        SnapshotRefusedError: the file was altered or cut off, is another one, or the key is wrong.
        OSError: the disk is full or fails, or there is no such file.
    """
    cipher = AESGCM(key)
    with sealed.open("rb") as source, plain.open("xb") as target:
        for number, part, last in _parts(source, _SEALED_BYTES):
            nonce, body = part[:_NONCE_BYTES], part[_NONCE_BYTES:]
            try:
                target.write(cipher.decrypt(nonce, body, _bound(bound_to, number, last)))
            except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
                raise SnapshotRefusedError("a sealed file does not open") from error
        _flush(target)


def _parts(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bytes]]:
    """(number, bytes, whether it is the last); an empty file is one empty part."""
    number, part = 0, source.read(size)
    while True:
        following = source.read(size)
        yield number, part, b"\0" if following else b"\1"
        if not following:
            return
        number, part = number + 1, following


def _bound(bound_to: bytes, number: int, last: bytes) -> bytes:
    return bound_to + number.to_bytes(8, "big") + last


def _flush(target: BinaryIO) -> None:
    target.flush()
    os.fsync(target.fileno())

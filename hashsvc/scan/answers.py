"""What a decoding child answers: a head of fixed length, then signatures of fixed length."""

import struct
from dataclasses import dataclass
from enum import IntEnum

from hashsvc.scan.isolation import Isolation
from hashsvc.scan.records import Reason
from hashsvc.signatures import SIGNATURE_BYTES, Signature, unpack

MAX_SIGNATURES = 256
REQUEST = struct.Struct("<QQB")  # bytes of the photo, most pixels, what is asked
# Status, width, height, signatures, of these of the full photo, whether they are estimates.
HEAD = struct.Struct("<BIIHHB")
GOOD = 0
# Said once, when the libraries are loaded: the place is the byte.
READY = (Isolation.LIMITS, Isolation.SYSTEM_CALLS)
# What a child can say of a photo; the place is the status.
STATUSES = (None, Reason.DECODE, Reason.TOO_MANY_PIXELS, Reason.TOO_SMALL, Reason.MEMORY)


class Asked(IntEnum):
    """What a child shall make of a photo; the value is sent."""

    ESTIMATE = 0  # of the whole photo, where that will do; else as FULL
    FULL = 1  # the whole photo, exactly
    ALL = 2  # its parts too


@dataclass(frozen=True, slots=True)
class HashedPhoto:
    """What a photo left."""

    width: int
    height: int
    signatures: tuple[Signature, ...]
    full: int  # so many of them are of the full photo
    estimated: bool = False  # a few bits off: they tell what is far, nothing else


def failure(reason: Reason) -> bytes:
    """The answer for a photo that could not be hashed."""
    return HEAD.pack(STATUSES.index(reason), 0, 0, 0, 0, 0)


def success(photo: HashedPhoto) -> bytes:
    """The answer for a photo that was."""
    head = HEAD.pack(
        GOOD, photo.width, photo.height, len(photo.signatures), photo.full, photo.estimated
    )
    return head + b"".join(one.pack() for one in photo.signatures)


def rest_length(head: bytes) -> int:
    """How many bytes follow a head.

    Raises:
        ValueError: the head is none of ours.
    """
    status, _, _, count, full, estimated = HEAD.unpack(head)
    if status >= len(STATUSES) or count > MAX_SIGNATURES or full > count or estimated > 1:
        raise ValueError("This is no answer of a child.")
    return int(count) * SIGNATURE_BYTES


def parse(head: bytes, rest: bytes) -> HashedPhoto | Reason:
    """Read a whole answer.

    Raises:
        InvalidSignatureError: a signature is none.
    """
    status, width, height, count, full, estimated = HEAD.unpack(head)
    reason = STATUSES[status]
    if reason is not None:
        return reason
    places = range(0, count * SIGNATURE_BYTES, SIGNATURE_BYTES)
    signatures = tuple(unpack(rest[place : place + SIGNATURE_BYTES]) for place in places)
    return HashedPhoto(width, height, signatures, full, bool(estimated))

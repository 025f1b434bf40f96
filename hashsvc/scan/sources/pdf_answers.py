"""What a child says of a PDF: for each picture a head of fixed length, then its bytes."""

import struct
from dataclasses import dataclass

from hashsvc.scan.records import Reason

MEMORY_BYTES = 2 << 30
MOST_BYTES = 1 << 30  # of all pictures of a document
MOST_PIXELS = 128_000_000
FINISHED, ENCRYPTED, UNREADABLE, TOO_MUCH = 0, 20, 21, 22  # exit codes
HEAD = struct.Struct("<IBQ")  # number of the object, reason, bytes
# Why a picture could not be taken out; the place is in the head.
REASONS = (
    None,
    Reason.DECODE,
    Reason.MEMORY,
    Reason.TOO_MANY_PIXELS,
    Reason.COMPRESSION_UNSUPPORTED,
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a document."""

    number: int  # of the object that it is
    reason: Reason | None  # why it could not be taken out
    body: bytes = b""  # a photo's file


def answer(picture: Picture) -> bytes:
    """As it goes through the pipe."""
    head = HEAD.pack(picture.number, REASONS.index(picture.reason), len(picture.body))
    return head + picture.body

"""Read a file of a source once: its kind, and a photo's bytes."""

from dataclasses import dataclass, field
from typing import BinaryIO

from hashsvc.scan.kinds import OPENING_BYTES, Kind, kind_of
from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.base import Source, problem_of

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """A photo's bytes."""

    body: bytes = field(repr=False)


def read_photo(source: Source, file: FoundFile, *, max_bytes: int) -> ReadPhoto | Kind:
    """Read a file to its end if it is a photo, else only its opening.

    Args:
        source: where it is.
        file: one that the source listed.
        max_bytes: of a photo; a longer one is not kept in memory.

    Raises:
        FileProblemError: it cannot be read, or is too large.
    """
    try:
        with source.open(file) as stream:
            opening = stream.read(OPENING_BYTES)
            kind = kind_of(opening)
            return _read(opening, stream, max_bytes) if kind is Kind.PHOTO else kind
    except OSError as error:
        raise problem_of(error) from error


def _read(opening: bytes, stream: BinaryIO, max_bytes: int) -> ReadPhoto:
    blocks: list[bytes] = []
    length, block = 0, opening
    while block:  # counted: what an archive says of sizes may lie
        length += len(block)
        if length > max_bytes:
            raise FileProblemError(Reason.TOO_LARGE)
        blocks.append(block)
        block = stream.read(_BLOCK_BYTES)
    return ReadPhoto(b"".join(blocks))

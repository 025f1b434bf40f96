"""Read a file of a source once: its kind, a photo's bytes, and digests of all else if asked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import BinaryIO

from hashsvc.digests import Digests, RunningDigests
from hashsvc.scan.kinds import OPENING_BYTES, Kind, kind_of
from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.base import Source, problem_of

_BLOCK_BYTES = 1 << 20


class Digesting(StrEnum):
    """Which files get digests."""

    PHOTOS = "photos"  # of others only the opening is read
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """A photo's bytes."""

    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Other:
    """A file that is not decoded."""

    what: Kind | Reason  # a reason: a photo that is too large
    digests: Digests | None = None  # None: not asked for, or it cannot be read to its end


def read_file(
    source: Source,
    file: FoundFile,
    *,
    max_bytes: int,
    digesting: Digesting = Digesting.PHOTOS,
) -> ReadPhoto | Other:
    """Read a file to its end if it is a photo or everything gets digests, else its opening.

    Args:
        source: where it is.
        file: one that the source listed.
        max_bytes: of a photo; a longer one is not kept in memory.
        digesting: which files get digests; a photo's are made of its bytes, later.

    Raises:
        FileProblemError: it cannot be read.
    """
    try:
        with source.open(file) as stream:
            opening = stream.read(OPENING_BYTES)
            kind, blocks = kind_of(opening), _blocks(opening, stream)
            if kind is Kind.PHOTO:
                return _photo(blocks, max_bytes, digesting)
            return Other(kind, _digests(blocks, digesting))
    except OSError as error:
        raise problem_of(error) from error


def _photo(blocks: Iterator[bytes], max_bytes: int, digesting: Digesting) -> ReadPhoto | Other:
    kept: list[bytes] = []
    length = 0
    for block in blocks:  # counted: what an archive says of sizes may lie
        kept.append(block)
        length += len(block)
        if length > max_bytes:
            return Other(Reason.TOO_LARGE, _digests(chain(kept, blocks), digesting))
    return ReadPhoto(b"".join(kept))


def _digests(blocks: Iterable[bytes], digesting: Digesting) -> Digests | None:
    """What cannot be read to its end has none; what it is was told from its opening."""
    if digesting is Digesting.PHOTOS:
        return None
    running = RunningDigests()
    try:
        for block in blocks:
            running.update(block)
    except (OSError, FileProblemError):
        return None
    return running.digests()


def _blocks(opening: bytes, stream: BinaryIO) -> Iterator[bytes]:
    block = opening
    while block:
        yield block
        block = stream.read(_BLOCK_BYTES)

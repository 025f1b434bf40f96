"""A single file compressed by gzip, bzip2 or xz."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import Any, BinaryIO, cast

from hashsvc.scan.records import FoundFile
from hashsvc.scan.sources.limits import DEFAULT_LIMITS, ContainerLimits
from hashsvc.scan.sources.streams import GuardedStream

OPENINGS: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file, mode="rb"),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
_DAMAGE = (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


class CompressedFile:
    """One member, whose name and size nobody vouches for."""

    def __init__(self, file: BinaryIO, limits: ContainerLimits = DEFAULT_LIMITS) -> None:
        """Nothing is read yet.

        Args:
            file: seekable; stays open, and the caller's.
            limits: of what it may hold.
        """
        self._file = file
        self._most = limits.most(file.seek(0, 2))

    def files(self) -> Iterator[FoundFile]:
        """See `Container`."""
        yield FoundFile(b"contents")

    def open(self, file: FoundFile) -> BinaryIO:  # noqa: ARG002  # there is only one
        """See `Container`."""
        self._file.seek(0)
        opening = self._file.read(max(map(len, OPENINGS)))
        self._file.seek(0)
        unpack = next(how for magic, how in OPENINGS.items() if opening.startswith(magic))
        stream = GuardedStream(unpack(self._file), _DAMAGE, most=self._most)
        return cast("BinaryIO", BufferedReader(stream))

    def close(self) -> None:
        """See `Container`."""

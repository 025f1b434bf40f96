"""A source together with what the containers in it hold, containers in containers too."""

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from hashsvc.scan.kinds import PDF
from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.base import Container, Source
from hashsvc.scan.sources.compressed import OPENINGS, CompressedFile
from hashsvc.scan.sources.limits import DEFAULT_LIMITS, ContainerLimits
from hashsvc.scan.sources.pdf_document import PdfDocument
from hashsvc.scan.sources.tar_archive import TarArchive, is_tar
from hashsvc.scan.sources.zip_archive import ZipArchive

_IN_MEMORY_BYTES = 16 << 20
_BLOCK_BYTES = 1 << 20
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_OPENING_BYTES = 1024  # a PDF may begin as late
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


@dataclass(frozen=True, slots=True)
class _Open:
    """A container that is being read."""

    file: FoundFile
    bytes: BinaryIO
    container: Container


class NestingSource:
    """Files of a source and members of its containers."""

    def __init__(
        self, source: Source, scratch: Path, limits: ContainerLimits = DEFAULT_LIMITS
    ) -> None:
        """Open nothing yet.

        Args:
            source: the evidence.
            scratch: folder for containers that must be unpacked to be read; their files there
                have no name, and are gone when the process is.
            limits: of depth, number and size.
        """
        self._source, self._scratch, self._limits = source, scratch, limits
        self.kind = source.kind
        self._chain: list[_Open] = []  # the container read last, after those that hold it

    def fingerprint(self) -> str:
        """See `Source`."""
        return self._source.fingerprint()

    def files(self) -> Iterator[FoundFile]:
        """See `Source`; members are listed by `members`."""
        return self._source.files()

    def members(self, file: FoundFile) -> Iterator[FoundFile]:
        """What a container holds.

        Args:
            file: listed before, and of the kind of a container.

        Raises:
            FileProblemError: it cannot be opened, or lies too deep.
        """
        files = self._opened(file).files()
        first = next(files, None)
        if first is not None and first.problem and not first.path:  # nothing in it can be listed
            raise FileProblemError(first.problem)
        return files if first is None else chain([first], files)

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Source`; members too."""
        if file.within is None:
            return self._source.open(file)
        return self._opened(file.within).open(file)

    def close(self) -> None:
        """See `Source`."""
        self._keep(0)
        self._source.close()

    def _opened(self, file: FoundFile) -> Container:
        """A container, opened or still open; of the others only those that hold it stay so."""
        path = _path_to(file)
        if len(path) > self._limits.depth:
            raise FileProblemError(Reason.CONTAINER_LIMIT)
        same = [one.file == other for one, other in zip(self._chain, path, strict=False)]
        self._keep((*same, False).index(False))
        for inner in path[len(self._chain) :]:
            self._chain.append(self._open(inner))
        return self._chain[-1].container

    def _open(self, file: FoundFile) -> _Open:
        stream = self.open(file)
        if not stream.seekable():
            stream = self._unpacked(stream)
        try:
            return _Open(file, stream, self._container(stream))
        except OSError as error:
            stream.close()
            raise _no_room(error) from error
        except FileProblemError:
            stream.close()
            raise

    def _unpacked(self, stream: BinaryIO) -> BinaryIO:
        """The container's bytes in memory, or where they are many in a file without a name."""
        kept = SpooledTemporaryFile(_IN_MEMORY_BYTES, dir=os.fspath(self._scratch))  # noqa: SIM115
        try:
            with stream:
                _copy(stream, cast("BinaryIO", kept), most=self._limits.unpacked_bytes)
        except OSError as error:
            kept.close()
            raise _no_room(error) from error
        except FileProblemError:
            kept.close()
            raise
        return cast("BinaryIO", kept)

    def _container(self, file: BinaryIO) -> Container:
        """Open a container by its first bytes."""
        file.seek(0)
        opening = file.read(_OPENING_BYTES)
        file.seek(0)
        if opening.startswith(_ZIPS):
            return ZipArchive(file, self._limits)
        if PDF in opening:
            return PdfDocument(file, self._scratch)
        compressed = opening.startswith(tuple(OPENINGS))
        if opening[257:262] == b"ustar" or (compressed and is_tar(file)):
            return TarArchive(file, self._limits)
        if compressed:
            return CompressedFile(file, self._limits)
        raise FileProblemError(Reason.CONTAINER_UNSUPPORTED)

    def _keep(self, count: int) -> None:
        """Close all but so many, the innermost first."""
        while len(self._chain) > count:
            last = self._chain.pop()
            last.container.close()
            last.bytes.close()


def _copy(stream: BinaryIO, kept: BinaryIO, *, most: int) -> None:
    while block := stream.read(_BLOCK_BYTES):
        kept.write(block)
        if kept.tell() > most:
            raise FileProblemError(Reason.CONTAINER_LIMIT)


def _path_to(file: FoundFile) -> list[FoundFile]:
    """The containers from the source down to this one."""
    path = [file]
    while path[0].within is not None:
        path.insert(0, path[0].within)
    return path


def _no_room(error: OSError) -> FileProblemError:
    full = error.errno in _NO_SPACE
    return FileProblemError(Reason.NO_SPACE if full else Reason.UNREADABLE)

"""A tar archive, compressed or not: members are read in place, links are listed only."""

import lzma
import os
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.base import archive_fingerprint, open_untouched
from hashsvc.scan.sources.streams import GuardedStream

_DAMAGE = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
_NS = 1_000_000_000


class TarSource:
    """Its members, in the order of the archive; 1 KB of memory each."""

    kind = "tar"

    def __init__(self, path: Path) -> None:
        """Read every header; where the archive is damaged the list ends, and a row says so."""
        self._path = path
        self._members: list[tarfile.TarInfo] = []
        self._damaged = False
        self._file = os.fdopen(open_untouched(path), "rb")
        self._tar: tarfile.TarFile | None = None
        try:
            self._tar = tarfile.open(fileobj=self._file, mode="r:*")  # noqa: SIM115
            self._members.extend(self._tar)
        except _DAMAGE:
            self._damaged = True
        self._damaged = self._damaged or self._cut_short()

    def fingerprint(self) -> str:
        """See `Source`."""
        return archive_fingerprint(self._path)

    def files(self) -> Iterator[FoundFile]:
        """See `Source`."""
        for number, member in enumerate(self._members):
            if not member.isdir():
                yield _found(number, member)
        if self._damaged:
            yield FoundFile(b"", len(self._members), problem=Reason.CONTAINER_DAMAGED)

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Source`."""
        try:
            stream = self._tar and self._tar.extractfile(self._members[file.address])
        except (*_DAMAGE, KeyError) as error:
            raise FileProblemError(Reason.CONTAINER_DAMAGED) from error
        if stream is None:
            raise FileProblemError(Reason.NOT_REGULAR)
        return cast("BinaryIO", GuardedStream(cast("BinaryIO", stream), _DAMAGE))

    def close(self) -> None:
        """See `Source`."""
        if self._tar is not None:
            self._tar.close()
        self._file.close()

    def _cut_short(self) -> bool:
        """Whether the last member's bytes reach beyond the end of the archive."""
        if not self._members or self._tar is None or self._tar.fileobj is None:
            return False
        last = self._members[-1]
        end = last.offset_data + (last.size if last.isreg() else 0)
        try:
            self._tar.fileobj.seek(max(end - 1, 0))
            return not self._tar.fileobj.read(1)
        except _DAMAGE:
            return True


def _found(number: int, member: tarfile.TarInfo) -> FoundFile:
    path = member.name.encode("utf-8", "surrogateescape")
    problem = None if member.isreg() else Reason.NOT_REGULAR
    return FoundFile(path, number, member.size, int(member.mtime * _NS), problem=problem)

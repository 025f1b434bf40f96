"""A tar archive, compressed or not: members are read in place, links are listed only."""

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from io import BufferedReader
from typing import BinaryIO, cast

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.limits import DEFAULT_LIMITS, ContainerLimits
from hashsvc.scan.sources.streams import GuardedStream, damage_told

_DAMAGE = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
_END = (tarfile.EOFHeaderError, tarfile.EmptyHeaderError)  # type: ignore[attr-defined]
_NS = 1_000_000_000


class TarArchive:
    """Its members, in the order of the archive; an address is where a member's head begins."""

    def __init__(self, file: BinaryIO, limits: ContainerLimits = DEFAULT_LIMITS) -> None:
        """Read the first head.

        Args:
            file: seekable; stays open, and the caller's.
            limits: of what it may hold.
        """
        self._limits = limits
        self._most = limits.most(file.seek(0, 2))
        file.seek(0)
        self._tar: tarfile.TarFile | None = None
        try:
            self._tar = tarfile.open(fileobj=file, mode="r:*")  # noqa: SIM115
        except _DAMAGE:
            return

    def files(self) -> Iterator[FoundFile]:
        """See `Container`; where the archive is damaged the list ends, and a row says so."""
        last: tarfile.TarInfo | None = None
        problem: Reason | None = None
        try:
            for number, member in enumerate(self._members()):
                if problem := self._problem(number, member, last):
                    break
                last = member
                if not member.isdir():
                    yield _found(member)
            if problem is None and last is not None and self._is_short(last):
                problem = Reason.CONTAINER_DAMAGED
        except _DAMAGE:
            problem = Reason.CONTAINER_DAMAGED
        if problem:
            yield FoundFile(b"", problem=problem)

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Container`."""
        with damage_told((*_DAMAGE, KeyError)):
            if self._tar is None or self._tar.fileobj is None:
                raise FileProblemError(Reason.CONTAINER_DAMAGED)
            self._tar.fileobj.seek(file.address)
            member = tarfile.TarInfo.fromtarfile(self._tar)
            stream = self._tar.extractfile(member)
        if stream is None:
            raise FileProblemError(Reason.NOT_REGULAR)
        guarded = GuardedStream(cast("BinaryIO", stream), _DAMAGE)
        return cast("BinaryIO", BufferedReader(guarded))

    def close(self) -> None:
        """See `Container`."""
        if self._tar is not None:
            self._tar.close()

    def _members(self) -> Iterator[tarfile.TarInfo]:
        """One after the other; the library's own way keeps them all."""
        if self._tar is None or self._tar.fileobj is None:
            raise tarfile.ReadError
        offset = 0
        while True:
            self._tar.fileobj.seek(offset)
            try:
                yield tarfile.TarInfo.fromtarfile(self._tar)
            except _END:
                return
            offset = self._tar.offset

    def _problem(
        self, number: int, member: tarfile.TarInfo, before: tarfile.TarInfo | None
    ) -> Reason | None:
        """Why the list ends here, if it does; asked before what follows is unpacked."""
        if member.size < 0 or (before is not None and member.offset <= before.offset):
            return Reason.CONTAINER_DAMAGED  # sizes that lead back make a loop
        many = number >= self._limits.members
        return Reason.CONTAINER_LIMIT if many or self._end(member) > self._most else None

    def _is_short(self, last: tarfile.TarInfo) -> bool:
        """Whether the last member's bytes reach beyond the end of the archive."""
        if self._tar is None or self._tar.fileobj is None:
            return True
        self._tar.fileobj.seek(max(self._end(last) - 1, 0))
        return not self._tar.fileobj.read(1)

    def _end(self, member: tarfile.TarInfo) -> int:
        """Where a member's bytes end, as far as its head tells; those of a sparse one are fewer."""
        plain = member.isreg() and not member.issparse()
        return member.offset_data + (member.size if plain else 0)


def is_tar(file: BinaryIO) -> bool:
    """Whether a file, compressed or not, is a tar archive; back at its start afterwards.

    `tarfile.is_tarfile` takes whatever begins with zeros for an archive of nothing.
    """
    file.seek(0)
    try:
        with tarfile.open(fileobj=file, mode="r:*") as archive:
            return archive.next() is not None
    except _DAMAGE:
        return False
    finally:
        file.seek(0)


def _found(member: tarfile.TarInfo) -> FoundFile:
    path = member.name.encode("utf-8", "surrogateescape")
    problem = None if member.isreg() else Reason.NOT_REGULAR
    return FoundFile(path, member.offset, member.size, _ns(member.mtime), problem=problem)


def _ns(seconds: float) -> int | None:
    """None: no time, whatever the archive says."""
    try:
        return int(seconds * _NS)
    except (OverflowError, ValueError):
        return None

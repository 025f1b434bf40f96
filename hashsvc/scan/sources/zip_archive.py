"""A zip archive, UFDR and Office documents included: members are streams, never extracted."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from typing import BinaryIO, cast

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.limits import DEFAULT_LIMITS, ContainerLimits
from hashsvc.scan.sources.streams import GuardedStream, damage_told
from hashsvc.scan.sources.zip_names import open_zip

_ENCRYPTED = 1
_UTF8_NAME = 0x800
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError)


class ZipArchive:
    """Its members, in the order of the archive."""

    def __init__(self, file: BinaryIO, limits: ContainerLimits = DEFAULT_LIMITS) -> None:
        """Read the list of members; a damaged one leaves a single row.

        Args:
            file: seekable; stays open, and the caller's.
            limits: of what its members may hold.
        """
        self._limits = limits
        self._zip: zipfile.ZipFile | None = None
        with suppress(*_DAMAGE, NotImplementedError):
            self._zip = open_zip(file)
        self._members = self._zip.infolist() if self._zip else []

    def files(self) -> Iterator[FoundFile]:
        """See `Container`."""
        if self._zip is None:
            yield FoundFile(b"", problem=Reason.CONTAINER_DAMAGED)
        for number, member in enumerate(self._members[: self._limits.members]):
            # A folder holds no bytes: what ends like one and does is a file.
            if not member.is_dir() or member.file_size:
                problem = Reason.ENCRYPTED if member.flag_bits & _ENCRYPTED else None
                yield FoundFile(_name(member), number, member.file_size, problem=problem)
        if len(self._members) > self._limits.members:
            yield FoundFile(b"", self._limits.members, problem=Reason.CONTAINER_LIMIT)

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Container`."""
        if self._zip is None:
            raise FileProblemError(Reason.CONTAINER_DAMAGED)
        member = self._members[file.address]
        try:
            with damage_told(_DAMAGE):
                stream = cast("BinaryIO", self._zip.open(member))
        except NotImplementedError as error:
            raise FileProblemError(Reason.COMPRESSION_UNSUPPORTED) from error
        except RuntimeError as error:  # asks for a password
            raise FileProblemError(Reason.ENCRYPTED) from error
        most = self._limits.most(member.compress_size)
        return cast("BinaryIO", BufferedReader(GuardedStream(stream, _DAMAGE, most=most)))

    def close(self) -> None:
        """See `Container`."""
        if self._zip is not None:
            self._zip.close()


def _name(member: zipfile.ZipInfo) -> bytes:
    """The bytes of the archive, whatever they are."""
    encoding = "utf-8" if member.flag_bits & _UTF8_NAME else "cp437"
    return member.orig_filename.encode(encoding, "surrogateescape")

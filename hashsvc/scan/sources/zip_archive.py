"""A zip archive, UFDR included: members are read as streams, never extracted."""

import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.base import archive_fingerprint, open_untouched
from hashsvc.scan.sources.streams import GuardedStream

_ENCRYPTED = 1
_UTF8_NAME = 0x800
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError)


class ZipSource:
    """Its members, in the order of the archive."""

    kind = "zip"

    def __init__(self, path: Path) -> None:
        """Read the list of members; a damaged one leaves a single row."""
        self._path = path
        self._file = os.fdopen(open_untouched(path), "rb")
        self._zip: zipfile.ZipFile | None = None
        with suppress(zipfile.BadZipFile, ValueError, NotImplementedError):
            self._zip = zipfile.ZipFile(self._file)
        self._members = self._zip.infolist() if self._zip else []

    def fingerprint(self) -> str:
        """See `Source`."""
        return archive_fingerprint(self._path)

    def files(self) -> Iterator[FoundFile]:
        """See `Source`."""
        if self._zip is None:
            yield FoundFile(b"", problem=Reason.CONTAINER_DAMAGED)
        for number, member in enumerate(self._members):
            if not member.is_dir():
                problem = Reason.ENCRYPTED if member.flag_bits & _ENCRYPTED else None
                yield FoundFile(_name(member), number, member.file_size, problem=problem)

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Source`."""
        if self._zip is None:
            raise FileProblemError(Reason.CONTAINER_DAMAGED)
        try:
            stream = self._zip.open(self._members[file.address])
        except NotImplementedError as error:
            raise FileProblemError(Reason.COMPRESSION_UNSUPPORTED) from error
        except RuntimeError as error:  # asks for a password
            raise FileProblemError(Reason.ENCRYPTED) from error
        except _DAMAGE as error:
            raise FileProblemError(Reason.CONTAINER_DAMAGED) from error
        return cast("BinaryIO", GuardedStream(cast("BinaryIO", stream), _DAMAGE))

    def close(self) -> None:
        """See `Source`."""
        self._file.close()


def _name(member: zipfile.ZipInfo) -> bytes:
    """The bytes of the archive, whatever they are."""
    encoding = "utf-8" if member.flag_bits & _UTF8_NAME else "cp437"
    return member.orig_filename.encode(encoding, "surrogateescape")

"""What every source offers."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from hashsvc.scan.records import FileProblemError, FoundFile, Reason

_REASONS = {
    errno.EACCES: Reason.PERMISSION,
    errno.EPERM: Reason.PERMISSION,
    errno.ENOENT: Reason.MISSING,
    errno.ELOOP: Reason.CHANGED,  # a link stands now where a file was
}


class Container(Protocol):
    """Files in a stable order, read-only."""

    def files(self) -> Iterator[FoundFile]:
        """Every file, in an order that is the same each time."""
        ...

    def open(self, file: FoundFile) -> BinaryIO:
        """Its bytes.

        Raises:
            FileProblemError: it cannot be opened; reading may raise it too.
        """
        ...

    def close(self) -> None:
        """Give it back."""
        ...


class Source(Container, Protocol):
    """Evidence as it lies there."""

    kind: str  # folder, zip, tar, raw, e01

    def fingerprint(self) -> str:
        """Tells whether this is still the same source; resuming asks."""
        ...


def open_untouched(path: Path | bytes) -> int:
    """Open a file read-only, without following a link and without changing its access time.

    Returns:
        A descriptor.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:  # only a file's owner may leave its access time alone
        return os.open(path, flags)


def problem_of(error: OSError) -> FileProblemError:
    """The row that an error of the system becomes."""
    return FileProblemError(_REASONS.get(error.errno or 0, Reason.UNREADABLE))


def archive_fingerprint(path: Path) -> str:
    """Of an archive's file."""
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"

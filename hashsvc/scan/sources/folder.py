"""A folder, or a file system mounted read-only: links are listed, never followed."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.base import open_untouched, problem_of


class FolderSource:
    """Everything below a folder, by name."""

    kind = "folder"

    def __init__(self, root: Path) -> None:
        """Nothing is opened yet."""
        self._root = os.fsencode(root.resolve())

    def fingerprint(self) -> str:
        """See `Source`; each file is compared by itself when it is read."""
        found = os.stat(self._root)  # noqa: PTH116  # paths are bytes here
        return f"{found.st_dev} {found.st_ino}"

    def files(self) -> Iterator[FoundFile]:
        """See `Source`."""
        folders = [b""]
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(_below(self._root, folder)) as found:
                    entries = sorted(found, key=lambda entry: entry.name, reverse=True)
            except OSError:
                yield FoundFile(folder, problem=Reason.DIRECTORY_UNREADABLE)
                continue
            below = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
            folders.extend(_below(folder, entry.name) for entry in below)
            for entry in reversed(entries):
                if not entry.is_dir(follow_symlinks=False):
                    yield _found(entry, folder)

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Source`."""
        try:
            descriptor = open_untouched(_below(self._root, file.path))
        except OSError as error:
            raise problem_of(error) from error
        now = os.fstat(descriptor)
        same = (now.st_size, now.st_mtime_ns) == (file.size, file.modified_ns)
        if not stat.S_ISREG(now.st_mode) or not same:
            os.close(descriptor)
            raise FileProblemError(Reason.CHANGED)
        return os.fdopen(descriptor, "rb")

    def close(self) -> None:
        """See `Source`."""


def _found(entry: os.DirEntry[bytes], folder: bytes) -> FoundFile:
    path = _below(folder, entry.name)
    try:
        now = entry.stat(follow_symlinks=False)
    except OSError as error:
        return FoundFile(path, problem=problem_of(error).reason)
    problem = None if stat.S_ISREG(now.st_mode) else Reason.NOT_REGULAR
    return FoundFile(path, size=now.st_size, modified_ns=now.st_mtime_ns, problem=problem)


def _below(folder: bytes, name: bytes) -> bytes:
    return os.path.join(folder, name)  # noqa: PTH118  # paths are bytes here

"""An archive that is evidence itself, not a file in other evidence."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from hashsvc.scan.records import FoundFile
from hashsvc.scan.sources.base import Container, archive_fingerprint, open_untouched


class ArchiveSource:
    """The members of an archive's file."""

    def __init__(self, path: Path, kind: str, container: Callable[[BinaryIO], Container]) -> None:
        """Open the archive.

        Raises:
            OSError: its file cannot be read.
        """
        self._path, self.kind = path, kind
        self._file = os.fdopen(open_untouched(path), "rb")
        self._container = container(self._file)

    def fingerprint(self) -> str:
        """See `Source`."""
        return archive_fingerprint(self._path)

    def files(self) -> Iterator[FoundFile]:
        """See `Source`."""
        return self._container.files()

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Source`."""
        return self._container.open(file)

    def close(self) -> None:
        """See `Source`."""
        self._container.close()
        self._file.close()

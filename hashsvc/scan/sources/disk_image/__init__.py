"""A disk image, raw or E01: partitions and file systems, deleted files too, without a mount.

The only package that knows The Sleuth Kit (pytsk3) and libewf (pyewf), the extra `scan`.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.disk_image.contents import Contents
from hashsvc.scan.sources.disk_image.ewf import EwfImage
from hashsvc.scan.sources.disk_image.raw import RawImage
from hashsvc.scan.sources.disk_image.volumes import (
    DiskBytes,
    Part,
    TskImage,
    open_filesystem,
    parts_of,
    problems_of,
)
from hashsvc.scan.sources.disk_image.walking import files_of
from hashsvc.scan.sources.image_kinds import ImageKind

__all__ = ["DiskImage"]


class DiskImage:
    """The files of an image; a path is `p1:/DCIM/a.jpg`, an address the number of its inode."""

    def __init__(self, path: Path, kind: ImageKind) -> None:
        """Open the image; one that is too damaged to open is not whole and has no volumes."""
        self._disk: DiskBytes | None = None
        with suppress(OSError):
            self._disk = EwfImage(path) if kind is ImageKind.E01 else RawImage(path)
        self._filesystems: dict[bytes, Any] = {}
        self._parts: dict[bytes, Part] = {}
        if self._disk is not None:
            self._image = TskImage(self._disk)
            self._parts = {part.name: part for part in parts_of(self._image)}

    def is_whole(self) -> bool:
        """Whether it holds what was acquired, as far as it can tell; an E01 is read whole."""
        return self._disk is not None and self._disk.is_whole()

    def volumes(self) -> list[bytes]:
        """Names of its partitions, and of what lies between them."""
        return list(self._parts)

    def files(self, volume: bytes) -> Iterator[FoundFile]:
        """Every file of a volume, or a row that says why there are none."""
        part = self._parts[volume]
        if not part.allocated:
            yield FoundFile(part.name, size=part.size, problem=Reason.UNALLOCATED)
            return
        try:
            filesystem = self._filesystem(part)
        except FileProblemError as error:
            yield FoundFile(part.name, size=part.size, problem=error.reason)
            return
        for address, problem in enumerate(problems_of(filesystem, self._image, part)):
            yield FoundFile(part.name, address, part.size, problem=problem)
        yield from files_of(filesystem, part.name)

    def contents(self, file: FoundFile) -> Contents:
        """The bytes of a file that was listed.

        Raises:
            FileProblemError: they cannot be found.
        """
        part = self._parts.get(file.path.partition(b":")[0])
        if part is None:
            raise FileProblemError(Reason.MISSING)
        return Contents(self._filesystem(part), file)

    def _filesystem(self, part: Part) -> Any:  # noqa: ANN401  # untyped
        if part.name not in self._filesystems:
            self._filesystems[part.name] = open_filesystem(self._image, part)
        return self._filesystems[part.name]

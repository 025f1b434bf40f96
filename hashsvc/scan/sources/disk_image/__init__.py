"""A disk image, raw or E01: partitions and file systems, deleted files too, without a mount.

The only package that knows The Sleuth Kit (pytsk3) and libewf (pyewf), the extra `scan`.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.base import archive_fingerprint
from hashsvc.scan.sources.disk_image.contents import open_contents
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

__all__ = ["DiskImageSource"]


class DiskImageSource:
    """The files of an image; a path is `p1:/DCIM/a.jpg`, an address the number of its inode."""

    def __init__(self, path: Path, kind: ImageKind) -> None:
        """Open the image; one that is too damaged to open leaves a single row."""
        self._path, self.kind = path, kind.value
        self._disk: DiskBytes | None = None
        with suppress(OSError):
            self._disk = EwfImage(path) if kind is ImageKind.E01 else RawImage(path)
        self._filesystems: dict[bytes, Any] = {}
        self._parts: dict[bytes, Part] = {}
        if self._disk is not None:
            self._image = TskImage(self._disk)
            self._parts = {part.name: part for part in parts_of(self._image)}

    def fingerprint(self) -> str:
        """See `Source`."""
        return archive_fingerprint(self._path)

    def files(self) -> Iterator[FoundFile]:
        """See `Source`; an E01 image is held against its stored digest first."""
        if self._disk is None or not self._disk.is_whole():
            yield FoundFile(b"", problem=Reason.CONTAINER_DAMAGED)
        for part in self._parts.values():
            yield from self._files_of(part)

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Source`."""
        part = self._parts.get(file.path.partition(b":")[0])
        if part is None:
            raise FileProblemError(Reason.MISSING)
        return cast("BinaryIO", open_contents(self._filesystem(part), file))

    def close(self) -> None:
        """See `Source`."""
        self._filesystems.clear()
        if self._disk is not None:
            self._disk.close()

    def _files_of(self, part: Part) -> Iterator[FoundFile]:
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

    def _filesystem(self, part: Part) -> Any:  # noqa: ANN401  # untyped
        if part.name not in self._filesystems:
            self._filesystems[part.name] = open_filesystem(self._image, part)
        return self._filesystems[part.name]

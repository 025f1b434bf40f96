"""The bytes of a file in an image."""

from typing import Any

import pytsk3

from hashsvc.scan.records import FileProblemError, FileState, FoundFile, Reason
from hashsvc.scan.sources.disk_image.volumes import ERRORS


class Contents:
    """Asks The Sleuth Kit for each block."""

    def __init__(self, filesystem: Any, file: FoundFile) -> None:  # noqa: ANN401  # untyped
        """Find a file that was listed.

        Raises:
            FileProblemError: its inode cannot be read.
        """
        self.file = file
        try:
            self._entry = filesystem.open_meta(inode=file.address)
            self._which = _attribute_of(self._entry, file.path)
        except ERRORS as error:
            raise _lost(file) from error

    def read_at(self, offset: int, length: int) -> bytes:
        """At least a byte, and at most so many; none at the end.

        Raises:
            FileProblemError: they cannot be read.
        """
        length = min(length, self.file.size - offset)
        if length <= 0:
            return b""
        try:
            block = bytes(self._entry.read_random(offset, length, *self._which))
        except ERRORS as error:
            raise _lost(self.file) from error
        if not block:  # the image ends before the file does
            raise _lost(self.file)
        return block


def _attribute_of(entry: Any, path: bytes) -> tuple[int, ...]:  # noqa: ANN401  # untyped
    """Type and number of a named NTFS stream; nothing for a file's own bytes."""
    name = path.rpartition(b":")[2]
    for attribute in entry:
        info = attribute.info
        if info.type == pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA and info.name == name:
            return int(info.type), int(info.id)
    return ()


def _lost(file: FoundFile) -> FileProblemError:
    """Why its bytes cannot be had: something else may lie where a deleted file was."""
    deleted = file.state is FileState.DELETED
    return FileProblemError(Reason.METADATA_GONE if deleted else Reason.UNREADABLE)

"""The bytes of a file in an image."""

import io
from typing import Any

import pytsk3

from hashsvc.scan.records import FileProblemError, FileState, FoundFile, Reason
from hashsvc.scan.sources.disk_image.volumes import ERRORS

_BLOCK_BYTES = 1 << 16


def open_contents(filesystem: Any, file: FoundFile) -> io.BufferedReader:  # noqa: ANN401  # untyped
    """The bytes of a file that was listed, seekable.

    Raises:
        FileProblemError: they cannot be found; reading may raise it too.
    """
    try:
        return io.BufferedReader(_Contents(filesystem, file), _BLOCK_BYTES)
    except ERRORS as error:
        raise _lost(file) from error


class _Contents(io.RawIOBase):
    """Reads by asking The Sleuth Kit for each block."""

    def __init__(self, filesystem: Any, file: FoundFile) -> None:  # noqa: ANN401  # untyped
        self._file, self._place = file, 0
        self._entry = filesystem.open_meta(inode=file.address)
        self._which = _attribute_of(self._entry, file.path)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._file.size}
        self._place = max(0, starts[whence] + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  # any writable bytes
        length = min(len(buffer), self._file.size - self._place)
        if length <= 0:
            return 0
        try:
            block = self._entry.read_random(self._place, length, *self._which)
        except ERRORS as error:
            raise _lost(self._file) from error
        if not block:  # the image ends before the file does
            raise _lost(self._file)
        buffer[: len(block)] = block
        self._place += len(block)
        return len(block)


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

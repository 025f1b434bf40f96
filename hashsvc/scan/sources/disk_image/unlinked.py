"""Files that are still kept though no folder lists them: deleted while open, or lost by damage."""

from collections.abc import Iterator
from typing import Any

import pytsk3

from hashsvc.scan.records import FoundFile
from hashsvc.scan.sources.disk_image.entries import times_of
from hashsvc.scan.sources.disk_image.volumes import ERRORS

# The first inode of a user's file; FAT and others describe a file where its name is.
_FIRST = {
    pytsk3.TSK_FS_TYPE_EXT2: 11,
    pytsk3.TSK_FS_TYPE_EXT3: 11,
    pytsk3.TSK_FS_TYPE_EXT4: 11,
    pytsk3.TSK_FS_TYPE_NTFS: 24,
}


class Inodes:
    """Which inodes a folder lists: one bit each."""

    def __init__(self, filesystem: Any) -> None:  # noqa: ANN401  # untyped
        """None so far."""
        self._filesystem = filesystem
        self._first = _FIRST.get(filesystem.info.ftype)
        self._last = int(filesystem.info.last_inum)
        self._bits = bytearray(self._last // 8 + 1 if self._first else 0)

    def listed(self, inode: int) -> None:
        """A folder lists this one."""
        if inode // 8 < len(self._bits):
            self._bits[inode // 8] |= 1 << inode % 8

    def unlisted(self, volume: bytes) -> Iterator[FoundFile]:
        """Files that no folder lists, under their numbers."""
        for inode in range(self._first or self._last, self._last):
            if self._bits[inode // 8] >> inode % 8 & 1:
                continue
            try:
                meta = self._filesystem.open_meta(inode=inode).info.meta
            except ERRORS:  # most are free, and never were anything
                continue
            kept = meta.flags & pytsk3.TSK_FS_META_FLAG_ALLOC
            if kept and meta.type == pytsk3.TSK_FS_META_TYPE_REG and meta.size:
                path = b"%s:/$Unlinked/%d" % (volume, inode)
                yield FoundFile(path, inode, int(meta.size), *times_of(meta))

"""What The Sleuth Kit says of one name in a folder, as files of ours."""

from collections.abc import Iterator
from typing import Any

import pytsk3

from hashsvc.scan.records import FileState, FoundFile, Reason

_NS = 1_000_000_000
_FOLDERS = {pytsk3.TSK_FS_META_TYPE_DIR, pytsk3.TSK_FS_META_TYPE_VIRT_DIR}
_NTFS_BAD_CLUSTERS = 8  # number of the entry whose stream is as long as the disk
_NTFS_RESERVED = range(16, 24)  # entries that no file gets
_MADE_UP = {pytsk3.TSK_FS_META_TYPE_VIRT}  # `$FAT1` and the like: no file system lists them


class Entry:
    """One name: a file, a folder, or something else."""

    def __init__(self, name: Any, inode: Any, folder: bytes) -> None:  # noqa: ANN401  # untyped
        """Hold what pytsk3 found.

        Args:
            name: its entry in the folder.
            inode: what describes it; the same entry, mostly.
            folder: path of the folder that lists it.
        """
        self._inode, self._name, self._meta = inode, name.info.name, inode.info.meta
        self.path = folder + b"/" + bytes(self._name.name)
        self.address = int(self._name.meta_addr)

    @property
    def is_listed(self) -> bool:
        """Whether it is a row: not the folder itself, the one above, or made up."""
        made_up = self._meta is not None and self._meta.type in _MADE_UP
        return self._name.name not in {b".", b".."} and not made_up

    @property
    def is_folder(self) -> bool:
        """Whether it can be looked into."""
        return not self.is_gone and self._meta.type in _FOLDERS

    def files(self) -> Iterator[FoundFile]:
        """The file, and what NTFS keeps beside its bytes under names of their own."""
        if not self.is_folder:
            yield self._file()
        for attribute in [] if self.is_gone else self._inode:
            named = attribute.info.type == pytsk3.TSK_FS_ATTR_TYPE_NTFS_DATA
            if named and attribute.info.name:
                yield self._stream(attribute)

    @property
    def _is_of_ntfs(self) -> bool:
        return bool(self._inode.info.fs_info.ftype == pytsk3.TSK_FS_TYPE_NTFS)

    @property
    def _state(self) -> FileState:
        listed = self._name.flags & pytsk3.TSK_FS_NAME_FLAG_ALLOC
        return FileState.ALLOCATED if listed else FileState.DELETED

    @property
    def is_gone(self) -> bool:
        """Whether nothing is left but a name; its inode may be another file's by now."""
        if self._meta is None:
            return True
        used = bool(self._meta.flags & pytsk3.TSK_FS_META_FLAG_ALLOC)
        return used and self._state is FileState.DELETED

    def _file(self) -> FoundFile:
        if self.is_gone:
            problem = Reason.METADATA_GONE
            return FoundFile(self.path, self.address, state=self._state, problem=problem)
        return self._found(self.path, int(self._meta.size), self._problem())

    def _stream(self, attribute: Any) -> FoundFile:  # noqa: ANN401  # untyped
        path, size = self.path + b":" + bytes(attribute.info.name), int(attribute.info.size)
        none_is_bad = self._is_of_ntfs and self.address == _NTFS_BAD_CLUSTERS and not [*attribute]
        return self._found(path, size, Reason.RESERVED if none_is_bad else None)

    def _found(self, path: bytes, size: int, problem: Reason | None) -> FoundFile:
        modified, changed, accessed, created = times_of(self._meta)
        return FoundFile(
            path,
            self.address,
            size,
            modified,
            changed,
            accessed,
            created,
            self._state,
            problem,
        )

    def _problem(self) -> Reason | None:
        if self._meta.type != pytsk3.TSK_FS_META_TYPE_REG:
            return Reason.NOT_REGULAR
        if self._is_of_ntfs and self.address in _NTFS_RESERVED and not self._meta.size:
            return Reason.RESERVED
        # Linux forgets size and place of what it deletes from ext4.
        forgotten = self._state is FileState.DELETED and not self._meta.size
        return Reason.METADATA_GONE if forgotten else None


def times_of(meta: Any) -> tuple[int | None, int | None, int | None, int | None]:  # noqa: ANN401  # untyped
    """When it was modified, changed, accessed and created, in nanoseconds since 1970."""
    return (
        _ns(meta.mtime, meta.mtime_nano),
        _ns(meta.ctime, meta.ctime_nano),
        _ns(meta.atime, meta.atime_nano),
        _ns(meta.crtime, meta.crtime_nano),
    )


def _ns(seconds: int, nanoseconds: int) -> int | None:
    """None: the file system does not keep this time."""
    return seconds * _NS + nanoseconds if seconds else None

"""Every name in a file system, deleted ones too."""

from collections.abc import Iterator
from typing import Any

from hashsvc.scan.records import FoundFile, Reason
from hashsvc.scan.sources.disk_image.entries import Entry
from hashsvc.scan.sources.disk_image.unlinked import Inodes
from hashsvc.scan.sources.disk_image.volumes import ERRORS


def files_of(filesystem: Any, volume: bytes) -> Iterator[FoundFile]:  # noqa: ANN401  # untyped
    """Every file below the root, folder by folder, then those that no folder lists.

    Args:
        filesystem: of pytsk3.
        volume: name of its partition; goes before each path.
    """
    root = int(filesystem.info.root_inum)
    seen, folders = {root}, [(volume + b":", root)]
    inodes = Inodes(filesystem)
    while folders:
        folder, inode = folders.pop()
        for entry in _entries(filesystem, folder, inode):
            if isinstance(entry, FoundFile):
                yield entry
                continue
            yield from entry.files()
            if not entry.is_gone:  # else its inode is another file's, or kept without a name
                inodes.listed(entry.address)
            if entry.is_folder and entry.address in seen:  # a loop: listed once only
                yield FoundFile(entry.path, entry.address, problem=Reason.NOT_REGULAR)
            elif entry.is_folder:
                seen.add(entry.address)
                folders.append((entry.path, entry.address))
    yield from inodes.unlisted(volume)


def _entries(
    filesystem: Any,  # noqa: ANN401  # untyped
    folder: bytes,
    inode: int,
) -> Iterator[Entry | FoundFile]:
    """The names in a folder; where it cannot be read on, a row that says so."""
    try:
        for found in filesystem.open_dir(inode=inode):
            entry = Entry(found, _inode_of(filesystem, inode, found), folder)
            if entry.is_listed:
                yield entry
    except ERRORS:
        yield FoundFile(folder, inode, problem=Reason.DIRECTORY_UNREADABLE)


def _inode_of(filesystem: Any, folder: int, found: Any) -> Any:  # noqa: ANN401  # untyped
    """What describes an entry; The Sleuth Kit leaves it out of the folder of nameless inodes."""
    if folder != filesystem.info.last_inum:
        return found
    return filesystem.open_meta(inode=found.info.name.meta_addr)

"""A disk's partitions, and the file system in each."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import pytsk3

from hashsvc.scan.records import FileProblemError, Reason

ERRORS = (OSError, RuntimeError)  # RuntimeError: one of Python's that came back through C
_EXT_SUPERBLOCK = slice(1024, 2048)  # within a volume
_EXT_MAGIC = slice(0x38, 0x3A)
_EXT_FEATURES = slice(0x60, 0x64)  # those without which nothing can be read
_EXT_ENCRYPTS = 0x10000


class DiskBytes(Protocol):
    """What a disk held."""

    size: int  # bytes

    def read_at(self, offset: int, size: int) -> bytes:
        """At most so many bytes; fewer at the end, or before what cannot be read.

        Raises:
            OSError: they cannot be read.
        """
        ...

    def is_whole(self) -> bool:
        """Whether the image holds what was acquired, as far as it can tell; may read it all."""
        ...

    def close(self) -> None:
        """Give the files back."""
        ...


class TskImage(pytsk3.Img_Info):  # type: ignore[misc]  # untyped
    """Hands a disk's bytes to The Sleuth Kit."""

    def __init__(self, disk: DiskBytes) -> None:
        """Over a disk that stays open."""
        self._disk = disk
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def read(self, offset: int, size: int) -> bytes:
        """Too few bytes are an error there, which becomes one of the file that they belong to."""
        with suppress(OSError):
            return self._disk.read_at(offset, size)
        return b""

    def get_size(self) -> int:
        """In bytes."""
        return self._disk.size


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a disk."""

    name: bytes  # p1, p2 ... in the order of the disk; p0: all of a disk without partitions
    start: int  # bytes
    size: int  # bytes
    allocated: bool = True  # False: it belongs to no partition


def parts_of(image: TskImage) -> list[Part]:
    """Partitions, and what lies between them."""
    parts: list[Part] = []
    with suppress(*ERRORS):  # no table, or none beyond here
        table = pytsk3.Volume_Info(image)
        sector = int(table.info.block_size)
        for found in table:
            if not found.flags & pytsk3.TSK_VS_PART_FLAG_META:
                allocated = bool(found.flags & pytsk3.TSK_VS_PART_FLAG_ALLOC)
                number = sum(one.allocated for one in parts) + 1
                name = b"p%d" % number if allocated else b"unallocated@%d" % found.start
                parts.append(Part(name, found.start * sector, found.len * sector, allocated))
    if any(part.allocated for part in parts):
        return parts
    return [Part(b"p0", 0, image.get_size())]


def open_filesystem(image: TskImage, part: Part) -> Any:  # noqa: ANN401  # untyped
    """The file system of a partition.

    Raises:
        FileProblemError: it is encrypted, damaged, or none that The Sleuth Kit reads.
    """
    try:
        return pytsk3.FS_Info(image, offset=part.start)
    except ERRORS as error:
        encrypted = "ncryption detected" in str(error)  # by a header, or by entropy alone
        reason = Reason.ENCRYPTED if encrypted else Reason.FILESYSTEM_UNREADABLE
        raise FileProblemError(reason) from error


def problems_of(
    filesystem: Any,  # noqa: ANN401  # untyped
    image: TskImage,
    part: Part,
) -> list[Reason]:
    """What keeps some files of a file system from being read, whatever they are."""
    problems = []
    if filesystem.info.last_block_act < filesystem.info.last_block:  # the image ends before it
        problems.append(Reason.CONTAINER_DAMAGED)
    if _encrypts_folders(image, part):
        problems.append(Reason.ENCRYPTED)
    return problems


def _encrypts_folders(image: TskImage, part: Part) -> bool:
    """Whether an ext4 file system may hold folders whose files only look like noise."""
    block = image.read(part.start, _EXT_SUPERBLOCK.stop)[_EXT_SUPERBLOCK]
    features = int.from_bytes(block[_EXT_FEATURES], "little")
    return block[_EXT_MAGIC] == b"\x53\xef" and bool(features & _EXT_ENCRYPTS)

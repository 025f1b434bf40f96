"""Tell disk images from other files; reading them needs the extra `scan`."""

from enum import StrEnum
from pathlib import Path

_EWF = b"EVF\t\r\n\xff\0"
_RAW_NAMES = {".dd", ".img", ".raw", ".001"}
_MAGICS = {  # of the openings of disks and volumes, by place
    510: (b"\x55\xaa",),  # partition table, FAT, NTFS, exFAT
    512: (b"EFI PART",),
    1080: (b"\x53\xef",),  # ext2, 3 and 4
    1024: (b"H+\0", b"HX\0", b"\x10\x20\xf5\xf2"),  # HFS+, F2FS
    32: (b"NXSB",),  # APFS
    3: (b"-FVE-FS-",),  # BitLocker
    0: (b"LUKS\xba\xbe",),
}
OPENING_BYTES = 2048


class ImageKind(StrEnum):
    """How an image keeps the bytes of a disk."""

    RAW = "raw"
    E01 = "e01"


def image_kind_of(path: Path, opening: bytes) -> ImageKind | None:
    """The kind of a disk image, None where a file is none.

    An image whose first sectors are damaged has nothing left to tell but its name.

    Args:
        path: of the file.
        opening: its first 2 KiB.
    """
    if opening.startswith(_EWF):
        return ImageKind.E01
    known = any(
        opening.startswith(magic, place) for place, magics in _MAGICS.items() for magic in magics
    )
    return ImageKind.RAW if known or path.suffix.lower() in _RAW_NAMES else None

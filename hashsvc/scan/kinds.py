"""What kind of thing a file is: its first bytes decide, never its name."""

from enum import StrEnum

from hashsvc.photos.formats import format_of

OPENING_BYTES = 64 << 10
PDF = b"%PDF-"
_PDF_WITHIN = 1024  # bytes of anything may stand before it
_USTAR = slice(257, 262)
_CONTAINERS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"(\xb5/\xfd",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # older Office documents, Thumbs.db
    b"CMMM",  # thumbcache of Windows
    b"ANDROID BACKUP\n",
    b"MSCF",  # cabinet
    b"EVF\t\r\n\xff\0",  # disk images: E01, VMware, QEMU, Hyper-V, Windows
    b"KDMV",
    b"QFI\xfb",
    b"vhdxfile",
    b"MSWIM\0\0\0",
)
_CONTAINERS_AT = {  # raw images; NTFS and partition tables are not told from a file's own bytes
    82: b"FAT32   ",
    512: b"EFI PART",
    0x8001: b"CD001",
}
_VIDEOS = (b"\x1aE\xdf\xa3", b"FLV\x01", b"\0\0\x01\xba", b"\0\0\x01\xb3", b"OggS", b"0&\xb2u")


class Kind(StrEnum):
    """How a file is treated."""

    PHOTO = "photo"
    CONTAINER = "container"  # may hold photos: opened, or a row that says why not
    VIDEO = "video"
    OTHER = "other"


def kind_of(opening: bytes) -> Kind:
    """The kind of a file.

    Args:
        opening: its first 64 KiB, or all of it.
    """
    if format_of(opening) is not None:
        return Kind.PHOTO
    archived = opening.startswith(_CONTAINERS) or opening[_USTAR] == b"ustar"
    image = any(opening.startswith(magic, at) for at, magic in _CONTAINERS_AT.items())
    if archived or image or PDF in opening[:_PDF_WITHIN]:
        return Kind.CONTAINER
    boxed = opening[4:8] == b"ftyp" or (opening[:4] == b"RIFF" and opening[8:12] == b"AVI ")
    return Kind.VIDEO if boxed or opening.startswith(_VIDEOS) else Kind.OTHER

"""Zip archives with names that are not the UTF-8 they claim to be: one must not hide the rest."""

import zipfile
from typing import BinaryIO, cast

_ENTRY, _ENTRY_BYTES, _ENTRY_FLAGS = b"PK\x01\x02", 46, 8
_HEAD, _HEAD_BYTES, _HEAD_FLAGS = b"PK\x03\x04", 30, 6
_LENGTHS = 28  # of an entry's name, extra field and comment, 2 bytes each
_UTF8_NAME = 0x08  # in the second byte of the flags


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Open an archive; Python's zipfile alone gives all of it up at the first such name.

    Raises:
        zipfile.BadZipFile: it has no list of members; other errors where the list is damaged.
    """
    try:
        return zipfile.ZipFile(file)
    except UnicodeDecodeError:
        return zipfile.ZipFile(cast("BinaryIO", _Unclaimed(file)))


class _Unclaimed:
    """The archive's file, where no name claims to be UTF-8; the bytes of names stay as they are."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell
        self.seekable, self.close = file.seekable, file.close

    def read(self, size: int = -1) -> bytes:
        """The list of members is read at once, and the head of each by itself."""
        block = self._file.read(size)
        if block.startswith(_ENTRY):
            return _listing(block)
        if size == _HEAD_BYTES and block.startswith(_HEAD):
            head = bytearray(block)
            _clear(head, _HEAD_FLAGS)
            return bytes(head)
        return block


def _listing(block: bytes) -> bytes:
    changed, place = bytearray(block), 0
    while block.startswith(_ENTRY, place):
        _clear(changed, place + _ENTRY_FLAGS)
        lengths = block[place + _LENGTHS : place + _LENGTHS + 6]
        place += _ENTRY_BYTES + sum(
            int.from_bytes(lengths[start : start + 2], "little") for start in (0, 2, 4)
        )
    return bytes(changed)


def _clear(block: bytearray, flags: int) -> None:
    """Take the claim from the flags at this place, if the block reaches so far."""
    for place in range(flags + 1, min(flags + 2, len(block))):
        block[place] &= ~_UTF8_NAME & 0xFF

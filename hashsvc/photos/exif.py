"""How a camera was held, from a photo's EXIF block."""

import struct

_ORIENTATION = 0x0112
_ENTRY_BYTES = 12
UPRIGHT = 1
MAX_ORIENTATION = 8


def orientation_of(block: bytes) -> int:
    """The value of the orientation tag, 1 to 8; 1 where it is missing or makes no sense.

    Read here and not by an image library, because those also take it from other metadata, and
    every implementation of our hashes must turn a photo the same way.

    Args:
        block: an EXIF block, with or without its leading `Exif` and two zero bytes.
    """
    block = block.removeprefix(b"Exif\0\0")
    endian = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if endian is None:
        return UPRIGHT
    try:
        return _first_directory_orientation(block, endian)
    except struct.error:  # the block ends early
        return UPRIGHT


def _first_directory_orientation(block: bytes, endian: str) -> int:
    (directory,) = struct.unpack_from(endian + "I", block, 4)
    (entries,) = struct.unpack_from(endian + "H", block, directory)
    for number in range(entries):
        place = directory + 2 + number * _ENTRY_BYTES
        tag, _, _, value = struct.unpack_from(endian + "HHIH", block, place)
        if tag == _ORIENTATION:
            return value if UPRIGHT <= value <= MAX_ORIENTATION else UPRIGHT
    return UPRIGHT

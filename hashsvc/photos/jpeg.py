"""What a JPEG's header says, read before anything is decoded."""

from dataclasses import dataclass

from hashsvc.photos.exif import UPRIGHT, orientation_of

_EIGHT_BIT = 8
_GREY_OR_COLOUR = (1, 3)
_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_SCAN = 0xDA
_EXIF_SEGMENT = 0xE1
_END = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """A whole 8-bit JPEG, grey or of three colours: the kind that OpenCV decodes as we want."""

    width: int  # pixels as stored, before turning
    height: int
    orientation: int  # EXIF, 1 to 8


def read_header(body: bytes) -> JpegHeader | None:
    """The header of a JPEG that is safe for the fast decoder, or None for any other JPEG.

    A JPEG without its end marker is not safe: OpenCV fills what is missing and says nothing. The
    marker can only stand outside the compressed colours, where a byte 0xFF is always escaped, so
    that finding one after the first scan began is enough.
    """
    size, orientation, place = None, None, 2
    while (segment := _segment(body, place)) is not None:
        marker, start, place = segment
        if marker in _FRAMES:
            size = _size(marker, body[start:place])
        elif marker == _EXIF_SEGMENT and orientation is None:
            orientation = _orientation(body[start:place])
        elif marker == _SCAN:
            complete = body.rfind(_END, place) != -1
            return JpegHeader(*size, orientation or UPRIGHT) if size and complete else None
    return None


def _segment(body: bytes, place: int) -> tuple[int, int, int] | None:
    """Marker, first byte and one past the last byte of the segment at `place`."""
    while body[place : place + 2] == b"\xff\xff":  # fill bytes
        place += 1
    if len(body) < place + 4 or body[place] != 0xFF:
        return None
    marker = body[place + 1]
    if marker in _ALONE:
        return marker, place + 2, place + 2
    length = int.from_bytes(body[place + 2 : place + 4], "big")
    return marker, place + 4, place + 2 + max(length, 2)


def _size(marker: int, frame: bytes) -> tuple[int, int] | None:
    """Width and height of a frame that the fast decoder takes."""
    if marker not in (_BASELINE, _EXTENDED, _PROGRESSIVE) or len(frame) < 6:
        return None
    if frame[0] != _EIGHT_BIT or frame[5] not in _GREY_OR_COLOUR:
        return None
    return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")


def _orientation(segment: bytes) -> int | None:
    """The orientation, or None where the segment is not EXIF."""
    return orientation_of(segment) if segment.startswith(b"Exif\0\0") else None

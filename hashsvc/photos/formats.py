"""Which kind of photo a file is: its first bytes decide, never its name."""

from enum import StrEnum

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF_BRANDS = {b"avif", b"avis"}


class PhotoFormat(StrEnum):
    """The formats that are read; the values are Pillow's names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    GIF = "GIF"
    BMP = "BMP"
    TIFF = "TIFF"
    AVIF = "AVIF"
    HEIC = "HEIF"


_OPENINGS = {
    b"\xff\xd8\xff": PhotoFormat.JPEG,
    b"\x89PNG\r\n\x1a\n": PhotoFormat.PNG,
    b"GIF87a": PhotoFormat.GIF,
    b"GIF89a": PhotoFormat.GIF,
    b"BM": PhotoFormat.BMP,
    b"II*\0": PhotoFormat.TIFF,
    b"MM\0*": PhotoFormat.TIFF,
    b"II+\0": PhotoFormat.TIFF,  # files over 4 GB have an opening of their own
    b"MM\0+": PhotoFormat.TIFF,
}


def format_of(body: bytes) -> PhotoFormat | None:
    """The format of a file, or None where it is none of ours."""
    for opening, format_ in _OPENINGS.items():
        if body.startswith(opening):
            return format_
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return PhotoFormat.WEBP
    return _format_of_boxes(body)


def _format_of_boxes(body: bytes) -> PhotoFormat | None:
    """HEIC and AVIF share a container, which lists the brands it holds."""
    if body[4:8] != b"ftyp":
        return None
    brands = body[8 : min(int.from_bytes(body[:4], "big"), 256)]
    named = {brands[place : place + 4] for place in range(0, len(brands), 4)}
    if named & _AVIF_BRANDS:
        return PhotoFormat.AVIF
    return PhotoFormat.HEIC if named & _HEIC_BRANDS else None

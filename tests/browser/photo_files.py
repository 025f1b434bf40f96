"""Files for the page to hash or to refuse, made anew for a test."""

import struct
import zlib

from PIL import Image

from tests.golden.pictures import flat, waves

_ORIENTATION_TAG = 0x0112


def turned_photos(folder):
    """One photo in each kind of file whose EXIF may say how the camera was held."""
    picture = Image.fromarray(waves(300, 400, 2))
    exif = Image.Exif()
    for orientation in (3, 6):
        exif[_ORIENTATION_TAG] = orientation
        for suffix in ("webp", "png", "jpg"):
            file = folder / f"turned-{orientation}.{suffix}"
            picture.save(file, exif=exif.tobytes())
            yield file


def large_photo(folder):
    """12 million pixels, of which each strip holds another part."""
    file = folder / "large.jpg"
    Image.fromarray(waves(3000, 4000, 2)).save(file, quality=85)
    return file


REFUSED = {
    "nothing.jpg": "empty",
    "text.jpg": "not-a-photo",
    "film.jpg": "video",
    "cut-short.jpg": "damaged",
    "cut-short.png": "damaged",
    "cut-short.gif": "damaged",
    "cut-short.bmp": "damaged",
    "cut-short.webp": "damaged",
    "scrambled.png": "damaged",
    "huge.png": "too-large",
    "narrow.png": "too-small",
    "flat.png": "too-flat",
}


def refused_files(folder):
    """Files that leave no signatures; the suffix plays no part."""
    _save(flat(240, 320, 128), folder / "flat.png")
    _save(waves(4, 100, 3), folder / "narrow.png")
    whole = _save(waves(75, 100, 6), folder / "cut-short.png").read_bytes()
    header = struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0)
    huge = whole[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + whole[33:]
    film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(1000)
    for suffix in ("jpg", "gif", "bmp", "webp"):
        body = _save(waves(75, 100, 6), folder / f"cut-short.{suffix}").read_bytes()
        (folder / f"cut-short.{suffix}").write_bytes(body[: len(body) // 2])
    contents = {
        "nothing.jpg": b"",
        "text.jpg": b"This is a letter. " * 100,
        "film.jpg": film,
        "cut-short.png": whole[: len(whole) // 2],
        "scrambled.png": whole[:60] + whole[60:-60][::-1] + whole[-60:],
        "huge.png": huge,
    }
    for name, body in contents.items():
        (folder / name).write_bytes(body)
    return [folder / name for name in REFUSED]


def _save(samples, file):
    Image.fromarray(samples).save(file)
    return file

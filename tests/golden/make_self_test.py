"""Remake `hashsvc/scan/self_test.json`: photos of `data/golden`, and what each must leave.

python -m tests.golden.make_self_test
"""

import base64
import json
from io import BytesIO
from pathlib import Path

from PIL import Image

from hashsvc.hashing import full_signatures
from hashsvc.photos import decode
from hashsvc.scan import self_test
from hashsvc.scan.answers import HashedPhoto
from tests.golden.pictures import waves

PHOTOS = Path(__file__).parents[2] / "data" / "golden" / "photos"
FILE = Path(self_test.__file__).with_name(self_test.VECTORS)
_NAMES = (
    self_test.ESTIMATED,
    "jpeg-baseline.jpg",
    "jpeg-progressive.jpg",
    "jpeg-exif-6.jpg",
    "jpeg-grey.jpg",
    "png-palette.png",
    "webp-lossy.webp",
    "gif-animated.gif",
    "bmp.bmp",
    "tiff-pages.tiff",
    "heic.heic",
    "avif.avif",
)


def vector(name):
    """A photo and the digest of its size and hashes, as the library gives them."""
    body = body_of(name)
    pixels = decode(body)
    full = full_signatures(pixels)
    photo = HashedPhoto(pixels.width, pixels.height, full, len(full))
    return {
        "name": name,
        "body": base64.b64encode(body).decode(),
        "answer_sha256": self_test.answer_digest(photo),
    }


def body_of(name):
    """What there is stays: another version of an encoder writes other bytes."""
    if (PHOTOS / name).exists():
        return (PHOTOS / name).read_bytes()
    if FILE.exists():
        known = {one.name: one.body for one in self_test.known_vectors()}
        if name in known:
            return known[name]
    encoded = BytesIO()
    Image.fromarray(waves(600, 800, 3)).save(encoded, "JPEG", quality=40)
    return encoded.getvalue()


def document():
    """The file as it should be now."""
    return json.dumps([vector(name) for name in _NAMES], indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(document())

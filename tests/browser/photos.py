"""Photos for a visit: drawn, with all that a phone writes into a file."""

import numpy as np
from PIL import Image

from tests.golden.pictures import waves

ARTIST = "Wanjiru-Planted-Name"
TAKEN = "2019:03:04 05:06:07"
_ARTIST, _DATE_TIME = 0x013B, 0x0132


def make_photo(path, k, *, width=320, height=240):
    """A JPEG with noise, so that no run of its bytes is found by chance, and with EXIF."""
    noise = np.random.default_rng(k).integers(0, 24, (height, width, 3))
    picture = Image.fromarray((waves(height, width, k) // 2 + noise).astype(np.uint8))
    exif = Image.Exif()
    exif[_ARTIST], exif[_DATE_TIME] = ARTIST, TAKEN
    picture.save(path, quality=85, exif=exif)
    return path

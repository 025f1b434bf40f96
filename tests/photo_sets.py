"""Real photos for comparing with reference implementations.

Two folders beside the checkout are used when they are there; otherwise the photos that come with
scikit-image. None of them is committed here.
"""

from pathlib import Path

import skimage

_BESIDE = Path(__file__).parents[2] / "shared"
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif"}


def _photos_below(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)


def _known_photos():
    """Name of the set, and its files."""
    for name in ("photos", "pdq-reference"):
        if photos := _photos_below(_BESIDE / name):
            yield name, photos
    yield "scikit-image", _library_photos()


def _library_photos():
    names = ("astronaut.png", "chelsea.png", "coffee.png", "camera.png", "rocket.jpg", "page.png")
    folder = Path(skimage.__file__).parent / "data"
    return [folder / name for name in names if (folder / name).exists()]


PHOTO_SETS = dict(_known_photos())


def some_photos(count):
    """Evenly chosen from all sets, for slower comparisons."""
    photos = [path for photos in PHOTO_SETS.values() for path in photos]
    return photos[:: max(1, len(photos) // count)]

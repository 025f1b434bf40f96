"""Things put on top of a photo."""

import cv2
import numpy as np

from benchmarks.edits.drawing import BLACK, WHITE, Colour, bar, blend, disc, write, write_outlined
from benchmarks.edits.edit import Photo
from benchmarks.edits.sizes import pixelated

_YELLOW: Colour = (255, 205, 50)
_BROWN: Colour = (90, 55, 10)


def meme_text(photo: Photo) -> Photo:
    """One line at the top and one at the bottom."""
    edited = photo.copy()
    height, width = photo.shape[:2]
    write_outlined(edited, "NOBODY AT ALL:", 0.13 * height, width / 330)
    write_outlined(edited, "ME ON MONDAY", 0.95 * height, width / 330)
    return edited


def watermark(photo: Photo) -> Photo:
    """The name of a channel across the middle, and a small line below."""
    lettered = photo.copy()
    height, width = photo.shape[:2]
    write(lettered, "@leaks_channel", (0.12 * width, 0.55 * height), width / 330, WHITE)
    write(lettered, "join for more", (0.6 * width, 0.95 * height), width / 600, WHITE)
    return blend(photo, lettered, alpha=0.55)


def tiled_watermark(photo: Photo) -> Photo:
    """The mark of a picture agency, eighteen times."""
    lettered = photo.copy()
    height, width = photo.shape[:2]
    for row in range(6):
        for column in range(3):
            place = ((column + 0.2) * width / 3, (row + 0.6) * height / 6)
            write(lettered, "SAMPLE", place, width / 700, WHITE)
    return blend(photo, lettered, alpha=0.5)


def emoji(photo: Photo, lots: np.random.Generator, *, percent: float, count: int = 1) -> Photo:
    """Smiling faces that together have a share of the photo's area."""
    edited = photo.copy()
    height, width = photo.shape[:2]
    radius = (percent / 100 * width * height / count / np.pi) ** 0.5
    for _ in range(count):
        x, y = lots.uniform(0.25, 0.75) * width, lots.uniform(0.2, 0.7) * height
        _smile(edited, x, y, radius)
    return edited


def censor_bar(photo: Photo, lots: np.random.Generator) -> Photo:
    """A black bar, as over eyes."""
    edited = photo.copy()
    height, width = photo.shape[:2]
    left, top = lots.uniform(0.15, 0.4) * width, lots.uniform(0.15, 0.4) * height
    bar(edited, left, top, left + 0.4 * width, top + 0.09 * height, BLACK)
    return edited


def pixelated_face(photo: Photo, lots: np.random.Generator) -> Photo:
    """A mosaic of five by five squares where a face may be."""
    edited = photo.copy()
    height, width = photo.shape[:2]
    left, top = round(lots.uniform(0.25, 0.5) * width), round(lots.uniform(0.1, 0.3) * height)
    rows = slice(top, top + round(0.28 * height))
    columns = slice(left, left + round(0.25 * width))
    edited[rows, columns] = pixelated(photo[rows, columns], across=5, down=5)
    return edited


def _smile(photo: Photo, x: float, y: float, radius: float) -> None:
    disc(photo, (x, y), radius, _YELLOW)
    for side in (-0.35, 0.35):
        disc(photo, (x + side * radius, y - 0.25 * radius), 0.13 * radius, _BROWN)
    centre, axes = (round(x), round(y + 0.1 * radius)), (round(0.55 * radius), round(0.5 * radius))
    pen = max(1, round(0.09 * radius))
    cv2.ellipse(photo, centre, axes, 0, 15, 165, _BROWN, pen, cv2.LINE_AA)

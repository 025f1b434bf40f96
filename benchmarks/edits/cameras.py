"""A photo of a photo."""

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.edits.colours import rounded
from benchmarks.edits.edit import Photo
from benchmarks.edits.filters import blurred
from benchmarks.edits.formats import jpeg

_TABLE = (35, 30, 28)  # the colour behind the photo
_INWARDS = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])  # from each corner, clockwise


def perspective(photo: Photo, lots: np.random.Generator, *, percent: int) -> Photo:
    """Taken from the side, and cut to the picture: a part of each corner is lost."""
    size = _size(photo)
    matrix = cv2.getPerspectiveTransform(_inset(photo, lots, percent), _corners(photo))
    return cv2.warpPerspective(photo, matrix, size).astype(np.uint8, copy=False)


def perspective_on_table(photo: Photo, lots: np.random.Generator, *, percent: int) -> Photo:
    """Taken from the side, with what lies behind the picture."""
    matrix = cv2.getPerspectiveTransform(_corners(photo), _inset(photo, lots, percent))
    seen = cv2.warpPerspective(photo, matrix, _size(photo), borderValue=_TABLE)
    return seen.astype(np.uint8, copy=False)


def screen(photo: Photo, lots: np.random.Generator) -> Photo:
    """Taken from a screen with a phone: moiré, noise, a veil, a little out of focus."""
    noise = lots.normal(0, 6, photo.shape)
    seen = rounded(0.92 * photo + _moire(photo)[:, :, None] + noise + 8)
    return jpeg(blurred(seen, sigma=0.8), quality=70)


def _moire(photo: Photo) -> NDArray[np.float64]:
    y, x = np.indices(photo.shape[:2])
    stripes = 8 * np.sin(0.9 * x + 0.25 * y) + 6 * np.sin(1.3 * y - 0.1 * x)
    return np.asarray(stripes, np.float64)


def _size(photo: Photo) -> tuple[int, int]:
    return photo.shape[1], photo.shape[0]


def _corners(photo: Photo) -> NDArray[np.float32]:
    width, height = _size(photo)
    corners = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    return np.array(corners, np.float32)


def _inset(photo: Photo, lots: np.random.Generator, percent: int) -> NDArray[np.float32]:
    shares = lots.uniform(0.3, 1, (4, 2)) * percent / 100
    return np.asarray(_corners(photo) + _INWARDS * shares * np.array(_size(photo)), np.float32)

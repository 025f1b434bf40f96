"""Blur, noise, sharpness, squares."""

import cv2
import numpy as np

from benchmarks.edits.colours import rounded
from benchmarks.edits.edit import Photo
from benchmarks.edits.sizes import pixelated


def blurred(photo: Photo, *, sigma: float) -> Photo:
    """Gaussian; sigma in pixels."""
    return cv2.GaussianBlur(photo, (0, 0), sigma).astype(np.uint8, copy=False)


def noisy(photo: Photo, lots: np.random.Generator, *, sigma: float) -> Photo:
    """Normal noise on each channel; sigma in 8-bit steps."""
    return rounded(photo + lots.normal(0, sigma, photo.shape))


def sharpened(photo: Photo) -> Photo:
    """Unsharp mask, as strong as photo programs offer it."""
    return rounded(2.0 * photo - blurred(photo, sigma=2))


def in_squares(photo: Photo, *, side: int) -> Photo:
    """Mosaic over the whole photo; side in pixels."""
    height, width = photo.shape[:2]
    return pixelated(photo, across=round(width / side), down=round(height / side))

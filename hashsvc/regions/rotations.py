"""A photo that is asked about, turned a little: uploads are, to be looked at but not found."""

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from hashsvc.pixels import Pixels

# Counter-clockwise. A hash forgives 2 degrees, so steps of 2.5 leave no gap up to 12.
ROTATION_DEGREES = (2.5, -2.5, 5.0, -5.0, 7.5, -7.5, 10.0, -10.0)
_LONG_SIDE = 512  # pixels: a turned picture is only hashed, and a hash sees 64 x 64
_ENOUGH_PIXELS = 1024  # along the longer side, to take means of; the mean of 12 million takes 50 ms


def rotated(pixels: Pixels) -> Iterator[Pixels]:
    """The photo turned by each of `ROTATION_DEGREES`, zoomed so that no corner is empty.

    The turned pixels have at most 512 on their longer side.
    """
    small = _reduced(pixels)
    for degrees in ROTATION_DEGREES:
        yield _turned(small, degrees)


def _reduced(pixels: Pixels) -> Pixels:
    samples = _thinned(pixels.samples)
    height, width = samples.shape[:2]
    scale = _LONG_SIDE / max(width, height)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(samples, size, interpolation=cv2.INTER_AREA)
        samples = small.astype(np.uint8, copy=False)
    return Pixels(samples, pixels.order)


def _thinned(samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every n-th pixel of a large photo, at least 1024 along its longer side: a view."""
    height, width = samples.shape[:2]
    step = min(max(1, max(width, height) // _ENOUGH_PIXELS), width, height)
    return samples[step // 2 :: step, step // 2 :: step]


def _turned(pixels: Pixels, degrees: float) -> Pixels:
    width, height = pixels.width, pixels.height
    angle = math.radians(abs(degrees))
    stretch = max(width / height, height / width)
    zoom = math.cos(angle) + stretch * math.sin(angle)
    centre = ((width - 1) / 2, (height - 1) / 2)
    matrix = cv2.getRotationMatrix2D(centre, degrees, zoom)
    samples = cv2.warpAffine(
        pixels.samples,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Pixels(samples.astype(np.uint8, copy=False), pixels.order)

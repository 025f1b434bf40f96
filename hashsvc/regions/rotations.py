"""A photo that is asked about, turned a little: uploads are, to be looked at but not found."""

import math
from collections.abc import Iterator

import cv2
import numpy as np

from hashsvc.pixels import Pixels

# Counter-clockwise. A hash forgives 2 degrees, so steps of 2.5 leave no gap up to 12.
ROTATION_DEGREES = (2.5, -2.5, 5.0, -5.0, 7.5, -7.5, 10.0, -10.0)
_LONG_SIDE = 512  # pixels: a turned picture is only hashed, and a hash sees 64 x 64


def rotated(copy: Pixels) -> Iterator[Pixels]:
    """A working copy turned by each of `ROTATION_DEGREES`, zoomed so that no corner is empty.

    The turned pixels have at most 512 on their longer side.
    """
    small = _reduced(copy)
    for degrees in ROTATION_DEGREES:
        yield _turned(small, degrees)


def _reduced(copy: Pixels) -> Pixels:
    scale = _LONG_SIDE / max(copy.width, copy.height)
    if scale >= 1:
        return copy
    size = (max(1, round(copy.width * scale)), max(1, round(copy.height * scale)))
    return _pixels(cv2.resize(copy.samples, size, interpolation=cv2.INTER_AREA), copy)


def _turned(pixels: Pixels, degrees: float) -> Pixels:
    width, height = pixels.width, pixels.height
    angle = math.radians(abs(degrees))
    stretch = max(width / height, height / width)
    zoom = math.cos(angle) + stretch * math.sin(angle)
    centre = ((width - 1) / 2, (height - 1) / 2)
    turned = cv2.warpAffine(
        pixels.samples,
        cv2.getRotationMatrix2D(centre, degrees, zoom),
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _pixels(turned, pixels)


def _pixels(samples: cv2.typing.MatLike, like: Pixels) -> Pixels:
    """OpenCV drops the last axis of a grey picture."""
    shape = (*samples.shape[:2], like.samples.shape[2])
    return Pixels(samples.astype(np.uint8, copy=False).reshape(shape), like.order)

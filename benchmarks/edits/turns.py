"""Mirror images, quarter turns and slanted copies."""

import math

import cv2
import numpy as np

from benchmarks.edits.edit import Photo


def mirrored(photo: Photo) -> Photo:
    """Left and right exchanged."""
    return np.ascontiguousarray(photo[:, ::-1])


def upside_down(photo: Photo) -> Photo:
    """Top and bottom exchanged."""
    return np.ascontiguousarray(photo[::-1])


def turned(photo: Photo, *, quarters: int) -> Photo:
    """Quarter turns, counter-clockwise."""
    return np.ascontiguousarray(np.rot90(photo, quarters))


def rotated(photo: Photo, *, degrees: float) -> Photo:
    """A slanted copy in the same frame, with black corners; counter-clockwise."""
    return _rotated(photo, degrees, zoom=1)


def rotated_inside(photo: Photo, *, degrees: float) -> Photo:
    """A slanted copy in the same frame, enlarged until no corner is empty; counter-clockwise."""
    height, width = photo.shape[:2]
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    zoom = max(cosine + height / width * sine, cosine + width / height * sine)
    return _rotated(photo, degrees, zoom)


def _rotated(photo: Photo, degrees: float, zoom: float) -> Photo:
    height, width = photo.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, zoom)
    slanted = cv2.warpAffine(photo, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return slanted.astype(np.uint8, copy=False)

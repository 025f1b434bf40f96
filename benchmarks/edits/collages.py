"""A photo among others."""

from collections.abc import Sequence

import numpy as np

from benchmarks.edits.drawing import WHITE
from benchmarks.edits.edit import Photo
from benchmarks.edits.sizes import resized


def beside(photo: Photo, companions: Sequence[Photo]) -> Photo:
    """Two side by side, the photo on the left."""
    return _filled(photo, [[photo, companions[0]]], gap=0)


def below(photo: Photo, companions: Sequence[Photo], *, gap: int) -> Photo:
    """Two in a column, the photo below; gap in pixels."""
    return _filled(photo, [[companions[0]], [photo]], gap=gap)


def among_four(photo: Photo, companions: Sequence[Photo], *, gap: int) -> Photo:
    """Two rows of two, the photo at the top right; gap in pixels."""
    first, second, third = companions[:3]
    return _filled(photo, [[first, photo], [second, third]], gap=gap)


def _filled(photo: Photo, rows: Sequence[Sequence[Photo]], *, gap: int) -> Photo:
    """A sheet with cells of the photo's size; every picture is made to fit its cell."""
    height, width = photo.shape[:2]
    down, across = len(rows) * (height + gap) - gap, len(rows[0]) * (width + gap) - gap
    sheet = np.full((down, across, 3), WHITE, np.uint8)
    for row, pictures in enumerate(rows):
        for column, picture in enumerate(pictures):
            top, left = row * (height + gap), column * (width + gap)
            sheet[top : top + height, left : left + width] = resized(picture, width, height)
    return sheet

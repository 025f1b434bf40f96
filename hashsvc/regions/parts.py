"""The connected bright and dark parts of a smoothed grid.

Enrolment, query and the JavaScript twin must agree to the cell: whole numbers alone.
"""

from collections.abc import Iterator
from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from hashsvc.pixels import Box

_LEVELS = range(20, 240, 5)  # luma, of 0 to 255: what is stable shows at many of them
_LEAST_BOX_SIDE = 28  # cells: below, one cell of error moves the hash too far
_FRAME_MARGIN = 2  # cells: what reaches the frame is cut off by it, and moves with every crop
_PARENT = 3  # place in OpenCV's (next, previous, first child, parent) of an outline
# Rows and columns of taps that add up to 65,536 each. Sums of at most 255 * 2**32 are exact in
# float64, in whatever order they are added.
_SCALE = 2.0**32


class Smoothing(Enum):
    """A Gaussian in 65,536ths: the taps before the middle one."""

    PLAIN = (4, 29, 145, 574, 1769, 4244, 7929, 11537)  # sigma 2 cells
    # A crop to five sixths or to seven tenths shows the content larger by 1.2 or 1.43 in as many
    # cells; smoothed wider by as much, its parts have the outlines of the whole photo's again.
    WIDER = (2, 10, 42, 155, 479, 1244, 2716, 4988, 7698, 9988)  # sigma 2.4
    WIDEST = (1, 5, 19, 63, 178, 449, 1000, 1969, 3426, 5272, 7172, 8626)  # sigma 2.85

    def taps(self) -> NDArray[np.float64]:
        """All taps, from left to right; they add up to 65,536."""
        half = self.value
        return np.array((*half, 65536 - 2 * sum(half), *reversed(half)), np.float64)


def smoothed(cells: NDArray[np.uint8], smoothing: Smoothing) -> NDArray[np.uint8]:
    """Blur a grid, mirrored at the frame without repeating the edge cell; rounded down.

    Args:
        cells: (height, width), both more than 12.
        smoothing: how wide.
    """
    taps = smoothing.taps()
    sums = cv2.sepFilter2D(
        cells.astype(np.float64), cv2.CV_64F, taps, taps, borderType=cv2.BORDER_REFLECT_101
    )
    return np.asarray(np.floor(sums / _SCALE), np.uint8)


def part_boxes(luma: NDArray[np.uint8]) -> Iterator[Box]:
    """The boxes of all parts that may be anchors, level by level; many come again and again."""
    height, width = luma.shape
    darkest, brightest = int(luma.min()), int(luma.max())
    for level in _LEVELS:
        if not darkest < level <= brightest:
            continue  # one part alone, and it fills the frame
        for box in part_boxes_at(luma, level):
            large_enough = min(box.width, box.height) >= _LEAST_BOX_SIDE
            if large_enough and _off_frame(box, width, height):
                yield box


def part_boxes_at(luma: NDArray[np.uint8], level: int) -> Iterator[Box]:
    """The boxes of the connected parts of a grid on either side of a level.

    Bright parts (`>= level`) hang together over corners too, dark ones over sides alone. Dark
    parts that reach the frame are left out.

    One walk along all outlines finds both kinds, in a tenth of the time that labelling takes.
    """
    bright = (luma >= level).view(np.uint8)
    outlines, nesting = cv2.findContours(bright, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for index, outline in enumerate(outlines):
        x, y, width, height = cv2.boundingRect(outline)
        # The outline of a hole runs through the bright cells around it: one cell too far out.
        inset = int(nesting[0, index, _PARENT] >= 0)
        yield Box(x + inset, y + inset, x + width - inset, y + height - inset)


def _off_frame(box: Box, width: int, height: int) -> bool:
    near = min(box.x0, box.y0, width - box.x1, height - box.y1)
    return near >= _FRAME_MARGIN

"""A photo reduced to a small grid of mean luma, in integers alone.

The survivor page reduces the same photo in JavaScript and must see the very same grid: no float,
no library's idea of interpolation, and every intermediate value below 2**53.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from hashsvc.pixels import Box, ChannelOrder, Pixels

_LUMA_THOUSANDTHS = {
    ChannelOrder.RGB: (299, 587, 114),
    ChannelOrder.BGR: (114, 587, 299),
}


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The mean luma of a photo's cells, and where the cells lie."""

    cells: NDArray[np.uint8]  # (rows, columns)
    row_edges: NDArray[np.int64]  # (rows + 1,), pixels, from 0 to the photo's height
    column_edges: NDArray[np.int64]  # (columns + 1,), pixels, from 0 to the photo's width

    @property
    def box(self) -> Box:
        """All cells."""
        return Box(0, 0, int(self.cells.shape[1]), int(self.cells.shape[0]))

    def pixel_box(self, box: Box) -> Box:
        """The pixels that a box of cells covers."""
        return Box(
            int(self.column_edges[box.x0]),
            int(self.row_edges[box.y0]),
            int(self.column_edges[box.x1]),
            int(self.row_edges[box.y1]),
        )


def grid(pixels: Pixels, *, long_side: int) -> Grid:
    """Reduce a photo to the mean luma of cells; a smaller photo keeps its pixels.

    Colours are summed before they are mixed, so each cell is rounded once, half up.

    Args:
        pixels: the photo.
        long_side: cells along the longer side.
    """
    longest = max(pixels.height, pixels.width)
    rows = _edges(_cell_count(pixels.height, longest, long_side), pixels.height)
    columns = _edges(_cell_count(pixels.width, longest, long_side), pixels.width)
    thousandfold = _luma_sums(pixels, rows, columns)
    counts = np.outer(np.diff(rows), np.diff(columns))
    # A quotient of whole numbers below 2**53 is never rounded up to the next whole number here.
    cells = np.floor((2 * thousandfold + 1000 * counts) / (2000 * counts))
    return Grid(cells.astype(np.uint8), rows, columns)


def _cell_count(side: int, longest: int, long_side: int) -> int:
    """Cells along a side of the photo, at least 1: proportional, rounded half up."""
    if longest <= long_side:
        return side
    return max(1, (2 * side * long_side + longest) // (2 * longest))


def _edges(cells: int, side: int) -> NDArray[np.int64]:
    """(cells + 1,): cell i covers the pixels from `i * side // cells` up to the next edge."""
    return np.arange(cells + 1, dtype=np.int64) * side // cells


def _luma_sums(
    pixels: Pixels, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(rows, columns): a thousand times the luma, summed over each cell; whole numbers."""
    if pixels.order is ChannelOrder.GREY:
        # Every cell is four look-ups: a query asks for several grids of its small copy.
        sums = cv2.integral(pixels.samples[:, :, 0], sdepth=cv2.CV_64F)
        corners = sums[np.ix_(rows, columns)]
        return 1000 * np.diff(np.diff(corners, axis=0), axis=1)
    flat = pixels.samples.reshape(pixels.height, pixels.width * 3)
    bands = np.empty((len(rows) - 1, pixels.width * 3), np.int32)
    for band, (top, bottom) in zip(bands, pairwise(rows.tolist()), strict=True):
        # 12 million pixels in 7 ms; numpy's own sum takes longer because it widens a copy.
        cv2.reduce(flat[top:bottom], 0, cv2.REDUCE_SUM, band[np.newaxis], cv2.CV_32S)
    weights = np.array(_LUMA_THOUSANDTHS[pixels.order], np.float64)
    # numpy multiplies matrices of whole numbers slowly; as float64 they are as exact.
    luma = bands.reshape(-1, pixels.width, 3).astype(np.float64) @ weights
    return np.add.reduceat(luma, columns[:-1], axis=1)

"""Uniform borders around a picture, and how to trim them: letterboxes, frames, page margins."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from hashsvc.pixels import Box

_ROUNDS = 3  # a frame inside a frame, and one more
_LEAST_SIDE = 24  # cells: nothing that matters is smaller
_BUSY_DEVIATION = 7  # luma levels: a line of cells that varies by more is no border


class Lines(IntEnum):
    """Which lines of a picture are looked along; the value is the axis of their index."""

    ROWS = 0
    COLUMNS = 1


def block(cells: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The cells in a box: a view."""
    return cells[box.y0 : box.y1, box.x0 : box.x1]


def busy(cells: NDArray[np.uint8], lines: Lines, *, deviation: int) -> NDArray[np.bool_]:
    """For each row or column, whether its standard deviation is above a bound.

    Integers alone: n * sum(v^2) - sum(v)^2 > (n * deviation)^2.

    Args:
        cells: (height, width).
        lines: rows or columns.
        deviation: luma levels.
    """
    values = cells.astype(np.int32)  # squares of a line of 288 cells stay below 2**25
    along = 1 - int(lines)
    count = cells.shape[along]
    total = values.sum(axis=along, dtype=np.int64)
    squares = (values * values).sum(axis=along, dtype=np.int64)
    return np.asarray(count * squares - total * total > (count * deviation) ** 2, np.bool_)


def trimmed(cells: NDArray[np.uint8], box: Box) -> Box:
    """A box without the uniform rows and columns at its edges; the same box if it has none."""
    for _ in range(_ROUNDS):
        smaller = _trimmed_once(cells, box)
        if smaller == box:
            break
        box = smaller
    return box


def _trimmed_once(cells: NDArray[np.uint8], box: Box) -> Box:
    if min(box.width, box.height) < _LEAST_SIDE:
        return box
    part = block(cells, box)
    rows = np.flatnonzero(busy(part, Lines.ROWS, deviation=_BUSY_DEVIATION))
    columns = np.flatnonzero(busy(part, Lines.COLUMNS, deviation=_BUSY_DEVIATION))
    if not rows.size or not columns.size:
        return box
    return Box(
        box.x0 + int(columns[0]),
        box.y0 + int(rows[0]),
        box.x0 + int(columns[-1]) + 1,
        box.y0 + int(rows[-1]) + 1,
    )

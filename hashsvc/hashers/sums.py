"""Weighted sums of rows and of columns, on one thread.

numpy hands a large product to OpenBLAS, which splits it among threads that wait for one another
by spinning: on a busy machine that takes up to a hundred times as long. Products of small parts
stay on the thread that asks for them, and cost no more.
"""

import numpy as np
from numpy.typing import NDArray

from hashsvc.hashers.axes import SIDE, Axis, Floats

_ONE_THREAD_NUMBERS = 9_000  # OpenBLAS uses more threads from 9,216 numbers on
_LANES = 16  # floats that a processor takes at once


class RowSums:
    """Room for some rows as floats, taken once for a whole photo."""

    def __init__(self, rows: int, columns: int) -> None:
        """Take the room.

        Args:
            rows: the most that are summed at once.
            columns: numbers in a row.
        """
        share = min(_ONE_THREAD_NUMBERS // rows, columns) // _LANES * _LANES
        share = max(share, _LANES)
        parts = -(-columns // share)
        self._columns = columns
        self._rows = np.zeros((rows, parts * share), np.float32)
        self._parts = self._rows.reshape(rows, parts, share).transpose(1, 0, 2)

    def fill(self, samples: NDArray[np.uint8]) -> None:
        """Take (n, width, 3) samples as n rows."""
        self._rows[: len(samples), : self._columns] = samples.reshape(len(samples), -1)

    def sum(self, weights: Floats, *, first: int = 0) -> Floats:
        """(columns,): the weighted sum of as many rows as there are weights, from `first` on."""
        parts = self._parts[:, first : first + len(weights)]
        summed: Floats = np.matmul(weights, parts).ravel()[: self._columns]
        return summed


def weighted(axis: Axis, rows: NDArray[np.uint8] | Floats) -> Floats:
    """All 64 weighted sums of some rows in one step: for what is small enough to hold as floats.

    Args:
        axis: along the rows, so of as many pixels as there are rows.
        rows: (length, n).

    Returns:
        (64, n).
    """
    length, columns = rows.shape
    reach = axis.weights.shape[1]
    share = max(_ONE_THREAD_NUMBERS // reach // _LANES * _LANES, _LANES)
    share = min(share, -(-columns // _LANES) * _LANES)
    parts = -(-columns // share)
    floats = np.zeros((length, parts * share), np.float32)
    floats[:, :columns] = rows
    gathered = floats[axis.places].reshape(SIDE, reach, parts, share).transpose(0, 2, 1, 3)
    sums: Floats = np.matmul(axis.weights[:, None, None, :], gathered)
    return sums.reshape(SIDE, -1)[:, :columns]


def across(grey: Floats, columns: Axis) -> Floats:
    """(64, 64) from (64, width): the weighted sums of columns."""
    return np.ascontiguousarray(weighted(columns, grey.T).T)

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
_ROWS_TOGETHER = 16


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


def across(grey: Floats, columns: Axis) -> Floats:
    """(64, 64) from (64, width): the weighted sums of columns."""
    rows = grey.reshape(-1, _ROWS_TOGETHER, grey.shape[1])
    luma = np.empty((SIDE, SIDE), np.float32)
    for number, band in enumerate(columns.bands):
        luma[:, number] = np.matmul(rows[:, :, band.start : band.stop], band.weights).ravel()
    return luma

"""Weighted sums of rows and of columns, on one thread.

numpy hands a large product to OpenBLAS, which splits it among threads that wait for one another
by spinning: on a busy machine that takes up to a hundred times as long. Products of small parts
stay on the thread that asks for them, and cost no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashsvc.hashers.axes import SIDE, Axis, Floats

_ONE_THREAD_NUMBERS = 9_000  # OpenBLAS uses more threads from 9,216 numbers on
_LANES = 16  # floats that a processor takes at once


_WINDOW_BANDS = 3  # a window of more rows is converted less often, but leaves the cache


@dataclass(frozen=True, slots=True)
class Strip:
    """Rows and columns of a photo to which one axis is applied."""

    axis: Axis  # along the rows
    top: int  # the row that the axis begins with
    left: int  # columns, of 0 to the photo's width
    right: int  # not inside


def row_sums(samples: NDArray[np.uint8], strips: Sequence[Strip]) -> list[Floats]:
    """The 64 weighted sums of rows of each strip, in one walk down the photo.

    Args:
        samples: (height, width, channels).
        strips: may overlap; each row is converted to floats for all of them together.

    Returns:
        (64, channels * (right - left)) for each.
    """
    channels = samples.shape[2]
    sums = [np.empty((SIDE, channels * (one.right - one.left)), np.float32) for one in strips]
    bands = [
        (one.top + band.start, band.weights, one, row)
        for one, of_one in zip(strips, sums, strict=True)
        for row, band in zip(of_one, one.axis.bands, strict=True)
    ]
    window = _Window(samples, tallest=max(len(weights) for _, weights, _, _ in bands))
    for start, weights, one, row in sorted(bands, key=lambda band: band[0]):
        row[:] = window.sum(start, weights, channels * one.left, channels * one.right)
    return sums


class _Window:
    """Some rows of a photo as floats, moving down; never the whole photo."""

    def __init__(self, samples: NDArray[np.uint8], *, tallest: int) -> None:
        self._samples = samples.reshape(len(samples), -1)
        columns = self._samples.shape[1]
        self._share = max(min(_ONE_THREAD_NUMBERS // tallest, columns) // _LANES * _LANES, _LANES)
        parts = -(-columns // self._share)
        self._floats = np.zeros((_WINDOW_BANDS * tallest, parts * self._share), np.float32)
        # (parts, rows, share): a product of one part stays on this thread.
        self._parts = self._floats.reshape(-1, parts, self._share).transpose(1, 0, 2)
        self._first = self._stop = 0

    def sum(self, start: int, weights: Floats, left: int, right: int) -> Floats:
        """(right - left,): a weighted sum of rows; `start` never goes back."""
        if start + len(weights) > self._stop:
            self._move(start)
        inside = slice(start - self._first, start - self._first + len(weights))
        first = left // self._share
        parts = self._parts[first : -(-right // self._share), inside]
        skipped = first * self._share
        summed: Floats = np.matmul(weights, parts).ravel()[left - skipped : right - skipped]
        return summed

    def _move(self, start: int) -> None:
        rows = self._samples[start : start + len(self._floats)]
        self._floats[: len(rows), : rows.shape[1]] = rows
        self._first, self._stop = start, start + len(rows)


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

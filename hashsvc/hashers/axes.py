"""PDQ's smoothing and decimation along one side of a photo, as weights of neighbouring pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SIDE = 64  # of the luma
Floats: TypeAlias = NDArray[np.float32]
# Each axis of 4,000 pixels takes 20 kB; a photo with all its regions needs about 30.
_CACHED_AXES = 256


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The weights of the neighbouring pixels that one luma sample is the mean of."""

    start: int  # number of the first pixel
    weights: Floats  # (length,); they sum to 1

    @property
    def stop(self) -> int:
        """One past the number of the last pixel."""
        return self.start + len(self.weights)


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """PDQ's smoothing and decimation along one side of a photo."""

    length: int  # pixels
    bands: tuple[Band, ...]  # 64
    places: NDArray[np.int64]  # (64, n): the pixels of each band, the longest being n long
    weights: Floats  # (64, n): theirs; 0 where a shorter band has no pixel

    def matrix(self) -> Floats:
        """(64, length): the same with its zeros."""
        dense = np.zeros((SIDE, self.length), np.float32)
        for row, band in zip(dense, self.bands, strict=True):
            row[band.start : band.stop] = band.weights
        return dense


@lru_cache(maxsize=_CACHED_AXES)
def axis(length: int, *, turned: bool = False) -> Axis:
    """The operator along a side of `length` pixels.

    Args:
        length: pixels, 1 or more.
        turned: for reading the side from its far end. PDQ's windows lean to one side, so this
            is not the plain operator read backwards.
    """
    bands = _bands(length)
    if turned:
        bands = tuple(Band(length - band.stop, band.weights[::-1].copy()) for band in bands)
    places, weights = _aligned(bands, length)
    return Axis(length, bands, places, weights)


def _aligned(bands: Sequence[Band], length: int) -> tuple[NDArray[np.int64], Floats]:
    """The bands as rows of one table, so that all of them are applied in one step."""
    longest = max(len(band.weights) for band in bands)
    starts = np.array([min(band.start, length - longest) for band in bands])
    weights = np.zeros((len(bands), longest), np.float32)
    for row, band, start in zip(weights, bands, starts, strict=True):
        row[band.start - start : band.stop - start] = band.weights
    return starts[:, None] + np.arange(longest), weights


def _bands(length: int) -> tuple[Band, ...]:
    """Where the means of the second smoothing are sampled, and what they weigh."""
    first, stop = _windows(length)
    centres = (2 * np.arange(SIDE) + 1) * length // (2 * SIDE)
    begins, ends = first[centres], stop[centres]
    # (64, window): the means of the first smoothing that each mean of the second averages.
    inner = begins[:, None] + np.arange(int((ends - begins).max()))
    used = inner < ends[:, None]
    inner = np.where(used, inner, begins[:, None])
    share = used / ((ends - begins)[:, None] * (stop[inner] - first[inner]))
    # Each of them spreads its share evenly over its own window: up at its start, down at its end.
    starts, stops = first[begins], stop[ends - 1]
    steps = np.zeros((SIDE, int((stops - starts).max()) + 1))
    rows = np.arange(SIDE)[:, None]
    np.add.at(steps, (rows, first[inner] - starts[:, None]), share)
    np.subtract.at(steps, (rows, stop[inner] - starts[:, None]), share)
    weights = np.cumsum(steps, axis=1).astype(np.float32)
    bounds = zip(starts.tolist(), stops.tolist(), weights, strict=True)
    return tuple(Band(start, row[: end - start]) for start, end, row in bounds)


def _windows(length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and one past the last input of each mean; windows get shorter at the border."""
    window = (length + 2 * SIDE - 1) // (2 * SIDE)
    ahead = (window + 2) // 2
    outputs = np.arange(length)
    return np.maximum(0, outputs - (window - ahead)), np.minimum(length, outputs + ahead)

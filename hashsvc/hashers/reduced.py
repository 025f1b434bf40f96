"""Estimate the luma of a photo from a reduced copy of it.

The operator of the full size is folded: what it weighs inside one square counts for the square's
mean. Hashing the reduced copy as if it were the photo would be up to 32 bits off, this is 6.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hashsvc.hashers.axes import SIDE, Floats, axis

_CACHED = 64  # a side of 1,000 squares takes 80 kB
_GROUPS = 8  # neighbouring bands weigh much the same squares: one small product for 16 of them
_IN_GROUP = SIDE // _GROUPS
_Places: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Folded:
    """A side read from its near end and from its far end."""

    places: _Places  # (8, n): the squares that each group of bands weighs
    weights: Floats  # (8, 16, n): of 8 bands from the near end, then 8 from the far end

    def apply(self, squares: Floats) -> Floats:
        """(128, m) from (length, m): first all bands from the near end."""
        sums = self.weights @ squares[self.places]
        near, far = sums[:, :_IN_GROUP], sums[:, _IN_GROUP:]
        return np.concatenate([near, far[::-1, ::-1]]).reshape(2 * SIDE, -1)


def estimated_lumas(samples: NDArray[np.uint8], *, height: int, width: int, divisor: int) -> Floats:
    """The lumas of a photo in all eight orientations.

    Args:
        samples: (ceil(height / divisor), ceil(width / divisor)), means of squares.
        height: of the photo itself, in pixels.
        width: likewise.
        divisor: side of the squares.

    Returns:
        (8, 64, 64).
    """
    rows = _folded(height, divisor).apply(samples.astype(np.float32))
    both = _folded(width, divisor).apply(np.ascontiguousarray(rows.T)).T
    down, up = both[:SIDE], both[SIDE:]
    four = np.stack([down[:, :SIDE], down[:, SIDE:], up[:, :SIDE], up[:, SIDE:]])
    return np.concatenate([four, four.transpose(0, 2, 1)])


@lru_cache(maxsize=_CACHED)
def _folded(length: int, divisor: int) -> _Folded:
    near, far = (_matrix(length, divisor, turned=turned) for turned in (False, True))
    # The last band from the far end weighs the same squares as the first from the near end.
    bands = np.concatenate(
        [near.reshape(_GROUPS, _IN_GROUP, -1), far[::-1].reshape(_GROUPS, _IN_GROUP, -1)], axis=1
    )
    used: NDArray[np.bool_] = np.asarray(bands.any(axis=1))
    squares = used.shape[1]
    firsts, behind = used.argmax(axis=1), used[:, ::-1].argmax(axis=1)
    longest = squares - int((firsts + behind).min())
    starts = np.minimum(firsts, squares - longest)
    places = starts[:, None] + np.arange(longest)
    weights = np.take_along_axis(bands, places[:, None, :], axis=2)
    return _Folded(places, weights)


def _matrix(length: int, divisor: int, *, turned: bool) -> Floats:
    """(64, ceil(length / divisor)): the weights of each square."""
    squares = np.arange(0, length, divisor)
    return np.add.reduceat(axis(length, turned=turned).matrix(), squares, axis=1)

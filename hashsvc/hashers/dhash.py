"""dHash: where the luma gets brighter from left to right, 16 rows of 16 steps."""

import numpy as np

from hashsvc.hashers.axes import SIDE, Floats
from hashsvc.hashes import Algorithm, Hash

_ROWS = 16
_COLUMNS = 17
# Grey levels. Without it float noise decides in flat areas: 8 bits on a white border.
_MARGIN = np.float32(1 / 64)


def _area_mean(samples: int) -> Floats:
    """(samples, 64): means of equal shares of 64 neighbours, parts of a neighbour included."""
    starts = np.arange(samples)[:, None] * SIDE / samples
    places = np.arange(SIDE)[None, :]
    overlap = np.minimum(starts + SIDE / samples, places + 1) - np.maximum(starts, places)
    weights: Floats = (np.maximum(overlap, 0) * samples / SIDE).astype(np.float32)
    return weights


class DhashHasher:
    """A 256-bit horizontal gradient: the second opinion beside PDQ, never matched alone."""

    algorithm = Algorithm.DHASH
    _down = _area_mean(_ROWS)
    _across = _area_mean(_COLUMNS).T

    def hash(self, luma: Floats) -> Hash:
        """See `Hasher.hash`."""
        means = self._down @ luma @ self._across
        return Hash(Algorithm.DHASH, np.packbits(np.diff(means, axis=1) > _MARGIN).tobytes())

"""dHash: where the luma gets brighter from left to right, 16 rows of 16 steps."""

import numpy as np

from hashsvc.hashers.axes import SIDE, Floats
from hashsvc.hashers.base import Hasher
from hashsvc.hashes import Algorithm, Hash

_ROWS = 16
_COLUMNS = 17
_BITS = _ROWS * (_COLUMNS - 1)
# Grey levels. Without it float noise decides in flat areas: 8 bits on a white border.
_MARGIN = np.float32(1 / 64)


def _area_mean(samples: int) -> Floats:
    """(samples, 64): means of equal shares of 64 neighbours, parts of a neighbour included."""
    starts = np.arange(samples)[:, None] * SIDE / samples
    places = np.arange(SIDE)[None, :]
    overlap = np.minimum(starts + SIDE / samples, places + 1) - np.maximum(starts, places)
    weights: Floats = (np.maximum(overlap, 0) * samples / SIDE).astype(np.float32)
    return weights


class DhashHasher(Hasher):
    """A 256-bit horizontal gradient: the second opinion beside PDQ, never matched alone."""

    algorithm: Algorithm = Algorithm.DHASH
    _down = _area_mean(_ROWS)
    _across = _area_mean(_COLUMNS).T

    def hash_all(self, lumas: Floats) -> list[Hash]:
        """See `Hasher.hash_all`."""
        means = self._down @ lumas @ self._across
        brighter = np.diff(means, axis=2) > _MARGIN
        rows = np.packbits(brighter.reshape(-1, _BITS), axis=1)
        return [Hash(Algorithm.DHASH, row.tobytes()) for row in rows]

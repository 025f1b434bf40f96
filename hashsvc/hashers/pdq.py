"""PDQ: which of 256 low frequencies of the luma are above their median."""

import numpy as np

from hashsvc.hashers.axes import SIDE, Floats
from hashsvc.hashers.base import Hasher
from hashsvc.hashes import Algorithm, Hash

_FREQUENCIES = 16
_BITS = _FREQUENCIES**2


def _cosines() -> Floats:
    """(16, 64): the cosine transform without its constant term."""
    frequency = np.arange(1, _FREQUENCIES + 1)[:, None]
    place = 2 * np.arange(SIDE)[None, :] + 1
    waves: Floats = (np.sqrt(2 / SIDE) * np.cos(np.pi / (2 * SIDE) * frequency * place)).astype(
        np.float32
    )
    return waves


class PdqHasher(Hasher):
    """Bit for bit what the reference implementation computes from the same pixels."""

    algorithm: Algorithm = Algorithm.PDQ
    _cosines = _cosines()

    def hash_all(self, lumas: Floats) -> list[Hash]:
        """See `Hasher.hash_all`."""
        frequencies = (self._cosines @ lumas @ self._cosines.T).reshape(-1, _BITS)
        # The lower median: with the upper one every hash differs in exactly one bit.
        lower = _BITS // 2 - 1
        medians = np.partition(frequencies, lower, axis=1)[:, lower, None]
        # The last bit is printed first.
        rows = np.packbits(frequencies[:, ::-1] > medians, axis=1)
        return [Hash(Algorithm.PDQ, row.tobytes()) for row in rows]

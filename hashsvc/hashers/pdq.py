"""PDQ: which of 256 low frequencies of the luma are above their median."""

import numpy as np

from hashsvc.hashers.axes import SIDE, Floats
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


class PdqHasher:
    """Bit for bit what the reference implementation computes from the same pixels."""

    algorithm = Algorithm.PDQ
    _cosines = _cosines()

    def hash(self, luma: Floats) -> Hash:
        """See `Hasher.hash`."""
        frequencies = (self._cosines @ luma @ self._cosines.T).ravel()
        # The lower median: with the upper one every hash differs in exactly one bit.
        median = np.partition(frequencies, _BITS // 2 - 1)[_BITS // 2 - 1]
        # The last bit is printed first.
        return Hash(Algorithm.PDQ, np.packbits(frequencies[::-1] > median).tobytes())

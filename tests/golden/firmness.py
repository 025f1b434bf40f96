"""Which answers float rounding can never change, so that every implementation must agree."""

from dataclasses import dataclass

import numpy as np

from hashsvc.hashers.dhash import DhashHasher
from hashsvc.hashers.luma import luma
from hashsvc.hashers.pdq import PdqHasher

_PDQ_GAP = 1e-5  # of the largest frequency: float32 sums in another order differ by a tenth
_LEAST_PDQ_GAP = 1e-3  # where all frequencies are nearly nothing
_DHASH_GAP = 0.002  # grey levels
_MARGIN = 1 / 64


@dataclass(frozen=True, slots=True)
class Firmness:
    """Whether each hash of a picture is beyond doubt."""

    pdq: bool
    dhash: bool


def of(pixels):
    """Judge by the distances of the numbers from where a bit would change."""
    buffer = luma(pixels)
    if not buffer.any():  # sums of nothing are nothing everywhere
        return Firmness(pdq=True, dhash=True)
    cosines = PdqHasher._cosines
    frequencies = np.sort((cosines @ buffer @ cosines.T).ravel())
    gap = min(np.diff(frequencies[126:129]))
    steps = np.diff(DhashHasher._down @ buffer @ DhashHasher._across, axis=1)
    return Firmness(
        pdq=bool(gap > max(_PDQ_GAP * np.abs(frequencies).max(), _LEAST_PDQ_GAP)),
        dhash=bool(np.abs(steps - _MARGIN).min() > _DHASH_GAP),
    )

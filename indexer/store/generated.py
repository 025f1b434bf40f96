"""Signatures of pictures that nobody took: what honey is made of.

A random field as smooth as photos are gives both hashes, so that they go together as a photo's do.
No picture is read here; the field lives for a moment, and nobody sees it.
"""

import secrets

import numpy as np
from numpy.typing import NDArray

from hashsvc import Algorithm, Hash, RegionKind, Signature

_SIDE = 64
_LOW = 16  # frequencies, and steps of brightness, in each direction
_QUALITY = 90  # where there is nothing to be like
_SEED_BITS = 128


def generated_signature(like: Signature | None) -> Signature:
    """Sound hashes of a whole picture, whose other fields are those of a listed signature."""
    random = np.random.default_rng(secrets.randbits(_SEED_BITS))
    field = _field(random)
    dhash = None if like is not None and like.dhash is None else _dhash(field)
    quality = _QUALITY if like is None else like.quality
    return Signature(region=RegionKind.FULL, pdq=_pdq(field), dhash=dhash, quality=quality)


def _field(random: np.random.Generator) -> NDArray[np.float64]:
    """(64, 64): noise whose strength falls with the frequency, as in photos."""
    across, down = np.fft.rfftfreq(_SIDE), np.fft.fftfreq(_SIDE)[:, None]
    frequency = np.maximum(np.hypot(across, down), 1 / _SIDE)
    noise = np.fft.rfft2(random.standard_normal((_SIDE, _SIDE)))
    field: NDArray[np.float64] = np.fft.irfft2(noise / frequency**1.2, (_SIDE, _SIDE))
    return field


def _pdq(field: NDArray[np.float64]) -> Hash:
    """Which of 256 low frequencies are above their median: 128 of them."""
    frequency, place = np.arange(1, _LOW + 1)[:, None], 2 * np.arange(_SIDE) + 1
    waves = np.cos(np.pi / (2 * _SIDE) * frequency * place)
    strengths = (waves @ field @ waves.T).ravel()[::-1]
    return Hash(Algorithm.PDQ, np.packbits(strengths > np.median(strengths)).tobytes())


def _dhash(field: NDArray[np.float64]) -> Hash:
    """Where it gets brighter from left to right."""
    rows = field.reshape(_LOW, -1, _SIDE).mean(axis=1)
    edges = np.linspace(0, _SIDE, _LOW + 2)
    middles = (edges[:-1] + edges[1:]) / 2 - 0.5
    means = np.stack([np.interp(middles, np.arange(_SIDE), row) for row in rows])
    return Hash(Algorithm.DHASH, np.packbits(np.diff(means, axis=1) > 0).tobytes())

"""How much of a photo a linear decoder gets back from what is stored of it.

Ridge regression from the stored bits to the 64x64 luma, learned on the negatives and their
mirrored, flipped and cut copies, tried on reported photos. A learned decoder does better: the
figures compare one set of signatures with another, they promise nothing.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.robustness.photo_set import Photo, read
from hashsvc.errors import PhotoTooFlatError
from hashsvc.hashers.luma import luma
from hashsvc.hashes import Hash
from hashsvc.hashing import enrolment_signatures
from hashsvc.pixels import Pixels
from hashsvc.signatures import RegionKind, Signature

TRIED_PHOTOS = 60
_BITS = 256
_PENALTIES = (1e2, 3e2, 1e3, 3e3, 1e4, 3e4)
_HELD_BACK = 8  # every eighth learning photo chooses the penalty
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Known:
    """What an attacker holds of one photo: how many signatures, with or without dHash."""

    name: str
    signatures: int
    dhash: bool
    anchors: int = 0


SETS = (
    Known("1 PDQ", 1, dhash=False),
    Known("1 PDQ + 1 dHash", 1, dhash=True),
    Known("9 PDQ (full and crops)", 9, dhash=False),
    Known("9 PDQ + 9 dHash", 9, dhash=True),
    Known("all stored: 9 and up to 6 anchors, both hashes", 9, dhash=True, anchors=6),
)


@dataclass(frozen=True, slots=True)
class Leak:
    """Correlation of the reconstruction with the luma, over the tried photos."""

    known: str
    p10: float
    median: float
    p90: float


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One photo: what is stored of it and what it looks like."""

    signatures: tuple[Signature, ...]
    luma: Reals  # (4096,), without its mean


def leaks(learn: Sequence[Path], try_on: Sequence[Path], workers: Executor) -> list[Leak]:
    """Learn on some photos, try on others, once for each set in `SETS`."""
    learned = [one for of_photo in workers.map(_varied, learn) for one in of_photo]
    tried = [one for of_photo in workers.map(_plain, try_on[:TRIED_PHOTOS]) for one in of_photo]
    return [_leak(known, learned, tried) for known in SETS]


def _plain(path: Path) -> list[Example]:
    return _examples([read(path)])


def _varied(path: Path) -> list[Example]:
    photo = read(path)
    height, width = photo.shape[:2]
    cuts = [photo[: height * 3 // 4, : width * 3 // 4], photo[height // 4 :, width // 4 :]]
    return _examples([photo, photo[:, ::-1], photo[::-1], *cuts])


def _examples(photos: Sequence[Photo]) -> list[Example]:
    found = []
    for photo in photos:
        pixels = Pixels(np.ascontiguousarray(photo))
        seen = luma(pixels).astype(np.float64).ravel()
        try:
            found.append(Example(enrolment_signatures(pixels), seen - seen.mean()))
        except PhotoTooFlatError:
            continue
    return found


def _leak(known: Known, learned: Sequence[Example], tried: Sequence[Example]) -> Leak:
    bits = np.stack([_features(one.signatures, known) for one in learned])
    seen = np.stack([one.luma / max(one.luma.std(), 1.0) for one in learned])
    held = np.arange(len(bits)) % _HELD_BACK == 0
    scores = {
        penalty: np.median(
            _correlations(_decoder(bits[~held], seen[~held], penalty), bits[held], seen[held])
        )
        for penalty in _PENALTIES
    }
    decoder = _decoder(bits, seen, max(scores, key=lambda penalty: scores[penalty]))
    asked = np.stack([_features(one.signatures, known) for one in tried])
    found = _correlations(decoder, asked, np.stack([one.luma for one in tried]))
    p10, median, p90 = np.percentile(found, (10, 50, 90)).tolist()
    return Leak(known.name, p10, median, p90)


def _features(signatures: Sequence[Signature], known: Known) -> Reals:
    """Bits as -1 and 1, one place for each signature; 0 where a photo has fewer."""
    fixed = [one for one in signatures if one.region is not RegionKind.ANCHOR]
    anchors = [one for one in signatures if one.region is RegionKind.ANCHOR]
    width = _BITS * (2 if known.dhash else 1)
    places = np.zeros((known.signatures + known.anchors, width))
    for place, one in enumerate(fixed[: known.signatures]):
        places[place] = _signs(one, dhash=known.dhash)
    for place, one in enumerate(anchors[: known.anchors], start=known.signatures):
        places[place] = _signs(one, dhash=known.dhash)
    return places.ravel()


def _signs(signature: Signature, *, dhash: bool) -> Reals:
    pdq = _signs_of(signature.pdq)
    return np.concatenate([pdq, _signs_of(signature.dhash)]) if dhash else pdq


def _signs_of(hash_: Hash | None) -> Reals:
    if hash_ is None:
        return np.zeros(_BITS)
    bits = np.unpackbits(np.frombuffer(hash_.digest, np.uint8)).astype(np.float64)
    return np.asarray(2 * bits - 1)


def _decoder(bits: Reals, seen: Reals, penalty: float) -> Reals:
    """(features, 4096): ridge regression, solved on the side that is smaller."""
    if len(bits) < bits.shape[1]:
        gram = bits @ bits.T + penalty * np.eye(len(bits))
        return np.asarray(bits.T @ np.linalg.solve(gram, seen))
    gram = bits.T @ bits + penalty * np.eye(bits.shape[1])
    return np.asarray(np.linalg.solve(gram, bits.T @ seen))


def _correlations(decoder: Reals, bits: Reals, seen: Reals) -> Reals:
    guessed = bits @ decoder
    guessed -= guessed.mean(axis=1, keepdims=True)
    above = (guessed * seen).sum(axis=1)
    return np.asarray(
        above / (np.linalg.norm(guessed, axis=1) * np.linalg.norm(seen, axis=1) + 1e-9)
    )

"""The photos of one run, split into reported ones and negatives."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hashsvc.errors import PhotoError
from hashsvc.photos import decode

Photo = NDArray[np.uint8]  # (height, width, 3), red, green, blue
LEAST_PHOTOS = 200
_LONG_SIDE = 640  # pixels: larger photos are reduced to it
_COMPANIONS = 3  # in a collage


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Paths only: each process decodes what it works on."""

    reported: tuple[Path, ...]
    negatives: tuple[Path, ...]
    companions: tuple[tuple[Path, ...], ...]  # for each reported photo, three negatives
    digest: str  # SHA-256 over the digests of the files, in their order


class TooFewPhotosError(Exception):
    """The folder holds fewer than 200 different photos."""


def photo_set(folder: Path, *, reported: int | None, seed: int) -> PhotoSet:
    """Split the readable photos below a folder; the same folder and seed give the same split.

    Args:
        folder: searched with everything below it.
        reported: how many; default 150, or a tenth where that is less.
        seed: of the shuffle.

    Raises:
        TooFewPhotosError: fewer than 200 different photos.
    """
    found = dict(_different_photos(folder))
    if len(found) < LEAST_PHOTOS:
        raise TooFewPhotosError(f"{len(found)} different photos; at least {LEAST_PHOTOS} needed")
    paths = list(found.values())
    random.Random(seed).shuffle(paths)
    count = reported or min(150, len(paths) // 10)
    negatives = tuple(paths[count:])
    draw = random.Random(5)
    companions = tuple(tuple(draw.sample(negatives, _COMPANIONS)) for _ in range(count))
    digest = hashlib.sha256("".join(found).encode()).hexdigest()
    return PhotoSet(tuple(paths[:count]), negatives, companions, digest)


def read(path: Path) -> Photo:
    """Decode a photo, reduced to at most 640 pixels on its longer side."""
    photo = np.ascontiguousarray(decode(path).rgb())
    height, width = photo.shape[:2]
    scale = _LONG_SIDE / max(height, width)
    if scale >= 1:
        return photo
    size = (round(width * scale), round(height * scale))
    return cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(np.uint8)


def _different_photos(folder: Path) -> Iterator[tuple[str, Path]]:
    seen: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest in seen:
            continue
        try:
            decode(path)
        except PhotoError:
            continue
        seen.add(digest)
        yield digest, path

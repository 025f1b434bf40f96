"""Photos that scikit-image brings, and pages and borders to lay round them."""

from pathlib import Path

import cv2
import numpy as np
import skimage
from numpy.typing import NDArray

from hashsvc.pixels import Box, ChannelOrder, Pixels

Samples = NDArray[np.uint8]
PHOTOS = ("astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg", "motorcycle_left.png")


def photo(name: str) -> Samples:
    """(height, width, 3) BGR."""
    return cv2.imread(str(Path(skimage.__file__).parent / "data" / name), cv2.IMREAD_COLOR)


def bgr(samples: Samples) -> Pixels:
    return Pixels(samples, ChannelOrder.BGR)


def flat(width: int, height: int, level: int = 128) -> Samples:
    return np.full((height, width, 3), level, np.uint8)


def noise(width: int, height: int, seed: int) -> Samples:
    """Soft random blobs: every level and shape, nothing regular."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 9 + 2, width // 9 + 2, 3), np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def bordered(inner: Samples, ground: Samples, x: int, y: int) -> tuple[Samples, Box]:
    """A picture laid on a ground, and where it lies."""
    out = ground.copy()
    height, width = inner.shape[:2]
    out[y : y + height, x : x + width] = inner
    return out, Box(x, y, x + width, y + height)


def blurred_ground(inner: Samples, width: int, height: int) -> Samples:
    """The picture itself, enlarged and blurred, as apps fill the space round it."""
    return cv2.GaussianBlur(cv2.resize(inner, (width, height)), (0, 0), inner.shape[1] / 25)


def farthest_edge(one: Box, other: Box) -> int:
    """Pixels by which the worst of the four edges differs."""
    pairs = (
        (one.x0, other.x0),
        (one.y0, other.y0),
        (one.x1, other.x1),
        (one.y1, other.y1),
    )
    return max(abs(a - b) for a, b in pairs)

"""Real, public-domain photos, and what people do to them before they post them again."""

from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

Photo = NDArray[np.uint8]  # (height, width, 3), as OpenCV reads it
REPORTED = ("astronaut.png", "coffee.png", "rocket.jpg")
UNRELATED = ("chelsea.png", "hubble_deep_field.jpg", "motorcycle_left.png")


def photo_path(name: str) -> Path:
    """Where scikit-image keeps one of its photos."""
    return Path(skimage.data.__file__).with_name(name)


def read(name: str) -> Photo:
    """One of its photos, decoded."""
    return _decoded(np.fromfile(photo_path(name), np.uint8))


def _decoded(encoded: NDArray[np.uint8]) -> Photo:
    pixels = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("these bytes are no photo")
    return pixels.astype(np.uint8)


def _recompressed(photo: Photo) -> Photo:
    _, encoded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 40])
    return _decoded(encoded)


def _halved(photo: Photo) -> Photo:
    return cv2.resize(photo, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8)


COPIES: Mapping[str, Callable[[Photo], Photo]] = {
    "the original": lambda photo: photo,
    "recompressed (JPEG 40)": _recompressed,
    "resized to a half": _halved,
    "mirrored": lambda photo: photo[:, ::-1],
    "rotated by 90 degrees": np.rot90,
}

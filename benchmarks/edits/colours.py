"""Light and colour."""

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.edits.edit import Photo

_SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])


def rounded(values: NDArray[np.floating]) -> Photo:
    """The nearest 8-bit values."""
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def brightness(photo: Photo, *, percent: int) -> Photo:
    """Add a percentage of 128."""
    return rounded(photo + 1.28 * percent)


def contrast(photo: Photo, *, percent: int) -> Photo:
    """Move away from, or towards, the middle grey."""
    return rounded((photo - 128.0) * (1 + percent / 100) + 128)


def saturation(photo: Photo, *, percent: int) -> Photo:
    """Move away from, or towards, each pixel's own grey."""
    grey = greyscale(photo).astype(np.float64)
    return rounded(grey + (photo - grey) * (1 + percent / 100))


def gamma(photo: Photo, *, percent: int) -> Photo:
    """Lift (above 0) or press the middle tones."""
    return rounded(255 * (photo / 255) ** (1 / (1 + percent / 100)))


def greyscale(photo: Photo) -> Photo:
    """Luma in all three channels."""
    return _grey(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False))


def sepia(photo: Photo) -> Photo:
    """Brown, like an old print."""
    return rounded(photo @ _SEPIA.T)


def warm_tint(photo: Photo) -> Photo:
    """More red, less blue, and a veil."""
    return rounded(photo * np.array([1.1, 0.95, 0.8]) + np.array([15, 0, 20]))


def vignette(photo: Photo) -> Photo:
    """Dark towards the corners."""
    height, width = photo.shape[:2]
    down, across = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    light = np.clip(1.1 - 0.45 * (across**2 + down**2), 0, 1)
    return rounded(photo * light[:, :, None])


def equalised(photo: Photo) -> Photo:
    """Grey, with all tones equally frequent."""
    luma = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    return _grey(cv2.equalizeHist(luma).astype(np.uint8, copy=False))


def inverted(photo: Photo) -> Photo:
    """The negative."""
    return 255 - photo


def _grey(luma: NDArray[np.uint8]) -> Photo:
    return np.repeat(luma[:, :, None], 3, axis=2)

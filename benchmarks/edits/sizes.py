"""A photo in another size."""

import cv2
import numpy as np

from benchmarks.edits.edit import Photo


def resized(photo: Photo, width: int, height: int, *, how: int = cv2.INTER_LINEAR) -> Photo:
    """Resize to a size in pixels; the aspect may change."""
    size = (max(1, width), max(1, height))
    return cv2.resize(photo, size, interpolation=how).astype(np.uint8, copy=False)


def scaled(photo: Photo, *, factor: float, how: int) -> Photo:
    """Resize by a factor."""
    height, width = photo.shape[:2]
    return resized(photo, round(width * factor), round(height * factor), how=how)


def with_long_side(photo: Photo, *, pixels: int) -> Photo:
    """Resize, by area if it gets smaller, cubic if it gets larger."""
    factor = pixels / max(photo.shape[:2])
    return scaled(photo, factor=factor, how=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def within(photo: Photo, *, width: int, height: int) -> Photo:
    """Resize to the largest size that fits a frame."""
    factor = min(width / photo.shape[1], height / photo.shape[0])
    return scaled(photo, factor=factor, how=cv2.INTER_LINEAR)


def stretched(photo: Photo, *, factor: float) -> Photo:
    """Make a photo wider by a factor."""
    height, width = photo.shape[:2]
    return resized(photo, round(width * factor), height)


def pixelated(photo: Photo, *, across: int, down: int) -> Photo:
    """Show a photo in so many squares."""
    height, width = photo.shape[:2]
    small = resized(photo, across, down, how=cv2.INTER_AREA)
    return resized(small, width, height, how=cv2.INTER_NEAREST)

"""A photo saved in a file format and opened again."""

from collections.abc import Sequence

import cv2
import numpy as np

from benchmarks.edits.edit import Photo


def jpeg(photo: Photo, *, quality: int) -> Photo:
    """Save as JPEG; quality 0 to 100."""
    return _saved(photo, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, quality])


def webp(photo: Photo, *, quality: int) -> Photo:
    """Save as lossy WebP; quality 1 to 100."""
    return _saved(photo, ".webp", [cv2.IMWRITE_WEBP_QUALITY, quality])


def png(photo: Photo) -> Photo:
    """Save as PNG, which changes nothing."""
    return _saved(photo, ".png", [])


def _saved(photo: Photo, suffix: str, settings: Sequence[int]) -> Photo:
    # OpenCV's files hold blue, green, red.
    _, data = cv2.imencode(suffix, cv2.cvtColor(photo, cv2.COLOR_RGB2BGR), settings)
    opened = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if opened is None:
        raise ValueError(f"OpenCV cannot open its own {suffix}")
    return cv2.cvtColor(opened, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)

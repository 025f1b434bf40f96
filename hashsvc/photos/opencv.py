"""OpenCV as a JPEG decoder: a third faster than Pillow, and faster still into our own memory."""

import os
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

_FLAGS = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
_HAS_MEMORY_FILES = hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir()
# Rows are written from top to bottom: while the last one still holds this, decoding broke off.
_MARK = 0xA5


def decode_jpeg(body: bytes, *, height: int, width: int) -> NDArray[np.uint8] | None:
    """The colours of a JPEG of this size, as stored, not turned.

    Returns:
        (height, width, 3) in the order blue, green, red; None where OpenCV cannot read it.
    """
    samples = _decode_into_memory_of_ours(body, height, width) if _HAS_MEMORY_FILES else None
    if samples is None:
        decoded = cv2.imdecode(np.frombuffer(body, np.uint8), _FLAGS)
        samples = None if decoded is None else np.asarray(decoded, np.uint8)
    return samples if samples is not None and samples.shape == (height, width, 3) else None


def _decode_into_memory_of_ours(body: bytes, height: int, width: int) -> NDArray[np.uint8] | None:
    """Spare the copy that `imdecode` makes of a decoded photo: a third of its time.

    Only `imread` takes an array to fill, and only from a file: one without a name, in memory.
    It leaves the array as it was where it fails, and says nothing.
    """
    samples = np.empty((height, width, 3), np.uint8)
    samples[-1] = _MARK
    try:
        memory_file = os.memfd_create("photo")
    except OSError:  # a scan's child may make no file, not even in memory
        return None
    try:
        with os.fdopen(memory_file, "wb", closefd=False) as file:
            file.write(body)
        filled = cv2.imread(f"/proc/self/fd/{memory_file}", samples, _FLAGS)
    except cv2.error:  # of another size than its header says, or an OpenCV without this call
        return None
    finally:
        os.close(memory_file)
    return samples if filled is samples and (samples[-1] != _MARK).any() else None

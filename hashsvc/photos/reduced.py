"""A JPEG at a fraction of its size, in grey: for estimates in a scan, never for a hash that counts.

Decoding the compressed colours takes the same time at every size; what comes after is spared.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from hashsvc.photos.jpeg import JpegHeader, read_header

MIN_REDUCED_SIDE = 256  # pixels; below, an estimate may be 36 bits off instead of 4
_TURNED_ASIDE = 5  # EXIF orientations from here on make rows of columns
_FLAGS = {
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    1: cv2.IMREAD_GRAYSCALE,
}


@dataclass(frozen=True, slots=True, eq=False)
class ReducedPhoto:
    """The brightness of a photo as stored, not turned; each sample the mean of a square."""

    samples: NDArray[np.uint8] = field(repr=False)  # (stored_height / divisor, ...), rounded up
    stored_height: int  # pixels of the photo itself
    stored_width: int
    divisor: int  # side of the squares: 1, 2, 4 or 8
    orientation: int  # EXIF, 1 to 8

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the photo once it is turned upright."""
        size = self.stored_width, self.stored_height
        return size[::-1] if self.orientation >= _TURNED_ASIDE else size


def decode_reduced(body: bytes, *, max_pixels: int) -> ReducedPhoto | None:
    """The brightness of a sound JPEG of some size; None for any other file.

    None is no verdict on the file: `decode` then says what it is.

    Args:
        body: the file.
        max_pixels: of the photo itself.
    """
    header = read_header(body)
    if header is None or header.width * header.height > max_pixels:
        return None
    if min(header.width, header.height) < MIN_REDUCED_SIDE:
        return None
    divisor = divisor_of(header)
    try:
        samples = cv2.imdecode(
            np.frombuffer(body, np.uint8), _FLAGS[divisor] | cv2.IMREAD_IGNORE_ORIENTATION
        )
    except cv2.error:
        return None
    shape = -(-header.height // divisor), -(-header.width // divisor)
    if samples is None or samples.shape != shape:
        return None
    grey = np.asarray(samples, np.uint8)
    return ReducedPhoto(grey, header.height, header.width, divisor, header.orientation)


def divisor_of(header: JpegHeader) -> int:
    """The largest that leaves a short side of at least 256 pixels."""
    short = min(header.width, header.height)
    return next(one for one in _FLAGS if short >= one * MIN_REDUCED_SIDE or one == 1)

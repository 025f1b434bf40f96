"""A photo file to canonical pixels: upright, RGB 8 bit, no colour management, never scaled.

Whoever turns a file into pixels in another way gets other hashes, so this is the only way.
"""

import os
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pi_heif import HeifImageFile  # type: ignore[import-untyped]
from PIL import Image

from hashsvc.errors import (
    NotAPhotoError,
    PhotoError,
    PhotoTooLargeError,
    PhotoTooSmallError,
    UnreadablePhotoError,
)
from hashsvc.photos.colours import rgb_of
from hashsvc.photos.exif import UPRIGHT, orientation_of
from hashsvc.photos.formats import PhotoFormat, format_of
from hashsvc.photos.jpeg import read_header
from hashsvc.photos.opencv import decode_jpeg
from hashsvc.photos.quiet import no_warnings
from hashsvc.pixels import ChannelOrder, Pixels

MAX_PIXELS = 128_000_000  # phones make 108 million; 384 MB once decoded
MAX_FILE_BYTES = 1 << 30  # 16 bits a colour, uncompressed, at MAX_PIXELS
MIN_SIDE = 5  # pixels; PDQ is not defined below
_OPENING_BYTES = 256
_DAMAGED = "The file starts like a photo, but it is damaged or cut short."


def decode(source: Path | bytes, *, max_pixels: int = MAX_PIXELS) -> Pixels:
    """Read a photo; of several frames the first.

    Args:
        source: a file, or what it holds. The name plays no part.
        max_pixels: a photo that says it has more is refused before it is decoded. Pillow has a
            limit of its own at 179 million.

    Raises:
        NotAPhotoError: nothing, or no format that is read here.
        UnreadablePhotoError: damaged, cut short, or not to be opened.
        PhotoTooLargeError: more pixels than `max_pixels`.
        PhotoTooSmallError: a side of fewer than 5 pixels.
    """
    body = _read(source) if isinstance(source, Path) else source
    format_ = _known_format(body)
    try:
        with no_warnings():
            return _decode(body, format_, max_pixels)
    except PhotoError:
        raise
    except Image.DecompressionBombError as error:
        raise PhotoTooLargeError("The photo has more pixels than are read here.") from error
    except Exception as error:
        # Broken files make decoders raise nearly anything.
        raise UnreadablePhotoError(_DAMAGED) from error


def image_of(pixels: Pixels) -> Image.Image:
    """The pixels as a Pillow image, for algorithms that ask for one."""
    return Image.fromarray(np.ascontiguousarray(pixels.rgb()))


def _read(path: Path) -> bytes:
    """The bytes of a file; only its opening where that is none of a photo."""
    try:
        if path.is_dir():
            raise NotAPhotoError("This is a folder, not a photo.")
        if not path.is_file() and path.exists():
            raise NotAPhotoError("This is a device or a pipe, not a photo.")
        with path.open("rb") as file:
            opening = file.read(_OPENING_BYTES)
            _known_format(opening)
            if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
                raise PhotoTooLargeError("The file is larger than 1 GiB, more than a photo needs.")
            return opening + file.read()
    except FileNotFoundError as error:
        raise UnreadablePhotoError("There is no such file.") from error
    except PermissionError as error:
        raise UnreadablePhotoError("You do not have permission to read this file.") from error
    except OSError as error:
        raise UnreadablePhotoError("The file could not be read.") from error


def _known_format(body: bytes) -> PhotoFormat:
    if not body:
        raise NotAPhotoError("The file is empty.")
    format_ = format_of(body)
    if format_ is None:
        raise NotAPhotoError(
            "This is not a photo of a kind that is read here:"
            " JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC."
        )
    return format_


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise PhotoTooLargeError(f"The photo has more than {max_pixels / 1e6:g} million pixels.")
    if min(width, height) < MIN_SIDE:
        raise PhotoTooSmallError(f"The photo is less than {MIN_SIDE} pixels wide or high.")


def _decode(body: bytes, format_: PhotoFormat, max_pixels: int) -> Pixels:
    header = read_header(body) if format_ is PhotoFormat.JPEG else None
    if header is not None:
        _check_size(header.width, header.height, max_pixels)
        samples = decode_jpeg(body, height=header.height, width=header.width)
        if samples is not None:
            return Pixels(_upright(samples, header.orientation), ChannelOrder.BGR)
    return Pixels(_decode_any(body, format_, max_pixels))


def _decode_any(body: bytes, format_: PhotoFormat, max_pixels: int) -> NDArray[np.uint8]:
    """(height, width, 3) in the order red, green, blue."""
    with _open(body, format_) as image:
        _check_size(image.width, image.height, max_pixels)
        samples = rgb_of(image)
        # A PNG may hold its EXIF behind its colours: not known before.
        exif = image.info.get("exif") or b""
    # Pillow turns TIFF itself.
    orientation = UPRIGHT if format_ is PhotoFormat.TIFF else orientation_of(exif)
    return _upright(samples, orientation)


def _open(body: bytes, format_: PhotoFormat) -> Image.Image:
    if format_ is PhotoFormat.HEIC:
        # Not registered with Pillow: that would change what others in this process can open.
        heic: Image.Image = HeifImageFile(BytesIO(body))
        return heic
    return Image.open(BytesIO(body), formats=[format_.value])


def _upright(samples: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo how the camera was held.

    Args:
        samples: (height, width, 3).
        orientation: EXIF, 1 to 8.
    """
    transposed = orientation >= 5
    if transposed:
        samples = np.asarray(cv2.transpose(samples), np.uint8)
    around = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return samples if around is None else np.asarray(cv2.flip(samples, around), np.uint8)

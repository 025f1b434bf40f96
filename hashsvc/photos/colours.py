"""Any kind of colours to RGB 8 bit, without colour management, transparency over white."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Samples = NDArray[np.uint8]
_DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_BITS_PER_SAMPLE, _SAMPLE_FORMAT = 258, 339  # TIFF tags
_UNSIGNED = 1
_ROWS_AT_ONCE = 256  # keeps the widened copy of a photo small


def rgb_of(image: Image.Image) -> Samples:
    """(height, width, 3): the colours of an image as stored, not turned.

    Raises:
        Exception: of any type, where the file is damaged.
    """
    _narrow_transparent_colour(image)
    image.load()
    if image.mode in _DEEP_MODES:
        return _deep_grey(image)
    if image.has_transparency_data:
        return over_white(_array(image.convert("RGBA")))
    return _array(image.convert("RGB"))


def _array(image: Image.Image) -> Samples:
    return np.asarray(image, np.uint8)


def over_white(rgba: Samples) -> Samples:
    """(height, width, 3) from (height, width, 4): what shows on a white page."""
    rgb = np.empty((*rgba.shape[:2], 3), np.uint8)
    for start in range(0, len(rgba), _ROWS_AT_ONCE):
        rows = rgba[start : start + _ROWS_AT_ONCE].astype(np.uint16)
        alpha = rows[:, :, 3:]
        rgb[start : start + _ROWS_AT_ONCE] = (rows[:, :, :3] * alpha + 127) // 255 + 255 - alpha
    return rgb


def _deep_grey(image: Image.Image) -> Samples:
    """Grey of more than 8 bits: its high byte; Pillow's own conversion would clip at 255."""
    deep = np.asarray(image)
    grey = _float_grey(deep) if image.mode == "F" else _integer_grey(deep, image)
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey[deep == transparent] = 255
    return np.repeat(grey[:, :, None], 3, axis=2)


def _integer_grey(deep: NDArray[np.generic], image: Image.Image) -> Samples:
    bits, unsigned = 16, True
    if image.mode == "I":
        tags = getattr(image, "tag_v2", {})
        bits = tags.get(_BITS_PER_SAMPLE, (32,))[0]
        unsigned = tags.get(_SAMPLE_FORMAT, (_UNSIGNED,))[0] == _UNSIGNED
    if bits == 32 and unsigned:
        deep = deep.view(np.uint32)  # Pillow holds it as signed
    return np.asarray(np.clip(deep.astype(np.int64) >> (bits - 8), 0, 255), np.uint8)


def _float_grey(deep: NDArray[np.float32]) -> Samples:
    """0.0 to 1.0, as photo software writes; a file that goes beyond 1 counts in grey levels."""
    known = np.where(np.isfinite(deep), deep, np.float32(0))
    scale = 255 if known.max(initial=0) <= 1 else 1
    return np.asarray(np.clip(np.rint(known * scale), 0, 255), np.uint8)


def _narrow_transparent_colour(image: Image.Image) -> None:
    """Pillow keeps the high bytes of 16-bit colours but both bytes of the transparent one."""
    colour = image.info.get("transparency")
    tile = getattr(image, "tile", None)
    if isinstance(colour, tuple) and tile and tile[0].args == "RGB;16B":
        image.info["transparency"] = tuple(sample >> 8 for sample in colour)

"""Pictures that can be drawn from a few numbers, in any language, without a file.

A picture is a ground and rectangles on it. Each is filled with one colour or with a formula.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashsvc.pixels import Pixels

Fill = dict[str, Any]  # {"colour": [red, green, blue]} or {"formula": k}


def _drawn(width: int, height: int, ground: Fill, *rectangles: Fill) -> dict[str, Any]:
    return {"width": width, "height": height, "ground": ground, "rectangles": list(rectangles)}


def _rectangle(x0: int, y0: int, x1: int, y1: int, **fill: Any) -> Fill:
    return {"box": [x0, y0, x1, y1], **fill}


_DARK = [24, 26, 30]
_MIDDLE = [118, 120, 112]
_LIGHT = [232, 226, 214]
_TILES = [
    _rectangle(80 * i, 60 * j, 80 * i + 76, 60 * j + 56, formula=1 + (i + j) % 3)
    for i in range(5)
    for j in range(5)
]

PICTURES: dict[str, dict[str, Any]] = {
    "formula 200x129": _drawn(200, 129, {"formula": 3}),
    "formula 533x300": _drawn(533, 300, {"formula": 2}),
    "formula 640x480": _drawn(640, 480, {"formula": 3}),
    "formula 750x1000": _drawn(750, 1000, {"formula": 1}),
    "formula 2017x1501": _drawn(2017, 1501, {"formula": 1}),
    "objects": _drawn(
        640,
        427,
        {"colour": _MIDDLE},
        _rectangle(60, 50, 300, 240, colour=_DARK),
        _rectangle(110, 90, 230, 190, colour=_LIGHT),
        _rectangle(360, 120, 560, 380, formula=1),
        _rectangle(90, 290, 330, 390, colour=_LIGHT),
    ),
    "letterbox": _drawn(540, 960, {"colour": [0, 0, 0]}, _rectangle(0, 300, 540, 660, formula=1)),
    "page": _drawn(
        540,
        1170,
        {"colour": [255, 255, 255]},
        _rectangle(20, 60, 120, 90, colour=_DARK),
        _rectangle(0, 150, 540, 555, formula=2),
        _rectangle(20, 600, 420, 615, colour=_DARK),
        _rectangle(20, 640, 380, 655, colour=_DARK),
    ),
    "collage 2x2": _drawn(
        800,
        600,
        {"formula": 1},
        _rectangle(400, 0, 800, 300, formula=2),
        _rectangle(0, 300, 400, 600, formula=3),
        _rectangle(400, 300, 800, 600, colour=_LIGHT),
        _rectangle(500, 350, 700, 520, colour=_DARK),
    ),
    "collage 5x5": _drawn(400, 300, {"colour": [255, 255, 255]}, *_TILES),
    "panorama": _drawn(2000, 100, {"formula": 1}),
    "small": _drawn(50, 40, {"formula": 1}),
    "flat": _drawn(320, 240, {"colour": _MIDDLE}),
    "line": _drawn(320, 240, {"colour": _LIGHT}, _rectangle(0, 120, 320, 121, colour=_DARK)),
}


def draw(picture: dict[str, Any]) -> Pixels:
    """Draw a picture of `PICTURES`."""
    samples = _filled(picture["width"], picture["height"], picture["ground"])
    for rectangle in picture["rectangles"]:
        x0, y0, x1, y1 = rectangle["box"]
        samples[y0:y1, x0:x1] = _filled(x1 - x0, y1 - y0, rectangle)
    return Pixels(samples)


def _filled(width: int, height: int, fill: Fill) -> NDArray[np.uint8]:
    if "colour" in fill:
        return np.full((height, width, 3), fill["colour"], np.uint8)
    return _formula(width, height, fill["formula"])


def _formula(width: int, height: int, k: int) -> NDArray[np.uint8]:
    """The formula pictures of the hash conformance vectors; x and y count inside the rectangle."""
    x, y = np.arange(width)[np.newaxis], np.arange(height)[:, np.newaxis]
    around = width + height
    red = 3 * x * x // width + 5 * y * y // height + k * x * y // around
    green = 7 * k * x // 5 + 2 * y * y // height
    blue = k * (x - y) ** 2 // around + 3 * y
    turns = np.stack(np.broadcast_arrays(red, green, blue), axis=2) % 512
    return np.where(turns < 256, turns, 511 - turns).astype(np.uint8)

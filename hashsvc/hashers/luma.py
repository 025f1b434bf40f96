"""The 64x64 luma that every hash is read from, as a linear operator on the pixels.

PDQ smooths a photo twice with a box along each axis, then keeps every n/64-th pixel. Both steps
are linear and separable, so 64 weighted sums of rows and 64 of columns do the same without ever
holding the photo as floats: `luma = rows @ y @ columns.T`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hashsvc.hashers.axes import SIDE, Floats, axis
from hashsvc.hashers.sums import Strip, across, row_sums, weighted
from hashsvc.orientations import Orientation
from hashsvc.pixels import Box, ChannelOrder, Pixels

MIN_SIDE = 5  # of a photo, in pixels; PDQ is all zeros below
MAX_QUALITY = 100
_SMALL_SAMPLES = 1_000_000  # as floats, a few times 4 MB
_LUMAS_TOGETHER = 16  # as much as a processor keeps close by
_LUMA_WEIGHTS = {
    ChannelOrder.RGB: np.array([0.299, 0.587, 0.114], np.float32),
    ChannelOrder.BGR: np.array([0.114, 0.587, 0.299], np.float32),
    ChannelOrder.GREY: np.array([1], np.float32),
}


def luma(pixels: Pixels) -> Floats:
    """The luma of a photo or of a part of it.

    Returns:
        (64, 64), 0 to 255; all 0 where the short side is below 5 pixels.
    """
    return lumas(pixels, [pixels.box])[0]


def lumas(pixels: Pixels, boxes: Sequence[Box]) -> list[Floats]:
    """The lumas of several parts of a photo; parts of the same rows share their sums.

    Returns:
        One for each box, in their order, as `luma` describes.
    """
    large_enough = [box for box in boxes if min(box.height, box.width) >= MIN_SIDE]
    shared: dict[tuple[int, int], list[Box]] = {}
    for box in large_enough:
        shared.setdefault((box.y0, box.y1), []).append(box)
    found = dict.fromkeys(boxes, np.zeros((SIDE, SIDE), np.float32))
    strips = [_strip(of_rows) for of_rows in shared.values()]
    sums = row_sums(pixels.samples, strips) if strips else []
    for of_rows, strip, of_strip in zip(shared.values(), strips, sums, strict=True):
        grey = _grey(of_strip, pixels.order)
        for box in of_rows:
            found[box] = across(grey[:, box.x0 - strip.left : box.x1 - strip.left], axis(box.width))
    return [found[box] for box in boxes]


def _strip(boxes: Sequence[Box]) -> Strip:
    """What boxes of the same rows have in common."""
    left, right = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    return Strip(axis(boxes[0].height), boxes[0].y0, left, right)


def oriented_lumas(pixels: Pixels) -> dict[Orientation, Floats]:
    """The luma of a photo turned and mirrored in all eight ways, without turning the photo.

    Returns:
        Upright first; each (64, 64), equal to `luma` of the truly turned pixels.
    """
    if min(pixels.height, pixels.width) < MIN_SIDE:
        return dict.fromkeys(Orientation, np.zeros((SIDE, SIDE), np.float32))
    down, up = (_grey(sums, pixels.order) for sums in _sums_both_ways(pixels))
    rightwards, leftwards = axis(pixels.width), axis(pixels.width, turned=True)
    none, mirror = across(down, rightwards), across(down, leftwards)
    flip, rot180 = across(up, rightwards), across(up, leftwards)
    return {
        Orientation.NONE: none,
        Orientation.MIRROR: mirror,
        Orientation.FLIP: flip,
        Orientation.ROT180: rot180,
        Orientation.ROT90: np.ascontiguousarray(flip.T),
        Orientation.ROT270: np.ascontiguousarray(mirror.T),
        Orientation.TRANSPOSE: np.ascontiguousarray(none.T),
        Orientation.TRANSVERSE: np.ascontiguousarray(rot180.T),
    }


def _sums_both_ways(pixels: Pixels) -> tuple[Floats, Floats]:
    """Weighted sums of rows read from the top and from the bottom."""
    down, up = (axis(pixels.height, turned=turned) for turned in (False, True))
    if pixels.samples.size <= _SMALL_SAMPLES:
        rows = pixels.samples.reshape(pixels.height, -1)
        return weighted(down, rows), weighted(up, rows)
    strips = [Strip(one, 0, 0, pixels.width) for one in (down, up)]
    first, second = row_sums(pixels.samples, strips)
    return first, second


def _grey(sums: Floats, order: ChannelOrder) -> Floats:
    """(64, width) from (64, samples a pixel * width): the colours become one."""
    weights = _LUMA_WEIGHTS[order]
    colours = sums.reshape(SIDE, -1, len(weights))
    grey: Floats = colours[:, :, 0] * weights[0]
    for place, weight in enumerate(weights[1:], start=1):
        grey += colours[:, :, place] * weight
    return grey


def quality(buffer: Floats) -> int:
    """How much detail one luma has, 0 to 100; see `qualities`."""
    return qualities(buffer[None])[0]


def qualities(buffers: Floats) -> list[int]:
    """How much detail each luma has: PDQ's measure, the sum of steps between neighbours.

    Args:
        buffers: (n, 64, 64).

    Returns:
        n times 0 to 100.
    """
    steps = [
        step
        for first in range(0, len(buffers), _LUMAS_TOGETHER)
        for step in _steps(buffers[first : first + _LUMAS_TOGETHER]).tolist()
    ]
    return [min(MAX_QUALITY, step // 90) for step in steps]


def _steps(buffers: Floats) -> NDArray[np.int64]:
    """(n,): the steps between neighbours, each in whole hundredths of the brightest, summed."""
    sums = np.zeros(len(buffers), np.int64)
    for along in (1, 2):
        steps = np.diff(buffers, axis=along)
        steps *= np.float32(100)
        steps /= np.float32(255)
        # Towards zero. Whole numbers below 2**24 add up exactly in whatever order.
        whole = np.trunc(np.abs(steps, out=steps), out=steps)
        sums += whole.sum(axis=(1, 2)).astype(np.int64)
    return sums

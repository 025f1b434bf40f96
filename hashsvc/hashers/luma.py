"""The 64x64 luma that every hash is read from, as a linear operator on the pixels.

PDQ smooths a photo twice with a box along each axis, then keeps every n/64-th pixel. Both steps
are linear and separable, so 64 weighted sums of rows and 64 of columns do the same without ever
holding the photo as floats: `luma = rows @ y @ columns.T`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hashsvc.hashers.axes import SIDE, Floats, axis
from hashsvc.hashers.sums import RowSums, across
from hashsvc.orientations import Orientation
from hashsvc.pixels import Box, ChannelOrder, Pixels

MIN_SIDE = 5  # of a photo, in pixels; PDQ is all zeros below
MAX_QUALITY = 100
_LUMA_WEIGHTS = {
    ChannelOrder.RGB: np.array([0.299, 0.587, 0.114], np.float32),
    ChannelOrder.BGR: np.array([0.114, 0.587, 0.299], np.float32),
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
    strips = {
        rows: _strip(pixels, [box for box in boxes if (box.y0, box.y1) == rows])
        for rows in {(box.y0, box.y1) for box in boxes}
    }
    return [strips[box.y0, box.y1].luma(box) for box in boxes]


@dataclass(frozen=True, slots=True, eq=False)
class _Strip:
    """Some rows of a photo, summed up to 64."""

    x0: int  # the column of the photo that `grey` begins with
    grey: Floats  # (64, width)

    def luma(self, box: Box) -> Floats:
        if min(box.height, box.width) < MIN_SIDE:
            return np.zeros((SIDE, SIDE), np.float32)
        part = np.ascontiguousarray(self.grey[:, box.x0 - self.x0 : box.x1 - self.x0])
        return across(part, axis(box.width))


def _strip(pixels: Pixels, boxes: Sequence[Box]) -> _Strip:
    """What the boxes have in common; they are of the same rows."""
    x0, x1 = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    part = pixels.cut(Box(x0, boxes[0].y0, x1, boxes[0].y1))
    sums = np.empty((SIDE, 3 * part.width), np.float32)
    bands = axis(part.height).bands
    room = RowSums(max(len(band.weights) for band in bands), 3 * part.width)
    for row, band in zip(sums, bands, strict=True):
        room.fill(part.samples[band.start : band.stop])
        row[:] = room.sum(band.weights)
    return _Strip(x0, _grey(sums, pixels.order))


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
    """Weighted sums of rows read from the top and from the bottom, each byte converted once."""
    downwards = axis(pixels.height).bands
    upwards = axis(pixels.height, turned=True).bands[::-1]  # beside the band they overlap
    down = np.empty((SIDE, 3 * pixels.width), np.float32)
    up = np.empty_like(down)
    pairs = list(zip(downwards, upwards, strict=True))
    spans = [(min(a.start, b.start), max(a.stop, b.stop)) for a, b in pairs]
    room = RowSums(max(stop - start for start, stop in spans), 3 * pixels.width)
    for number, ((one, other), (start, stop)) in enumerate(zip(pairs, spans, strict=True)):
        room.fill(pixels.samples[start:stop])
        down[number] = room.sum(one.weights, first=one.start - start)
        up[-1 - number] = room.sum(other.weights, first=other.start - start)
    return down, up


def _grey(sums: Floats, order: ChannelOrder) -> Floats:
    """(64, width) from (64, 3 * width): three colours become one."""
    first, second, third = _LUMA_WEIGHTS[order]
    colours = sums.reshape(SIDE, -1, 3)
    grey: Floats = colours[:, :, 0] * first + colours[:, :, 1] * second + colours[:, :, 2] * third
    return grey


def quality(buffer: Floats) -> int:
    """How much detail a luma has, 0 to 100: PDQ's measure, the sum of steps between neighbours."""
    steps = 0
    for along in (0, 1):
        difference = np.diff(buffer, axis=along) * np.float32(100) / np.float32(255)
        steps += int(np.abs(np.trunc(difference)).sum(dtype=np.float64))
    return min(MAX_QUALITY, steps // 90)

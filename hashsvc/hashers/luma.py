"""The 64x64 luma that every hash is read from, as a linear operator on the pixels.

PDQ smooths a photo twice with a box along each axis, then keeps every n/64-th pixel. Both steps
are linear and separable, so 64 weighted sums of rows and 64 of columns do the same without ever
holding the photo as floats: `luma = rows @ y @ columns.T`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hashsvc.orientations import Orientation
from hashsvc.pixels import Box, ChannelOrder, Pixels

SIDE = 64  # of the luma
MIN_SIDE = 5  # of a photo, in pixels; PDQ is all zeros below
MAX_QUALITY = 100
Floats: TypeAlias = NDArray[np.float32]
_LUMA_WEIGHTS = {
    ChannelOrder.RGB: np.array([0.299, 0.587, 0.114], np.float32),
    ChannelOrder.BGR: np.array([0.114, 0.587, 0.299], np.float32),
}
# Each axis of 4,000 pixels takes 20 kB; a photo with all its regions needs about 30.
_CACHED_AXES = 256


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """The weights of the neighbouring pixels that one luma sample is the mean of."""

    start: int  # number of the first pixel
    weights: Floats  # (length,); they sum to 1

    @property
    def stop(self) -> int:
        """One past the number of the last pixel."""
        return self.start + len(self.weights)


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """PDQ's smoothing and decimation along one side of a photo."""

    length: int  # pixels
    bands: tuple[Band, ...]  # 64

    def matrix(self) -> Floats:
        """(64, length): the same with its zeros."""
        dense = np.zeros((SIDE, self.length), np.float32)
        for row, band in zip(dense, self.bands, strict=True):
            row[band.start : band.stop] = band.weights
        return dense


@lru_cache(maxsize=_CACHED_AXES)
def axis(length: int, *, turned: bool = False) -> Axis:
    """The operator along a side of `length` pixels.

    Args:
        length: pixels, 1 or more.
        turned: for reading the side from its far end. PDQ's windows lean to one side, so this
            is not the plain operator read backwards.
    """
    bands = _bands(length)
    if turned:
        bands = tuple(Band(length - band.stop, band.weights[::-1].copy()) for band in bands)
    return Axis(length, bands)


def _bands(length: int) -> tuple[Band, ...]:
    """Where the means of the second smoothing are sampled, and what they weigh."""
    first, stop = _windows(length)
    centres = (2 * np.arange(SIDE) + 1) * length // (2 * SIDE)
    begins, ends = first[centres], stop[centres]
    # (64, window): the means of the first smoothing that each mean of the second averages.
    inner = begins[:, None] + np.arange(int((ends - begins).max()))
    used = inner < ends[:, None]
    inner = np.where(used, inner, begins[:, None])
    share = used / ((ends - begins)[:, None] * (stop[inner] - first[inner]))
    # Each of them spreads its share evenly over its own window: up at its start, down at its end.
    starts, stops = first[begins], stop[ends - 1]
    steps = np.zeros((SIDE, int((stops - starts).max()) + 1))
    rows = np.arange(SIDE)[:, None]
    np.add.at(steps, (rows, first[inner] - starts[:, None]), share)
    np.subtract.at(steps, (rows, stop[inner] - starts[:, None]), share)
    weights = np.cumsum(steps, axis=1).astype(np.float32)
    bounds = zip(starts.tolist(), stops.tolist(), weights, strict=True)
    return tuple(Band(start, row[: end - start]) for start, end, row in bounds)


def _windows(length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and one past the last input of each mean; windows get shorter at the border."""
    window = (length + 2 * SIDE - 1) // (2 * SIDE)
    ahead = (window + 2) // 2
    outputs = np.arange(length)
    return np.maximum(0, outputs - (window - ahead)), np.minimum(length, outputs + ahead)


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
        part = self.grey[:, box.x0 - self.x0 : box.x1 - self.x0]
        return np.ascontiguousarray(part @ axis(box.width).matrix().T)


def _strip(pixels: Pixels, boxes: Sequence[Box]) -> _Strip:
    """What the boxes have in common; they are of the same rows."""
    x0, x1 = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    part = pixels.cut(Box(x0, boxes[0].y0, x1, boxes[0].y1))
    sums = np.empty((SIDE, 3 * part.width), np.float32)
    for row, band in zip(sums, axis(part.height).bands, strict=True):
        np.dot(band.weights, _rows(part, band.start, band.stop), out=row)
    return _Strip(x0, _grey(sums, pixels.order))


def oriented_lumas(pixels: Pixels) -> dict[Orientation, Floats]:
    """The luma of a photo turned and mirrored in all eight ways, without turning the photo.

    Returns:
        Upright first; each (64, 64), equal to `luma` of the truly turned pixels.
    """
    if min(pixels.height, pixels.width) < MIN_SIDE:
        return dict.fromkeys(Orientation, np.zeros((SIDE, SIDE), np.float32))
    down, up = (_grey(sums, pixels.order) for sums in _sums_both_ways(pixels))
    rightwards = axis(pixels.width).matrix().T
    leftwards = axis(pixels.width, turned=True).matrix().T
    none, mirror = down @ rightwards, down @ leftwards
    flip, rot180 = up @ rightwards, up @ leftwards
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
    for number, (one, other) in enumerate(zip(downwards, upwards, strict=True)):
        start, stop = min(one.start, other.start), max(one.stop, other.stop)
        rows = _rows(pixels, start, stop)
        np.dot(one.weights, rows[one.start - start : one.stop - start], out=down[number])
        np.dot(other.weights, rows[other.start - start : other.stop - start], out=up[-1 - number])
    return down, up


def _rows(pixels: Pixels, start: int, stop: int) -> Floats:
    """(stop - start, 3 * width): some rows as floats; never the whole photo at once."""
    return pixels.samples[start:stop].reshape(stop - start, -1).astype(np.float32)


def _grey(sums: Floats, order: ChannelOrder) -> Floats:
    """(64, width) from (64, 3 * width): three colours become one."""
    grey: Floats = sums.reshape(SIDE, -1, 3) @ _LUMA_WEIGHTS[order]
    return grey


def quality(buffer: Floats) -> int:
    """How much detail a luma has, 0 to 100: PDQ's measure, the sum of steps between neighbours."""
    steps = 0
    for along in (0, 1):
        difference = np.diff(buffer, axis=along) * np.float32(100) / np.float32(255)
        steps += int(np.abs(np.trunc(difference)).sum(dtype=np.float64))
    return min(MAX_QUALITY, steps // 90)

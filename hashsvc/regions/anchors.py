"""Boxes that follow the content, so that a crop which still holds the object finds the same box.

An anchor is the bounding box of a connected bright or dark part of the smoothed photo. Enrolment
and query run the same finder; JavaScript runs it too, hence integers alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hashsvc.pixels import Box, Pixels
from hashsvc.regions.grids import grid
from hashsvc.regions.region import is_new

MAX_ENROLMENT_ANCHORS = 6  # signatures kept: each more tells an attacker more of the photo

GRID_LONG_SIDE = 256  # cells
_LEAST_GRID_SIDE = 32  # cells: on a narrower strip nothing is both large and off the frame
_LEAST_BOX_SIDE = 28  # cells: below, one cell of error moves the hash too far
_FRAME_MARGIN = 2  # cells: what reaches the frame is cut off by it, and moves with every crop
_SAME_ANCHOR_OVERLAP = 0.8  # neighbouring levels find the same part again and again
_LEVELS = range(32, 229, 14)  # luma, of 0 to 255
_PARENT = 3  # place in OpenCV's (next, previous, first child, parent) of an outline

# A Gaussian of sigma 2 in 65,536ths. Rows and columns together scale by 2**32: sums of at most
# 255 * 2**32 are exact in float64, in whatever order they are added.
_HALF_TAPS = (4, 29, 145, 574, 1769, 4244, 7929, 11537)
_TAPS = np.array((*_HALF_TAPS, 13074, *reversed(_HALF_TAPS)), np.float64)
_SCALE = 2.0**32


@dataclass(frozen=True, slots=True)
class _Rule:
    """How many boxes are wanted and how small they may be."""

    most: int
    least_area_percent: int  # of the photo


# Twice what is kept, because candidates without detail are dropped after hashing. Small boxes are
# left out for the survivor's sake: a stored close-up would tell more than the whole.
_ENROLMENT = _Rule(most=2 * MAX_ENROLMENT_ANCHORS, least_area_percent=4)
_QUERY = _Rule(most=8, least_area_percent=0)
_NESTED = _Rule(most=4, least_area_percent=2)  # inside a trimmed or embedded region


def enrolment_anchors(pixels: Pixels) -> tuple[Box, ...]:
    """Candidates for the anchors of an enrolled photo, at most 12, largest first."""
    return _anchors(pixels, _ENROLMENT)


def query_anchors(pixels: Pixels) -> tuple[Box, ...]:
    """The anchors of a photo that is asked about, at most 8, largest first."""
    return _anchors(pixels, _QUERY)


def nested_anchors(pixels: Pixels, region: Box) -> tuple[Box, ...]:
    """The anchors inside a region taken for a photo of its own, at most 4; boxes of the photo."""
    found = _anchors(pixels.cut(region), _NESTED)
    dx, dy = region.x0, region.y0
    return tuple(Box(b.x0 + dx, b.y0 + dy, b.x1 + dx, b.y1 + dy) for b in found)


def _anchors(pixels: Pixels, rule: _Rule) -> tuple[Box, ...]:
    reduced = grid(pixels, long_side=GRID_LONG_SIDE)
    if min(reduced.cells.shape) < _LEAST_GRID_SIDE:
        return ()
    taken: list[Box] = []
    for box in _largest_first(_part_boxes(smoothed(reduced.cells))):
        if len(taken) == rule.most or box.area * 100 < rule.least_area_percent * reduced.cells.size:
            break
        if is_new(box, taken, overlap=_SAME_ANCHOR_OVERLAP):
            taken.append(box)
    return tuple(reduced.pixel_box(box) for box in taken)


def smoothed(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Blur a grid with a Gaussian of sigma 2 cells, mirrored at the frame; rounded down."""
    sums = cv2.sepFilter2D(
        cells.astype(np.float64), cv2.CV_64F, _TAPS, _TAPS, borderType=cv2.BORDER_REFLECT_101
    )
    return np.asarray(np.floor(sums / _SCALE), np.uint8)


def _largest_first(boxes: Iterator[Box]) -> list[Box]:
    """By area; ties from top to bottom, then left to right. The same box counts once."""
    return sorted(set(boxes), key=lambda box: (-box.area, box.y0, box.y1, box.x0, box.x1))


def _part_boxes(luma: NDArray[np.uint8]) -> Iterator[Box]:
    """The boxes of connected bright and dark parts that may be anchors, level by level."""
    height, width = luma.shape
    for level in _LEVELS:
        for box in part_boxes_at(luma, level):
            large_enough = min(box.width, box.height) >= _LEAST_BOX_SIDE
            if large_enough and _off_frame(box, width, height):
                yield box


def part_boxes_at(luma: NDArray[np.uint8], level: int) -> Iterator[Box]:
    """The boxes of the connected parts of a grid on either side of a level.

    Bright parts (`>= level`) hang together over corners too, dark ones over sides alone. Dark
    parts that reach the frame are left out.

    One walk along all outlines finds both kinds, in a twentieth of the time that labelling takes.
    """
    bright = (luma >= level).view(np.uint8)
    outlines, nesting = cv2.findContours(bright, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    for index, outline in enumerate(outlines):
        x, y, width, height = cv2.boundingRect(outline)
        # The outline of a hole runs through the bright cells around it: one cell too far out.
        inset = int(nesting[0, index, _PARENT] >= 0)
        yield Box(x + inset, y + inset, x + width - inset, y + height - inset)


def _off_frame(box: Box, width: int, height: int) -> bool:
    near = min(box.x0, box.y0, width - box.x1, height - box.y1)
    return near >= _FRAME_MARGIN

"""Boxes that follow the content, so that a crop which still holds the object finds the same box.

An anchor is the bounding box of a connected bright or dark part of the smoothed photo. The more
levels of luma show a part with the same box, the surer another copy of the photo shows it too:
the most stable boxes are taken.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashsvc.pixels import Box, Pixels
from hashsvc.regions.grids import Grid, grid
from hashsvc.regions.parts import Smoothing, part_boxes, smoothed
from hashsvc.regions.region import is_new

MAX_ENROLMENT_ANCHORS = 6  # signatures kept: each more tells an attacker more of the photo
GRID_LONG_SIDE = 256  # cells
LEAST_GRID_SIDE = 32  # cells: on a narrower strip nothing is both large and off the frame


@dataclass(frozen=True, slots=True)
class _Rule:
    """Which boxes are wanted."""

    most: int
    least_area_percent: int  # of the photo
    same_overlap: float  # intersection over union at which two boxes are one anchor
    smoothings: tuple[Smoothing, ...] = (Smoothing.PLAIN,)


# Twice what is kept, because candidates without detail are dropped after hashing. Small boxes are
# left out for the survivor's sake: a stored close-up would tell more than the whole.
_ENROLMENT = _Rule(most=2 * MAX_ENROLMENT_ANCHORS, least_area_percent=4, same_overlap=0.8)
# Asking for more costs time alone, so near-doubles are asked too: one may be the stored one.
_QUERY = _Rule(most=12, least_area_percent=0, same_overlap=0.9, smoothings=tuple(Smoothing))
_NESTED = _Rule(most=4, least_area_percent=2, same_overlap=0.9)  # in a trimmed or embedded region


def enrolment_anchors(pixels: Pixels) -> tuple[Box, ...]:
    """Candidates for the anchors of an enrolled photo, at most 12, most stable first."""
    return _anchors(pixels, _ENROLMENT)


def query_anchors(pixels: Pixels) -> tuple[Box, ...]:
    """The anchors of a photo that is asked about, at most 12, most stable first."""
    return _anchors(pixels, _QUERY)


def nested_anchors(pixels: Pixels, region: Box) -> tuple[Box, ...]:
    """The anchors inside a region taken for a photo of its own, at most 4; boxes of the photo."""
    found = _anchors(pixels.cut(region), _NESTED)
    dx, dy = region.x0, region.y0
    return tuple(Box(b.x0 + dx, b.y0 + dy, b.x1 + dx, b.y1 + dy) for b in found)


def _anchors(pixels: Pixels, rule: _Rule) -> tuple[Box, ...]:
    reduced = grid(pixels, long_side=GRID_LONG_SIDE)
    if min(reduced.cells.shape) < LEAST_GRID_SIDE:
        return ()
    taken: list[Box] = []
    for box in _most_stable_first(reduced, rule):
        if len(taken) == rule.most:
            break
        if is_new(box, taken, overlap=rule.same_overlap):
            taken.append(box)
    return tuple(reduced.pixel_box(box) for box in taken)


def _most_stable_first(reduced: Grid, rule: _Rule) -> list[Box]:
    """Boxes of cells by support, then by area; ties from top to bottom, then left to right."""
    supported = {
        (-count, -box.area, box.y0, box.y1, box.x0, box.x1)
        for smoothing in rule.smoothings
        for box, count in _supported(reduced, smoothing, rule)
    }
    return [Box(x0, y0, x1, y1) for _, _, y0, y1, x0, x1 in sorted(supported)]


def _supported(reduced: Grid, smoothing: Smoothing, rule: _Rule) -> list[tuple[Box, int]]:
    """The boxes under one smoothing that are large enough, each with its support."""
    least_area = rule.least_area_percent * reduced.cells.size
    luma = smoothed(reduced.cells, smoothing)
    boxes = [box for box in part_boxes(luma) if box.area * 100 >= least_area]
    return list(zip(boxes, _support(boxes).tolist(), strict=True))


def _support(boxes: list[Box]) -> NDArray[np.int64]:
    """(n,): how many of the boxes, itself among them, overlap each by nine tenths of the union.

    Integers alone: common / union >= 9 / 10 is 19 * common >= 9 * (area + area).
    """
    corners = np.array([(b.x0, b.y0, b.x1, b.y1) for b in boxes], np.int64).reshape(-1, 4)
    x0, y0, x1, y1 = corners.T
    width = np.minimum(x1[:, np.newaxis], x1) - np.maximum(x0[:, np.newaxis], x0)
    height = np.minimum(y1[:, np.newaxis], y1) - np.maximum(y0[:, np.newaxis], y0)
    common = np.maximum(width, 0) * np.maximum(height, 0)
    areas = common.diagonal()
    alike = 19 * common >= 9 * (areas[:, np.newaxis] + areas)
    return np.asarray(np.count_nonzero(alike, axis=1), np.int64)

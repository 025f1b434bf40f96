"""Straight edges right across a picture: the seams of collages, frames and blurred borders."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hashsvc.pixels import Box
from hashsvc.regions.borders import Lines, block

_STEP = 12  # luma levels between neighbouring cells: more counts towards an edge
_MOST_EDGES = 4
_MARGIN_PERCENT = 3  # of the length: an edge nearer to the end cuts off nothing that matters
_APART_PERCENT = 4  # of the length: two edges nearer than this are one
_SEAM_PERCENT = 50  # of the cells beside an edge that show a step: seams of a collage
_FRAME_PERCENT = 35  # the same for a picture on its own blurred copy, whose steps are softer
_LEAST_CELL_PERCENT = 15  # of the side, for a part between seams
_FIRST_HALF_PERCENT = 45  # of the side: the top and the left edge of an inner box lie before
_SECOND_HALF_PERCENT = 55  # the bottom and the right edge lie after


def edges(part: NDArray[np.uint8], lines: Lines, *, percent: int) -> list[int]:
    """The strongest straight edges, at most 4, ascending.

    Args:
        part: (height, width) luma.
        lines: between which lines an edge is sought.
        percent: an edge shows a step in more than this share of its cells.

    Returns:
        For each the index of the first row or column behind it.
    """
    length = part.shape[lines]
    steps = np.abs(np.diff(part.astype(np.int16), axis=lines))
    counts = np.count_nonzero(steps > _STEP, axis=1 - lines)
    if not counts.size:
        return []
    across = part.shape[1 - lines]
    # An edge in a busy texture is none: it must stand out from half of the other lines twofold.
    strong = (counts * 100 > percent * across) & (counts > 2 * np.median(counts))
    places = np.arange(1, length)
    margin = _MARGIN_PERCENT * length
    inside = (places * 100 > margin) & ((length - places) * 100 > margin)
    candidates = np.flatnonzero(strong & inside)
    ordered = candidates[np.argsort(-counts[candidates], kind="stable")]
    return sorted(_apart((ordered + 1).tolist(), length))


def _apart(places: list[int], length: int) -> list[int]:
    """The first places that lie far enough from each other."""
    taken: list[int] = []
    for place in places:
        if len(taken) == _MOST_EDGES:
            break
        if all(abs(place - other) * 100 > _APART_PERCENT * length for other in taken):
            taken.append(place)
    return taken


def seam_boxes(cells: NDArray[np.uint8], box: Box) -> Iterator[Box]:
    """The parts of a box between straight seams: rows cut first, then columns cut first."""
    for first, second in ((Lines.ROWS, Lines.COLUMNS), (Lines.COLUMNS, Lines.ROWS)):
        for band in _parts(cells, box, first):
            # The bound is a share of the whole box, so it is the same for every band.
            yield from _parts(cells, band, second)


def _parts(cells: NDArray[np.uint8], box: Box, lines: Lines) -> Iterator[Box]:
    """A box cut at its seams, without narrow parts."""
    length = block(cells, box).shape[lines]
    places = [0, *edges(block(cells, box), lines, percent=_SEAM_PERCENT), length]
    for start, stop in pairwise(places):
        if (stop - start) * 100 > _LEAST_CELL_PERCENT * length:
            yield _span(box, lines, start, stop)


def _span(box: Box, lines: Lines, start: int, stop: int) -> Box:
    """The rows or columns of a box from `start` up to `stop`, counted from its own edge."""
    if lines is Lines.ROWS:
        return Box(box.x0, box.y0 + start, box.x1, box.y0 + stop)
    return Box(box.x0 + start, box.y0, box.x0 + stop, box.y1)


def inner_box(cells: NDArray[np.uint8], box: Box) -> Box | None:
    """The picture on a blurred or patterned ground, or None where no two edges face each other."""
    rows = _outermost(block(cells, box), Lines.ROWS)
    columns = _outermost(block(cells, box), Lines.COLUMNS)
    if rows is None and columns is None:
        return None
    for lines, ends in ((Lines.ROWS, rows), (Lines.COLUMNS, columns)):
        if ends is not None:
            box = _span(box, lines, *ends)
    return box


def _outermost(part: NDArray[np.uint8], lines: Lines) -> tuple[int, int] | None:
    """The first edge of the first half and the last of the second, or None where one is missing."""
    length = part.shape[lines]
    found = edges(part, lines, percent=_FRAME_PERCENT)
    before = [place for place in found if place * 100 < _FIRST_HALF_PERCENT * length]
    behind = [place for place in found if place * 100 > _SECOND_HALF_PERCENT * length]
    return (before[0], behind[-1]) if before and behind else None

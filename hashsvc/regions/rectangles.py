"""Pictures inside a picture: trimmed borders, screenshots, collages, pictures on blurred ground."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hashsvc.pixels import Box
from hashsvc.regions.borders import Lines, block, busy, trimmed
from hashsvc.regions.edges import inner_box, seam_boxes
from hashsvc.regions.region import is_new

MAX_RECTANGLES = 10
_SAME_AS_FULL_OVERLAP = 0.985  # a trimmed box that differs by less tells nothing new
_SAME_RECTANGLE_OVERLAP = 0.96
_LEAST_SIDE = 32  # cells, of a box that is taken
_LEAST_AREA_PERCENT = 6  # of the photo, for a box that is taken

_MOST_BLOCKS = 5  # blocks of a page that are looked at
_BLOCKS_WITH_SEAMS = 2  # the largest of them may be collages
_BUSY_DEVIATION = 9  # luma levels; above that of borders, so that captions part from pictures
_LEAST_RUN = 16  # cells
_LEAST_BLOCK_SIDE = 20  # cells
_LEAST_BLOCK_PERCENT = 8  # of the photo
_MOST_CUTS = 5  # nested cuts of rows or columns


def rectangles(cells: NDArray[np.uint8]) -> tuple[Box, ...]:
    """The trimmed box, if it differs from the whole, then embedded rectangles: at most 10.

    Args:
        cells: (height, width) luma, 288 on its longer side.
    """
    full = Box(0, 0, int(cells.shape[1]), int(cells.shape[0]))
    inside = trimmed(cells, full)
    taken = [full]
    worth = min(inside.width, inside.height) >= _LEAST_SIDE
    if worth and is_new(inside, taken, overlap=_SAME_AS_FULL_OVERLAP):
        taken.append(inside)
    for box in _candidates(cells, inside):
        if len(taken) > MAX_RECTANGLES:
            break
        part = trimmed(cells, box)
        if _large_enough(part, cells.size) and is_new(part, taken, overlap=_SAME_RECTANGLE_OVERLAP):
            taken.append(part)
    return tuple(taken[1:])


def _large_enough(box: Box, whole: int) -> bool:
    sides = min(box.width, box.height) >= _LEAST_SIDE
    return sides and box.area * 100 >= _LEAST_AREA_PERCENT * whole


def _candidates(cells: NDArray[np.uint8], inside: Box) -> Iterator[Box]:
    """Blocks of a page, the inner box, then the parts between seams; largest first in each."""
    full = Box(0, 0, int(cells.shape[1]), int(cells.shape[0]))
    blocks = _largest_first(page_blocks(cells, full))[:_MOST_BLOCKS]
    yield from blocks
    inner = inner_box(cells, inside)
    if inner is not None:
        yield inner
    sources = dict.fromkeys((inside, *blocks[:_BLOCKS_WITH_SEAMS]))
    yield from _largest_first(part for box in sources for part in seam_boxes(cells, box))


def _largest_first(boxes: Iterator[Box]) -> list[Box]:
    return sorted(boxes, key=lambda box: (-box.area, box.y0, box.y1, box.x0, box.x1))


def page_blocks(cells: NDArray[np.uint8], box: Box, cuts: int = 0) -> Iterator[Box]:
    """Cut a page at its uniform rows, then columns, again and again, into busy blocks."""
    if min(box.width, box.height) < _LEAST_BLOCK_SIDE:
        return
    for lines in Lines if cuts < _MOST_CUTS else ():
        parts = _busy_parts(cells, box, lines)
        if len(parts) > 1 or any(_shorter(part, box) for part in parts):
            for part in parts:
                yield from page_blocks(cells, part, cuts + 1)
            return
    yield box


def _shorter(part: Box, box: Box) -> bool:
    """Whether more than a single line of cells fell away."""
    return part.width < box.width - 1 or part.height < box.height - 1


def _busy_parts(cells: NDArray[np.uint8], box: Box, lines: Lines) -> list[Box]:
    """The runs of busy rows or columns that are large enough to be a picture."""
    flags = busy(block(cells, box), lines, deviation=_BUSY_DEVIATION)
    turns = np.flatnonzero(np.diff(flags, prepend=False, append=False)).reshape(-1, 2)
    runs = [(start, stop) for start, stop in turns.tolist() if stop - start >= _LEAST_RUN]
    if lines is Lines.ROWS:
        parts = [Box(box.x0, box.y0 + start, box.x1, box.y0 + stop) for start, stop in runs]
    else:
        parts = [Box(box.x0 + start, box.y0, box.x0 + stop, box.y1) for start, stop in runs]
    return [part for part in parts if part.area * 100 >= _LEAST_BLOCK_PERCENT * cells.size]

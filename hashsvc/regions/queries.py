"""The regions of a photo that is asked about."""

from collections.abc import Iterator

from hashsvc.pixels import Box, Pixels
from hashsvc.regions.anchors import nested_anchors, query_anchors
from hashsvc.regions.grids import grid
from hashsvc.regions.rectangles import rectangles
from hashsvc.regions.region import Region
from hashsvc.signatures import RegionKind

MAX_QUERY_REGIONS = 32  # before orientations and rotations: what one upload may cost us
_GRID_LONG_SIDE = 288  # cells: a border of a third of a per cent still shows
_REGIONS_WITH_ANCHORS = 3  # the first trimmed or embedded ones are photos in their own right


def query_regions(pixels: Pixels) -> tuple[Region, ...]:
    """The whole photo, its trimmed and embedded pictures, then their anchors; at most 32.

    Ordered by what they find: whoever stops early loses least, and what is beyond the 32nd, in
    pages with many pictures, are anchors of those pictures.
    """
    reduced = grid(pixels, long_side=_GRID_LONG_SIDE)
    inside = [reduced.pixel_box(box) for box in rectangles(reduced.cells)]
    anchors = dict.fromkeys(_anchor_boxes(pixels, inside))
    regions = (
        Region(RegionKind.FULL, pixels.box),
        *(Region(RegionKind.CROP, box) for box in inside),
        *(Region(RegionKind.ANCHOR, box) for box in anchors),
    )
    return regions[:MAX_QUERY_REGIONS]


def _anchor_boxes(pixels: Pixels, inside: list[Box]) -> Iterator[Box]:
    """The anchors of the photo, then those of the pictures found inside it."""
    yield from query_anchors(pixels)
    for box in inside[:_REGIONS_WITH_ANCHORS]:
        yield from nested_anchors(pixels, box)

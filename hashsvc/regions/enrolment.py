"""The regions of a photo that is enrolled: the whole, eight fixed crops, and content anchors."""

from collections.abc import Iterator

from hashsvc.pixels import Box, Pixels
from hashsvc.regions.anchors import MAX_ENROLMENT_ANCHORS, enrolment_anchors
from hashsvc.regions.region import Region, is_new
from hashsvc.signatures import RegionKind

_CENTRE_PERCENTS = (5, 10, 20, 30)  # off the width and off the height, both sides together
_ASPECTS = ((1, 1), (4, 5), (9, 16), (16, 9))  # width : height, as platforms crop
_LEAST_CROP_SIDE = 64  # pixels: below, a hash repeats pixels
_SAME_CROP_OVERLAP = 0.985  # a crop that differs by less tells nothing new

# Signatures one photo can leave. Anchors are candidates until they are hashed: those without
# detail fall away, and the first six of the rest are kept.
MAX_ENROLMENT_REGIONS = 1 + len(_CENTRE_PERCENTS) + len(_ASPECTS) + MAX_ENROLMENT_ANCHORS


def enrolment_regions(pixels: Pixels) -> tuple[Region, ...]:
    """The whole photo, its fixed crops, then the candidates for its anchors, best first.

    Whoever hashes them drops anchors without detail and keeps the first `MAX_ENROLMENT_ANCHORS`.
    """
    crops = [Region(RegionKind.CROP, box) for box in crop_boxes(pixels.width, pixels.height)]
    anchors = [Region(RegionKind.ANCHOR, box) for box in enrolment_anchors(pixels)]
    return (Region(RegionKind.FULL, pixels.box), *crops, *anchors)


def crop_boxes(width: int, height: int) -> tuple[Box, ...]:
    """The fixed crops of a photo of this size: at most eight, fewer where two would be alike."""
    taken = [Box(0, 0, width, height)]
    for box in _wished_crops(width, height):
        large_enough = min(box.width, box.height) >= _LEAST_CROP_SIDE
        if large_enough and is_new(box, taken, overlap=_SAME_CROP_OVERLAP):
            taken.append(box)
    return tuple(taken[1:])


def _wished_crops(width: int, height: int) -> Iterator[Box]:
    for percent in _CENTRE_PERCENTS:
        x0 = (percent * width + 100) // 200
        y0 = (percent * height + 100) // 200
        yield Box(x0, y0, width - x0, height - y0)
    for across, down in _ASPECTS:
        yield _aspect_crop(width, height, across, down)


def _aspect_crop(width: int, height: int, across: int, down: int) -> Box:
    """The largest centred box of an aspect, its free side rounded half up."""
    if width * down > height * across:
        side = (2 * height * across + down) // (2 * down)
        x0 = (width - side) // 2
        return Box(x0, 0, x0 + side, height)
    side = (2 * width * down + across) // (2 * across)
    y0 = (height - side) // 2
    return Box(0, y0, width, y0 + side)

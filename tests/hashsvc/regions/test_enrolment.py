"""What is stored of a photo: the whole, fixed crops, anchors; few, and always the same."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashsvc.pixels import Box, Pixels
from hashsvc.regions import (
    MAX_ENROLMENT_ANCHORS,
    MAX_ENROLMENT_REGIONS,
    Region,
    enrolment_regions,
)
from hashsvc.regions.enrolment import crop_boxes
from hashsvc.signatures import RegionKind
from tests.hashsvc.regions.pictures import PHOTOS, bgr, flat, noise, photo

SIDES = st.integers(1, 9000)
HALF = Fraction(1, 2)


def crops_by_fractions(width: int, height: int) -> list[Box]:
    """The same crops, from exact fractions and without the code's shortcuts."""
    wished = []
    for percent in (5, 10, 20, 30):
        x0, y0 = (floor(Fraction(percent * side, 200) + HALF) for side in (width, height))
        wished.append(Box(x0, y0, width - x0, height - y0))
    for aspect in (Fraction(1), Fraction(4, 5), Fraction(9, 16), Fraction(16, 9)):
        if Fraction(width, height) > aspect:
            across, down = floor(height * aspect + HALF), height
        else:
            across, down = width, floor(width / aspect + HALF)
        x0, y0 = (width - across) // 2, (height - down) // 2
        wished.append(Box(x0, y0, x0 + across, y0 + down))
    kept = [Box(0, 0, width, height)]
    for box in wished:
        if min(box.width, box.height) >= 64 and all(_alike(box, k) < 0.985 for k in kept):
            kept.append(box)
    return kept[1:]


def _alike(one: Box, other: Box) -> Fraction:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    down = min(one.y1, other.y1) - max(one.y0, other.y0)
    common = max(0, across) * max(0, down)
    return Fraction(common, one.area + other.area - common)


@given(SIDES, SIDES)
def test_the_crops_are_those_of_exact_arithmetic(width, height):
    assert list(crop_boxes(width, height)) == crops_by_fractions(width, height)


def test_the_crops_of_a_common_photo_are_these():
    assert crop_boxes(4000, 3000) == (
        Box(100, 75, 3900, 2925),
        Box(200, 150, 3800, 2850),
        Box(400, 300, 3600, 2700),
        Box(600, 450, 3400, 2550),
        Box(500, 0, 3500, 3000),
        Box(800, 0, 3200, 3000),
        Box(1156, 0, 2844, 3000),
        Box(0, 375, 4000, 2625),
    )


@given(SIDES, SIDES)
def test_crops_lie_inside_and_are_never_smaller_than_a_hash_needs(width, height):
    for box in crop_boxes(width, height):
        assert 0 <= box.x0 < box.x1 <= width
        assert 0 <= box.y0 < box.y1 <= height
        assert min(box.width, box.height) >= 64


def test_a_square_photo_has_no_square_crop():
    assert len(crop_boxes(1000, 1000)) == 7
    assert len(crop_boxes(1000, 900)) == 8


@pytest.mark.parametrize("side", [63, 66, 72])
def test_a_photo_too_small_for_a_crop_has_fewer(side):
    assert all(min(box.width, box.height) >= 64 for box in crop_boxes(side, 2 * side))
    assert len(crop_boxes(side, 2 * side)) < 8


@settings(max_examples=25)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2**32))
def test_enrolment_is_bounded_inside_and_without_duplicates(width, height, seed):
    pixels = Pixels(noise(width, height, seed))

    regions = enrolment_regions(pixels)

    assert regions[0] == Region(RegionKind.FULL, pixels.box)
    assert len(set(regions)) == len(regions)
    assert [r.kind for r in regions] == sorted(
        (r.kind for r in regions), key=list(RegionKind).index
    )
    assert sum(r.kind is RegionKind.ANCHOR for r in regions) <= 2 * MAX_ENROLMENT_ANCHORS
    assert sum(r.kind is not RegionKind.ANCHOR for r in regions) <= 9
    for region in regions:
        box = region.box
        assert 0 <= box.x0 < box.x1 <= width
        assert 0 <= box.y0 < box.y1 <= height


@pytest.mark.parametrize("name", PHOTOS)
def test_a_photo_always_gives_the_same_regions(name):
    assert enrolment_regions(bgr(photo(name))) == enrolment_regions(bgr(photo(name).copy()))


@pytest.mark.parametrize("name", PHOTOS)
def test_a_stored_anchor_shows_at_least_a_twenty_fifth_of_the_photo(name):
    pixels = bgr(photo(name))

    anchors = [r.box for r in enrolment_regions(pixels) if r.kind is RegionKind.ANCHOR]

    # Whole cells round to whole pixels: a little below 4 % is the same box of cells.
    assert all(box.area >= 0.039 * pixels.box.area for box in anchors)


def test_at_most_fifteen_signatures_are_stored():
    assert MAX_ENROLMENT_REGIONS == 15


def test_a_flat_photo_has_no_anchor():
    kinds = [region.kind for region in enrolment_regions(Pixels(flat(640, 480)))]

    assert kinds == [RegionKind.FULL] + [RegionKind.CROP] * 8

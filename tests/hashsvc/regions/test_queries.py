"""What is asked about an upload: the picture is found inside borders, screenshots and collages."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashsvc.pixels import Box, Pixels
from hashsvc.regions import MAX_QUERY_REGIONS, Region, query_regions
from hashsvc.regions.anchors import query_anchors
from hashsvc.signatures import RegionKind
from tests.hashsvc.regions.pictures import (
    PHOTOS,
    bgr,
    blurred_ground,
    bordered,
    farthest_edge,
    flat,
    noise,
    photo,
)


def crops(samples) -> list[Box]:
    return [r.box for r in query_regions(bgr(samples)) if r.kind is RegionKind.CROP]


def page(level: int) -> np.ndarray:
    """An app's page: a line of status, a name, captions, icons; room for a picture at y = 150."""
    ink = 255 - level
    out = flat(540, 1170, level)
    for y, x1 in ((30, 130), (100, 260), (930, 500), (970, 380)):
        out[y : y + 14, 20:x1:3] = ink
    for x in range(54, 540, 108):
        cv2.circle(out, (x, 1130), 18, (ink, ink, ink), 2)
    return out


# The rocket stands before a night sky: black at its edges is no border of ours to keep.
@pytest.mark.parametrize("name", [name for name in PHOTOS if name != "rocket.jpg"])
@pytest.mark.parametrize("level", [0, 255])
def test_a_uniform_border_is_trimmed_to_within_two_pixels(name, level):
    inner = photo(name)
    height, width = inner.shape[:2]
    samples, box = bordered(inner, flat(width + 120, height + 90, level), 50, 60)

    assert farthest_edge(crops(samples)[0], box) <= 2


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png"])
def test_a_blurred_border_is_cut_off_to_within_two_pixels(name):
    inner = photo(name)
    height, width = inner.shape[:2]
    ground = blurred_ground(inner, width * 6 // 5, height * 6 // 5)
    samples, box = bordered(inner, ground, width // 10, height // 10)

    assert min(farthest_edge(found, box) for found in crops(samples)) <= 2


@pytest.mark.parametrize("name", ["coffee.png", "chelsea.png", "motorcycle_left.png"])
@pytest.mark.parametrize("level", [20, 255])
def test_a_picture_on_a_page_is_found(name, level):
    inner = photo(name)
    scaled = cv2.resize(inner, (540, 540 * inner.shape[0] // inner.shape[1]))
    samples, box = bordered(scaled, page(level), 0, 150)

    assert max(found.overlap(box) for found in crops(samples)) > 0.96


def test_the_four_pictures_of_a_collage_are_found():
    samples = flat(612, 492, 255)
    places = [Box(x, y, x + 300, y + 240) for y in (0, 252) for x in (0, 312)]
    for name, place in zip(PHOTOS, places, strict=False):
        samples, _ = bordered(cv2.resize(photo(name), (300, 240)), samples, place.x0, place.y0)

    found = crops(samples)

    assert all(max(box.overlap(place) for box in found) > 0.95 for place in places)


def test_the_whole_comes_first_then_crops_then_anchors():
    samples, _ = bordered(photo("coffee.png"), page(255)[:700, :].repeat(2, axis=1), 100, 150)

    regions = query_regions(bgr(samples))

    kinds = [region.kind for region in regions]
    assert regions[0] == Region(RegionKind.FULL, Box(0, 0, 1080, 700))
    assert kinds == sorted(kinds, key=list(RegionKind).index)
    assert set(kinds) == set(RegionKind)


def test_the_anchors_of_an_embedded_picture_are_asked_too():
    inner = photo("coffee.png")
    samples, box = bordered(inner, flat(1400, 1000, 255), 500, 300)

    anchors = {r.box for r in query_regions(bgr(samples)) if r.kind is RegionKind.ANCHOR}
    nested = anchors - set(query_anchors(bgr(samples)))

    assert nested
    assert all(box.x0 < a.x0 and a.x1 < box.x1 for a in nested)
    assert all(box.y0 < a.y0 and a.y1 < box.y1 for a in nested)


@settings(max_examples=25)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2**32))
def test_queries_are_bounded_inside_and_without_duplicates(width, height, seed):
    pixels = Pixels(noise(width, height, seed))

    regions = query_regions(pixels)

    assert regions == query_regions(Pixels(pixels.samples.copy()))
    assert regions[0] == Region(RegionKind.FULL, pixels.box)
    assert len(regions) <= MAX_QUERY_REGIONS == 32
    assert len(set(regions)) == len(regions)
    for region in regions:
        box = region.box
        assert 0 <= box.x0 < box.x1 <= width
        assert 0 <= box.y0 < box.y1 <= height


def tiled(columns: int, rows: int) -> np.ndarray:
    names = [PHOTOS[i % len(PHOTOS)] for i in range(columns * rows)]
    tiles = [cv2.resize(photo(name), (160, 120)) for name in names]
    lines = [np.hstack(tiles[i * columns : (i + 1) * columns]) for i in range(rows)]
    return np.vstack(lines)


def with_line(samples, *, across: bool) -> np.ndarray:
    middle = samples.shape[0] // 2
    samples[(middle, slice(None)) if across else (slice(None), middle)] = 0
    return samples


ODD_PICTURES = {
    "all border": flat(640, 480, 0),
    "a screenshot of nothing": page(255),
    "a line of one pixel": with_line(flat(640, 480, 255), across=True),
    "an upright line of one pixel": with_line(flat(640, 480, 255), across=False),
    "a panorama of 1:20": noise(4000, 200, seed=5),
    "a panorama of 20:1": noise(200, 4000, seed=6),
    "one row": noise(3000, 1, seed=7),
    "one column": noise(1, 3000, seed=8),
    "one pixel": flat(1, 1, 7),
    "smaller than a hash": noise(63, 40, seed=9),
    "five by five pictures": tiled(5, 5),
    "a chessboard": np.kron(np.indices((40, 40)).sum(0) % 2 * 255, np.ones((9, 9)))
    .astype(np.uint8)[:, :, np.newaxis]
    .repeat(3, axis=2),
}


@pytest.mark.parametrize("samples", ODD_PICTURES.values(), ids=ODD_PICTURES.keys())
def test_an_odd_picture_gives_a_bounded_number_of_regions(samples):
    regions = query_regions(Pixels(samples))

    assert regions[0].kind is RegionKind.FULL
    assert len(regions) <= MAX_QUERY_REGIONS


def test_a_picture_that_is_all_border_gives_the_whole_alone():
    assert len(query_regions(Pixels(flat(640, 480, 0)))) == 1

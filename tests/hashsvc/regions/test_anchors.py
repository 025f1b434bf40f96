"""Anchors follow the content: the same object gives the same box in another crop."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from hashsvc.pixels import Box, Pixels
from hashsvc.regions.anchors import (
    enrolment_anchors,
    nested_anchors,
    query_anchors,
)
from hashsvc.regions.parts import Smoothing, part_boxes_at, smoothed
from tests.hashsvc.regions.pictures import bgr, flat, noise, photo

SIGMAS = {Smoothing.PLAIN: 2, Smoothing.WIDER: 2.4, Smoothing.WIDEST: 2.85}
CORNERS_TOO = np.ones((3, 3), int)


def labelled_boxes(mask, structure) -> set[Box]:
    labels, _ = ndimage.label(mask, structure=structure)
    return {Box(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)}


def reaches_frame(box: Box, width: int, height: int) -> bool:
    return box.x0 == 0 or box.y0 == 0 or box.x1 == width or box.y1 == height


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_outlines_give_the_boxes_that_labelling_gives(width, height, seed):
    luma = np.random.default_rng(seed).integers(90, 110, (height, width), np.uint8)
    dark = {
        box for box in labelled_boxes(luma < 100, None) if not reaches_frame(box, width, height)
    }

    found = set(part_boxes_at(luma, 100))

    assert found == labelled_boxes(luma >= 100, CORNERS_TOO) | dark


def integer_taps(smoothing: Smoothing) -> list[int]:
    return [int(tap) for tap in smoothing.taps()]


@settings(max_examples=10)
@given(st.sampled_from(Smoothing), st.integers(13, 30), st.integers(13, 30), st.integers(0, 2**32))
def test_smoothing_is_exact(smoothing, width, height, seed):
    taps = integer_taps(smoothing)
    cells = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    mirrored = np.pad(cells, len(taps) // 2, mode="reflect").astype(object)
    columns = sum(t * mirrored[:, i : i + width] for i, t in enumerate(taps))
    sums = sum(t * columns[i : i + height] for i, t in enumerate(taps))

    assert np.array_equal(smoothed(cells, smoothing), sums // 2**32)


@pytest.mark.parametrize("smoothing", Smoothing)
def test_the_taps_are_a_gaussian_that_leaves_white_white(smoothing):
    taps = integer_taps(smoothing)
    x = np.arange(len(taps)) - len(taps) // 2
    gaussian = np.exp(-(x**2) / (2 * SIGMAS[smoothing] ** 2))

    assert np.abs(taps - 65536 * gaussian / gaussian.sum()).max() < 3
    assert sum(taps) == 65536
    assert smoothed(np.full((40, 50), 255, np.uint8), smoothing).min() == 255


@pytest.mark.parametrize("finder", [enrolment_anchors, query_anchors])
def test_a_bright_object_on_a_dark_ground_is_an_anchor(finder):
    samples = flat(512, 400, 30)
    samples[100:300, 150:400] = 220

    found = finder(Pixels(samples))

    # Low levels draw the soft edge a little outside, high ones a little inside.
    assert found[0].overlap(Box(150, 100, 400, 300)) > 0.9


@pytest.mark.parametrize("finder", [enrolment_anchors, query_anchors])
def test_an_object_cut_by_the_frame_is_no_anchor(finder):
    samples = flat(512, 400, 30)
    samples[0:300, 150:400] = 220

    assert finder(Pixels(samples)) == ()


def test_a_small_object_is_asked_about_but_not_stored():
    samples = flat(512, 512, 30)
    samples[200:280, 200:280] = 220  # 2.4 % of the picture

    assert query_anchors(Pixels(samples))
    assert enrolment_anchors(Pixels(samples)) == ()


@settings(max_examples=25)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2**32))
def test_anchors_are_few_inside_and_unlike_each_other(width, height, seed):
    pixels = Pixels(noise(width, height, seed))

    for found in (enrolment_anchors(pixels), query_anchors(pixels)):
        assert len(found) <= 12
        assert len(set(found)) == len(found)
        for box in found:
            assert 0 <= box.x0 < box.x1 <= width
            assert 0 <= box.y0 < box.y1 <= height


def test_a_strip_has_no_anchors():
    assert query_anchors(Pixels(noise(2000, 100, seed=4))) == ()


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png", "chelsea.png"])
@pytest.mark.parametrize("factor", [0.6, 1.7])
def test_most_anchors_are_found_again_in_a_scaled_photo(name, factor):
    pixels = bgr(photo(name))
    scaled = cv2.resize(pixels.samples, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)

    stored = enrolment_anchors(pixels)[:6]
    asked = [shrunk(box, 1 / factor) for box in query_anchors(bgr(scaled))]

    again = [any(box.overlap(other) > 0.93 for other in asked) for box in stored]
    assert len(stored) == 6
    assert sum(again) >= 3


def shrunk(box: Box, factor: float) -> Box:
    return Box(*(round(v * factor) for v in (box.x0, box.y0, box.x1, box.y1)))


@pytest.mark.parametrize(
    ("name", "crop"),
    [("coffee.png", Box(70, 10, 590, 390)), ("astronaut.png", Box(20, 0, 490, 450))],
)
def test_an_anchor_is_found_again_in_a_crop_that_holds_the_object(name, crop):
    pixels = bgr(photo(name))

    stored = enrolment_anchors(pixels)[:6]
    asked = nested_anchors(pixels, crop)

    assert any(box.overlap(other) > 0.93 for box in stored for other in asked)


def test_nested_anchors_are_those_of_the_region_alone_moved_back():
    pixels = bgr(photo("coffee.png"))
    region = Box(50, 20, 580, 380)

    alone = query_anchors(pixels.cut(region))
    nested = nested_anchors(pixels, region)

    moved = {Box(b.x0 + 50, b.y0 + 20, b.x1 + 50, b.y1 + 20) for b in alone}
    assert len(nested) == 4
    assert moved.intersection(nested)


def test_a_box_that_more_levels_show_comes_first():
    samples = flat(512, 384, 100)
    samples[80:180, 60:180] = 140  # shown by the few levels between 100 and 140
    samples[80:180, 300:420] = 240  # shown by many more

    first, *others = enrolment_anchors(Pixels(samples))

    assert first.overlap(Box(300, 80, 420, 180)) > 0.8
    assert any(box.overlap(Box(60, 80, 180, 180)) > 0.7 for box in others)

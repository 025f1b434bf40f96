import numpy as np
import pytest
from hypothesis import given

from hashsvc.pixels import Box, ChannelOrder, Pixels
from tests.factories import make_noise
from tests.strategies import boxes

WHOLE = Box(0, 0, 80, 60)


def test_a_box_knows_its_size():
    box = Box(2, 3, 10, 9)

    assert (box.width, box.height, box.area) == (8, 6, 48)


@given(boxes(WHOLE), boxes(WHOLE))
def test_overlap_is_that_of_the_painted_rectangles(one, other):
    painted = np.zeros((2, WHOLE.height, WHOLE.width), bool)
    for layer, box in zip(painted, (one, other), strict=True):
        layer[box.y0 : box.y1, box.x0 : box.x1] = True

    expected = (painted[0] & painted[1]).sum() / (painted[0] | painted[1]).sum()

    assert one.overlap(other) == pytest.approx(expected)
    assert one.overlap(other) == other.overlap(one)


def test_a_box_overlaps_itself_wholly_and_an_empty_one_not_at_all():
    assert WHOLE.overlap(WHOLE) == 1.0
    assert Box(5, 5, 5, 5).overlap(Box(5, 5, 5, 5)) == 0.0


def test_a_cut_is_a_view_of_the_right_place():
    photo = Pixels(make_noise(width=80, height=60), ChannelOrder.BGR)

    part = photo.cut(Box(10, 20, 30, 50))

    assert (part.width, part.height, part.order) == (20, 30, ChannelOrder.BGR)
    assert np.shares_memory(part.samples, photo.samples)
    np.testing.assert_array_equal(part.samples, photo.samples[20:50, 10:30])


def test_the_whole_photo_is_a_box():
    assert Pixels(make_noise(width=80, height=60)).box == WHOLE


def test_rgb_turns_the_channels_round_without_a_copy():
    samples = make_noise(width=8, height=6)

    assert Pixels(samples).rgb() is samples
    turned = Pixels(samples, ChannelOrder.BGR).rgb()
    assert np.shares_memory(turned, samples)
    np.testing.assert_array_equal(turned[:, :, 0], samples[:, :, 2])


def test_the_repr_shows_no_pixels():
    assert "array" not in repr(Pixels(make_noise(width=8, height=6)))

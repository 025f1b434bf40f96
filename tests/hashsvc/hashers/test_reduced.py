"""The folded operator: exact where nothing was folded, blind to what is inside a square."""

import numpy as np
import pytest

from hashsvc.hashers.luma import oriented_lumas
from hashsvc.hashers.reduced import estimated_lumas
from hashsvc.pixels import ChannelOrder, Pixels


def grey(height, width):
    """(height, width): every sample for itself."""
    return np.random.default_rng([height, width]).integers(0, 256, (height, width), np.uint8)


def assert_same_in_any_order(found, expected):
    """Each of one kind is within float noise of one of the other."""
    for one in expected:
        assert min(np.abs(one - other).max() for other in found) < 1e-3


@pytest.mark.parametrize("size", [(321, 481), (65, 70), (64, 999), (400, 256), (7, 300)])
def test_at_full_size_it_is_the_operator_itself(size):
    samples = grey(*size)

    found = estimated_lumas(samples, height=size[0], width=size[1], divisor=1)

    exact = oriented_lumas(Pixels(samples[:, :, None], ChannelOrder.GREY))
    assert_same_in_any_order(found, exact.values())


@pytest.mark.parametrize("divisor", [2, 4, 8])
@pytest.mark.parametrize("cut", [0, 1, 5])
def test_squares_of_one_brightness_lose_nothing(divisor, cut):
    reduced = grey(300, 400)
    whole = reduced.repeat(divisor, axis=0).repeat(divisor, axis=1)
    whole = whole[: len(whole) - cut % divisor, : whole.shape[1] - cut % divisor]

    found = estimated_lumas(reduced, height=whole.shape[0], width=whole.shape[1], divisor=divisor)

    exact = oriented_lumas(Pixels(whole[:, :, None], ChannelOrder.GREY))
    assert_same_in_any_order(found, exact.values())

"""The operator against the reference implementation, on photos and on anything."""

import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashsvc.hashers.axes import SIDE, axis
from hashsvc.hashers.luma import MIN_SIDE, luma, lumas, oriented_lumas, quality
from hashsvc.hashers.pdq import PdqHasher
from hashsvc.orientations import Orientation
from hashsvc.photos import decode
from hashsvc.pixels import Box, ChannelOrder, Pixels
from tests.factories import make_noise, make_pixels
from tests.golden.turns import TURNS
from tests.photo_sets import PHOTO_SETS, some_photos
from tests.strategies import boxes, pixels


def reference(rgb):
    """(hexadecimal digits, quality) of pdqhash."""
    bits, measured = pdqhash.compute(np.ascontiguousarray(rgb))
    return np.packbits(bits).tobytes().hex(), measured


def ours(buffer):
    return PdqHasher().hash(buffer).hex(), quality(buffer)


@pytest.mark.slow
@pytest.mark.parametrize("photos", PHOTO_SETS.values(), ids=PHOTO_SETS)
def test_every_real_photo_gets_the_hash_and_quality_of_the_reference(photos):
    different = []
    for path in photos:
        photo = decode(path)
        if ours(luma(photo)) != reference(photo.rgb()):
            different.append(path.name)

    assert not different
    assert photos


@pytest.mark.slow
@pytest.mark.parametrize("orientation", Orientation)
def test_real_photos_get_the_hash_of_truly_turned_pixels(orientation):
    for path in some_photos(20):
        photo = decode(path)

        buffer = oriented_lumas(photo)[orientation]

        assert ours(buffer) == reference(TURNS[orientation](photo.rgb())), path.name


@settings(max_examples=60, deadline=None)
@given(pixels())
def test_any_size_gets_the_hash_and_quality_of_the_reference(photo):
    assert_close_to_reference(luma(photo), photo.rgb())


@settings(max_examples=20, deadline=None)
@given(pixels(max_side=200), st.sampled_from(Orientation))
def test_any_size_in_any_orientation_is_hashed_as_truly_turned(photo, orientation):
    assert_close_to_reference(oriented_lumas(photo)[orientation], TURNS[orientation](photo.rgb()))


def assert_close_to_reference(buffer, rgb):
    """Equal, but for frequencies so close to the median that rounding decides."""
    bits, measured = pdqhash.compute(np.ascontiguousarray(rgb))
    cosines = PdqHasher._cosines
    frequencies = (cosines @ buffer @ cosines.T).ravel()[::-1]
    beyond_doubt = abs(frequencies - np.sort(frequencies)[127]) > 2e-5 * abs(frequencies).max()
    own = np.unpackbits(np.frombuffer(PdqHasher().hash(buffer).digest, np.uint8))

    assert (own == bits)[beyond_doubt].all()
    assert abs(quality(buffer) - measured) <= 1


@pytest.mark.slow
def test_twelve_megapixels_get_the_hash_of_the_reference():
    photo = make_pixels(width=4000, height=3000)

    assert ours(luma(photo)) == reference(photo.rgb())


def test_a_part_of_a_photo_is_hashed_without_copying_it():
    photo = make_pixels()
    part = photo.cut(Box(17, 11, 300, 200))

    buffer = luma(part)

    assert np.shares_memory(part.samples, photo.samples)
    assert ours(buffer) == reference(part.rgb())


def test_the_channel_order_does_not_change_the_luma():
    rgb = make_noise(width=90, height=70)

    one = luma(Pixels(rgb))
    other = luma(Pixels(np.ascontiguousarray(rgb[:, :, ::-1]), ChannelOrder.BGR))

    np.testing.assert_allclose(one, other, rtol=1e-6)


def test_pixels_that_are_a_turned_view_are_hashed_like_their_copy():
    rgb = make_noise(width=90, height=70)

    view = luma(Pixels(rgb[:, ::-1, ::-1]))

    np.testing.assert_array_equal(view, luma(Pixels(rgb[:, ::-1, ::-1].copy())))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_several_parts_at_once_are_hashed_as_one_by_one(data):
    photo = make_pixels(width=120, height=100)
    parts = data.draw(st.lists(boxes(photo.box), min_size=1, max_size=4))
    shared = [*parts, *(photo.cut(part).box for part in parts), photo.box]

    together = lumas(photo, shared)

    for part, buffer in zip(shared, together, strict=True):
        np.testing.assert_allclose(buffer, luma(photo.cut(part)), atol=1e-3)


@given(st.integers(1, 3000), st.booleans())
def test_each_luma_sample_is_a_mean_of_neighbours(length, turned):
    operator = axis(length, turned=turned)

    matrix = operator.matrix()

    assert matrix.shape == (SIDE, length)
    assert (matrix >= -1e-7).all()
    np.testing.assert_allclose(matrix.sum(axis=1), 1, rtol=1e-5)


@given(st.integers(1, 1500))
def test_the_operator_is_two_boxes_and_every_nth_pixel(length):
    values = np.random.default_rng(length).uniform(0, 255, length)
    window = (length + 127) // 128
    ahead = (window + 2) // 2

    smooth = values
    for _ in range(2):
        smooth = np.array(
            [
                smooth[max(0, place - window + ahead) : place + ahead].mean()
                for place in range(length)
            ]
        )
    expected = [smooth[(2 * sample + 1) * length // 128] for sample in range(SIDE)]

    np.testing.assert_allclose(axis(length).matrix() @ values, expected, rtol=1e-4)


def test_the_turned_operator_is_not_the_plain_one_backwards():
    assert not np.allclose(axis(200).matrix()[::-1, ::-1], axis(200, turned=True).matrix())


@pytest.mark.parametrize(("height", "width"), [(4, 100), (100, 4), (1, 1)])
def test_a_picture_of_fewer_than_five_pixels_has_an_empty_luma(height, width):
    photo = Pixels(make_noise(width=width, height=height))

    assert not luma(photo).any()
    assert not any(buffer.any() for buffer in oriented_lumas(photo).values())
    assert luma(Pixels(make_noise(width=MIN_SIDE, height=MIN_SIDE))).any()


@pytest.mark.parametrize(("level", "expected"), [(0, 0), (255, 0)])
def test_one_colour_has_no_quality(level, expected):
    assert quality(luma(Pixels(np.full((50, 60, 3), level, np.uint8)))) == expected


def test_quality_stops_at_a_hundred():
    assert quality(luma(Pixels(make_noise(width=64, height=64)))) == 100

"""Reduced decoding is for sound JPEGs alone; of everything else the exact way decides."""

import numpy as np
import pytest

from hashsvc.photos import decode
from hashsvc.photos.jpeg import JpegHeader
from hashsvc.photos.reduced import decode_reduced, divisor_of
from tests.factories import make_photo

MANY = 10**8


@pytest.mark.parametrize(
    ("short", "divisor"), [(256, 1), (511, 1), (512, 2), (1023, 2), (1024, 4), (2047, 4), (2048, 8)]
)
def test_at_least_256_pixels_are_left(short, divisor):
    assert divisor_of(JpegHeader(short, 9_000, 1)) == divisor
    assert divisor_of(JpegHeader(9_000, short, 1)) == divisor


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("size", [(1_101, 1_203), (530, 801), (300, 257)])
def test_samples_are_means_of_squares(size, progressive):
    body = make_photo(width=size[0], height=size[1], progressive=progressive, subsampling=0)

    photo = decode_reduced(body, max_pixels=MANY)

    grey = decode(body).rgb() @ np.array([0.299, 0.587, 0.114])
    rows, columns = (side // photo.divisor * photo.divisor for side in grey.shape)
    squares = grey[:rows, :columns].reshape(rows // photo.divisor, photo.divisor, -1, photo.divisor)
    means = squares.mean(axis=(1, 3))
    found = photo.samples[: means.shape[0], : means.shape[1]]
    assert photo.samples.shape == (-(-size[1] // photo.divisor), -(-size[0] // photo.divisor))
    assert np.abs(found - means).mean() < 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_its_size_is_that_of_the_upright_photo(orientation):
    body = make_photo(width=600, height=520, orientation=orientation)

    upright = decode(body)
    assert decode_reduced(body, max_pixels=MANY).size == (upright.width, upright.height)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        make_photo(width=600, height=520, photo_format="PNG"),
        make_photo(width=600, height=520, mode="CMYK"),
        make_photo(width=600, height=520)[:-700],
        make_photo(width=255, height=520),
    ],
    ids=["nothing", "png", "cmyk", "cut short", "small"],
)
def test_of_anything_else_it_says_nothing(body):
    assert decode_reduced(body, max_pixels=MANY) is None


def test_too_many_pixels_are_not_decoded():
    assert decode_reduced(make_photo(width=600, height=520), max_pixels=600 * 519) is None

"""What holds for every algorithm in `HASHERS`: a new one inherits these tests."""

import numpy as np
import pytest

from hashsvc.distances import distance
from hashsvc.hashers import HASHERS
from hashsvc.hashers.axes import SIDE
from hashsvc.hashers.luma import luma, oriented_lumas
from hashsvc.hashes import Algorithm
from hashsvc.photos import decode
from hashsvc.pixels import Pixels
from tests.factories import make_image, make_photo, make_pixels
from tests.golden.turns import TURNS

pytestmark = pytest.mark.parametrize("hasher", HASHERS.values(), ids=HASHERS)


def test_is_found_under_its_own_name(hasher):
    assert HASHERS[hasher.algorithm] is hasher
    assert set(HASHERS) == set(Algorithm)


def test_its_hashes_carry_its_name(hasher):
    assert hasher.hash(luma(make_pixels())).algorithm is hasher.algorithm


def test_equal_pixels_get_equal_hashes(hasher):
    assert hasher.hash(luma(make_pixels())) == hasher.hash(luma(make_pixels()))


def test_the_luma_is_left_as_it_was(hasher):
    buffer = luma(make_pixels())
    before = buffer.copy()

    hasher.hash(buffer)

    np.testing.assert_array_equal(buffer, before)


def test_unrelated_photos_are_far_apart(hasher):
    hashes = [hasher.hash(luma(make_pixels(seed=seed))) for seed in range(20)]

    gaps = [distance(one, other) for one in hashes for other in hashes if one is not other]

    assert min(gaps) > 64
    assert 100 < np.mean(gaps) < 156


def test_the_same_photo_saved_smaller_and_worse_stays_near(hasher):
    original = make_image()
    again = make_photo(width=160, height=120, quality=60)

    gap = distance(
        hasher.hash(luma(Pixels(np.asarray(original)))), hasher.hash(luma(decode(again)))
    )

    assert gap <= 31


def test_every_turn_is_hashed_as_if_the_pixels_were_turned(hasher):
    photo = make_pixels(width=333, height=222)

    for orientation, buffer in oriented_lumas(photo).items():
        turned = Pixels(np.ascontiguousarray(TURNS[orientation](photo.samples)))

        assert hasher.hash(buffer) == hasher.hash(luma(turned)), orientation


def test_a_flat_luma_does_not_fail(hasher):
    assert hasher.hash(np.zeros((SIDE, SIDE), np.float32)).popcount() == 0

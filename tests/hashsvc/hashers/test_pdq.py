import numpy as np
import pytest

from hashsvc.hashers.axes import SIDE
from hashsvc.hashers.luma import luma
from hashsvc.hashers.pdq import PdqHasher
from hashsvc.pixels import Pixels
from tests.golden.pictures import waves


@pytest.mark.parametrize(
    ("height", "width", "k", "expected"),
    [
        (129, 200, 3, "28e0571eace45b0fb4f429826a3f5768b6d709c8fe17a8ac035b5616f8ac59f0"),
        (300, 533, 2, "54e7ab3e56e1a91e56e0ad1f5a70548fa93cfa40529f55ca851cbd60fd40a919"),
        (480, 640, 3, "acf85b83b67face0498f563fb470a4c0a98757bee91e03fc5628fc40a9508955"),
        (1000, 750, 1, "d325977ea670accc6dd249875b1a5370d225962db678b670a6f0a4e5a4e5a4a5"),
    ],
)
def test_published_vectors_hold(height, width, k, expected):
    assert PdqHasher().hash(luma(Pixels(waves(height, width, k)))).hex() == expected


def test_half_of_the_bits_are_set():
    buffer = np.random.default_rng(0).uniform(0, 255, (SIDE, SIDE)).astype(np.float32)

    assert PdqHasher().hash(buffer).popcount() == 128


def test_inverted_colours_turn_every_bit_but_the_median():
    buffer = np.random.default_rng(0).uniform(0, 255, (SIDE, SIDE)).astype(np.float32)

    one, other = PdqHasher().hash(buffer), PdqHasher().hash(255 - buffer)

    assert (int(one.hex(), 16) ^ int(other.complement().hex(), 16)).bit_count() <= 1

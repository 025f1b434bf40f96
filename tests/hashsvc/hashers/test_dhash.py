import numpy as np
import pytest

from hashsvc.hashers.axes import SIDE
from hashsvc.hashers.dhash import DhashHasher
from hashsvc.hashers.luma import luma
from hashsvc.pixels import Pixels
from tests.golden.pictures import waves


@pytest.mark.parametrize(
    ("height", "width", "k", "expected"),
    [
        (129, 200, 3, "f83ef83ef83ef83ef03ef07ef07cf07ce07ce0f8c0f8c1f083e083e007c007c0"),
        (300, 533, 2, "e71ce70cc70cc71cc71cc7188e388e301c711ce138f338e771c7f18ee31ece1c"),
        (480, 640, 3, "926c926c936cb26cb66d364924d964916c9b49b2db269b64b26d24d96d92c9b6"),
        (1000, 750, 1, "f0f0f1b0e1e1c3e387c30f0f1e1ef078e1f187873e3ef1f00787783cc3c13c3c"),
    ],
)
def test_published_vectors_hold(height, width, k, expected):
    assert DhashHasher().hash(luma(Pixels(waves(height, width, k)))).hex() == expected


def sloping(per_sample):
    """(64, 64) brighter by so many grey levels from column to column."""
    return (np.arange(SIDE, dtype=np.float32) * np.float32(per_sample) + 100) * np.ones(
        (SIDE, 1), np.float32
    )


def test_brighter_to_the_right_sets_and_darker_clears():
    assert DhashHasher().hash(sloping(1)).popcount() == 256
    assert DhashHasher().hash(sloping(-1)).popcount() == 0


def test_a_step_within_the_margin_counts_as_flat():
    # Means of 17 columns stand 64/17 samples apart; the margin is 1/64 grey level.
    margin = 17 / 64 / 64

    assert DhashHasher().hash(sloping(0)).popcount() == 0
    assert DhashHasher().hash(sloping(0.9 * margin)).popcount() == 0
    assert DhashHasher().hash(sloping(1.1 * margin)).popcount() == 256


def test_the_first_digit_is_the_top_left_corner():
    buffer = np.zeros((SIDE, SIDE), np.float32)
    buffer[:4, 3:] = 255

    assert DhashHasher().hash(buffer).hex() == "8" + 63 * "0"


def test_rows_follow_one_another():
    buffer = np.zeros((SIDE, SIDE), np.float32)
    buffer[4:8, 3:] = 255

    assert DhashHasher().hash(buffer).hex() == "00008" + 59 * "0"

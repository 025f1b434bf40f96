import imagehash
import pytest

from hashsvc.hashers.foreign import ForeignAlgorithm, foreign_hash
from hashsvc.hashes import Algorithm
from tests.factories import make_image, make_pixels

THEIRS = {
    ForeignAlgorithm.PHASH: imagehash.phash,
    ForeignAlgorithm.DHASH: imagehash.dhash,
    ForeignAlgorithm.WHASH: imagehash.whash,
}


@pytest.mark.parametrize("algorithm", ForeignAlgorithm)
def test_prints_what_the_library_prints(algorithm):
    expected = str(THEIRS[algorithm](make_image()))

    hash_ = foreign_hash(algorithm, make_pixels())

    assert hash_.hex() == expected
    assert len(hash_.digest) == 8


def test_no_name_is_one_of_ours():
    assert not set(ForeignAlgorithm) & set(Algorithm)


def test_the_repr_holds_no_bits():
    hash_ = foreign_hash(ForeignAlgorithm.PHASH, make_pixels())

    assert hash_.hex() not in repr(hash_)
    assert "phash" in repr(hash_)

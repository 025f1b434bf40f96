"""The reference matcher: what every other one is compared with."""

import numpy as np
import pytest

from hashsvc.hashes import Algorithm
from hashsvc.matching import (
    Hit,
    LinearMatcher,
    SignatureId,
    hit_of,
    linear_search,
    nearest_first,
    within,
    words_of,
)
from hashsvc.signatures import RegionKind
from tests.factories import make_hash, make_hit, make_listed, make_signature, with_flipped_bits

QUERY = make_signature(region=RegionKind.CROP)


def listed_at(pdq_bits, *, dhash_bits=0, **fields):
    """A listed signature at these distances from the query."""
    return make_listed(
        pdq=with_flipped_bits(QUERY.pdq, pdq_bits),
        dhash=with_flipped_bits(QUERY.dhash, dhash_bits),
        **fields,
    )


def test_a_hit_says_all_of_a_pair():
    listed = listed_at(7, dhash_bits=9, signature_id=5, strong_only=True, region=RegionKind.ANCHOR)

    assert hit_of(QUERY, listed) == Hit(
        signature_id=SignatureId(5),
        region=RegionKind.ANCHOR,
        query_region=RegionKind.CROP,
        pdq_distance=7,
        dhash_distance=9,
        strong_only=True,
    )


def test_without_a_dhash_on_either_side_there_is_no_distance_of_dhashes():
    bare = make_signature(dhash=None)

    assert hit_of(bare, listed_at(0)).dhash_distance is None
    assert hit_of(QUERY, make_listed(signature=bare)).dhash_distance is None
    assert hit_of(bare, make_listed(signature=bare)).dhash_distance is None


def test_hits_are_told_nearest_first_and_then_by_id():
    near, nearer = make_hit(signature_id=3, pdq_distance=5), make_hit(signature_id=9)
    equal = make_hit(signature_id=2, pdq_distance=5)

    assert nearest_first([near, nearer, equal]) == [nearer, equal, near]


def test_a_hash_is_a_row_of_four_words():
    hashes = [make_hash(seed=seed) for seed in range(3)]

    words = words_of(hashes)

    assert words.shape == (3, 4)
    assert [row.tobytes() for row in words] == [hash_.digest for hash_ in hashes]
    assert words_of([]).shape == (0, 4)


@pytest.mark.parametrize(("threshold", "found"), [(30, [1]), (31, [1, 2]), (32, [1, 2, 3])])
def test_a_threshold_is_inclusive(threshold, found):
    listed = [listed_at(30 + n, signature_id=n + 1) for n in range(3)]

    hits = LinearMatcher(listed).find(QUERY, threshold=threshold)

    assert [hit.signature_id for hit in hits] == found


def test_nothing_is_found_where_nothing_is_listed():
    assert LinearMatcher([]).find(QUERY, threshold=256) == []


def test_rows_beyond_the_first_block_are_found_under_their_own_numbers():
    rows = np.zeros((65_536 * 2 + 3, 4), np.uint64)
    query = QUERY.pdq.words()
    places = [0, 65_535, 65_536, 65_537, 131_071, 131_072, len(rows) - 1]
    rows[places] = query

    assert within(rows, query, 0) == places


def test_queries_are_searched_one_after_the_other():
    hashes = [make_hash(seed=seed, algorithm=Algorithm.PDQ) for seed in range(3)]
    rows = words_of(hashes)

    assert linear_search(rows, rows[::-1], 0) == [[2], [1], [0]]
    assert linear_search(rows, rows[:0], 0) == []

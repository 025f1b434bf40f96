"""The base finds every pair up to 31 bits, and beyond exactly what its tables reach."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashsvc.matching import LinearMatcher
from indexer.search import csr
from indexer.search.columns import Columns, columns_of
from indexer.search.csr import CsrBase
from tests.contracts.test_every_matcher import lists_near_one_query
from tests.factories import make_hash, make_listed, make_signature
from tests.indexer.search.distances import (
    QUERY,
    listed_with_flips,
    with_random_flips,
    within_reach,
)

TWO_EVERYWHERE = [2] * 16
FAR = [8] * 16


def one_in(chunk):
    """31 flips that leave a single chunk within one bit."""
    return [1 if place == chunk else 2 for place in range(16)]


def distances(base, threshold, query=QUERY):
    return [hit.pdq_distance for hit in base.find(query, threshold=threshold)]


@pytest.mark.parametrize("chunk", range(16))
def test_thirty_one_flips_are_found_through_any_one_chunk(chunk):
    base = CsrBase.of([listed_with_flips(one_in(chunk))])

    assert [distances(base, bits) for bits in (30, 31, 32)] == [[], [31], [31]]


@pytest.mark.parametrize("bit", range(16))
def test_every_single_bit_of_a_chunk_is_flipped(bit):
    # One chunk off by one bit, the others by two that lie elsewhere.
    chunks = np.frombuffer(QUERY.pdq.digest, dtype="<u2").copy()
    chunks ^= np.uint16(0b11)
    chunks[7] ^= np.uint16(0b11 ^ (1 << bit))
    query = make_signature(pdq=type(QUERY.pdq)(QUERY.pdq.algorithm, chunks.tobytes()))
    base = CsrBase.of([make_listed(signature=QUERY)])

    assert distances(base, 31, query) == [31]


def test_two_flips_in_every_chunk_are_out_of_reach_of_one_hash_alone():
    base = CsrBase.of([listed_with_flips(TWO_EVERYWHERE), listed_with_flips([2] * 15 + [3])])

    assert distances(base, 72) == []


@pytest.mark.parametrize(("dhash", "found"), [(one_in(5), [32]), (TWO_EVERYWHERE, [])])
def test_the_other_hash_reaches_what_pdq_does_not(dhash, found):
    base = CsrBase.of([listed_with_flips(TWO_EVERYWHERE, dhash)])

    assert distances(base, 72) == found
    assert distances(base, 31) == []


def test_a_pair_in_reach_of_both_hashes_is_found_once():
    base = CsrBase.of([listed_with_flips([3] * 15 + [0], [0] * 16)])

    assert distances(base, 72) == [45]


def test_the_other_hash_finds_nothing_beyond_the_threshold():
    base = CsrBase.of([listed_with_flips([5] * 14 + [2] * 2, [0] * 16)])

    assert [distances(base, bits) for bits in (71, 72, 73, 74)] == [[], [], [], [74]]


def test_far_away_a_scan_finds_everything():
    base = CsrBase.of([listed_with_flips(FAR)])

    assert [distances(base, bits) for bits in (72, 127, 128, 256)] == [[], [], [128], [128]]


@pytest.mark.parametrize("reach", [31, 72, 256])
def test_more_hits_than_usual_are_all_returned(reach):
    listed = [make_listed(signature_id=id_) for id_ in range(5_000, 0, -1)]

    found = CsrBase.of(listed).find(QUERY, threshold=reach)

    assert [hit.signature_id for hit in found] == list(range(1, 5_001))


def test_the_other_hash_returns_more_than_usual():
    listed = [
        listed_with_flips(TWO_EVERYWHERE, one_in(0), signature_id=id_) for id_ in range(1, 600)
    ]

    assert len(CsrBase.of(listed).find(QUERY, threshold=72)) == 599


@given(drawn=lists_near_one_query(), threshold=st.integers(32, 72))
def test_between_32_and_72_bits_it_finds_what_its_tables_reach(drawn, threshold):
    query, listed = drawn
    reachable = [entry for entry in listed if within_reach(query, entry.signature)]

    found = CsrBase.of(listed).find(query, threshold=threshold)

    assert found == LinearMatcher(reachable).find(query, threshold=threshold)


def exact_miss(flips):
    """The share of pairs with so many flips of 256 of which no chunk has fewer than two."""
    one = [0, 0, *(comb(16, some) for some in range(2, 17))]
    ways = [1]
    for _ in range(16):
        ways = [
            sum(ways[k] * one[n - k] for k in range(max(0, n - 16), min(n, len(ways) - 1) + 1))
            for n in range(len(ways) + 16)
        ]
    return ways[flips] / comb(256, flips)


@pytest.mark.parametrize(("pdq", "dhash"), [(31, 64), (50, 45), (60, 50), (72, 64)])
def test_recall_of_random_flips_is_what_the_formula_says(pdq, dhash):
    random, pairs = np.random.default_rng(1), 1_500
    listed = [
        make_listed(
            signature_id=id_,
            pdq=with_random_flips(QUERY.pdq, pdq, random),
            dhash=with_random_flips(QUERY.dhash, dhash, random),
        )
        for id_ in range(1, pairs + 1)
    ]
    expected = 1 - exact_miss(pdq) * exact_miss(dhash)

    found = len(CsrBase.of(listed).find(QUERY, threshold=72)) / pairs

    assert abs(found - expected) <= 3 * (expected * (1 - expected) / pairs) ** 0.5 + 1e-9


def test_of_one_id_listed_twice_the_last_stays():
    moved = make_listed(pdq=make_hash(seed=9))

    base = CsrBase.of([make_listed(), moved])

    assert len(base) == 1
    assert distances(base, 31) == []
    assert distances(base, 0, moved.signature) == [0]


def test_ids_are_found_in_any_order_and_unknown_ones_passed_over():
    base = CsrBase.of([make_listed(signature_id=id_) for id_ in (30, 10, 20)])

    places = base.places(np.array([30, 5, 10, 31, 15]))

    assert base.columns.ids[places].tolist() == [30, 10]


def test_a_base_cannot_be_written_to():
    columns = columns_of([make_listed()])

    with pytest.raises(ValueError, match="read-only"):
        columns.pdq[0, 0] = 1


@pytest.mark.parametrize("three_bytes_do", [True, False])
def test_rows_of_a_long_list_are_told_apart(monkeypatch, three_bytes_do):
    monkeypatch.setattr(csr, "_THREE_BYTES", 2**24 if three_bytes_do else 0)
    count, random = 70_000, np.random.default_rng(1)
    pdq, dhash = random.integers(0, 2**64, (2, count, 4), dtype=np.uint64)
    kind = np.full(count, 4, dtype=np.uint8)
    wanted = {5: one_in(3), 65_541: one_in(9), 69_999: TWO_EVERYWHERE}  # by row
    for row, flips in wanted.items():
        near = listed_with_flips(flips, [0] * 16).signature
        pdq[row], dhash[row] = near.pdq.words(), near.dhash.words()

    base = CsrBase.built(Columns(np.arange(count), pdq, dhash, kind))

    found = {hit.signature_id: hit.pdq_distance for hit in base.find(QUERY, threshold=40)}
    assert found == {5: 31, 65_541: 31, 69_999: 32}
    assert base.pdq_tables.high.dtype == (np.uint8 if three_bytes_do else np.uint16)

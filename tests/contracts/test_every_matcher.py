"""What holds for everything that finds listed signatures; the linear scan is the reference."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashsvc import SignatureId
from hashsvc.hashes import Algorithm
from hashsvc.matching import LinearMatcher, linear_search
from hashsvc.packs.records import Entry, PackedMatcher, packed
from hashsvc.scan.kernel import compiled_search
from hashsvc.signatures import RegionKind
from indexer.search import FlatIndex, LayeredIndex
from indexer.search.csr import CsrBase
from tests.factories import make_hash, make_listed, make_signature, with_flipped_bits
from tests.strategies import hashes_at, signatures

EXACT_ALWAYS = st.integers(0, 31) | st.integers(73, 256)  # between, a base finds most of it
QUERY = make_signature()
BIGGEST_ID = 2**63 - 1


def layered(listed):
    """Half of the list in the base, half in the delta, and a tombstone."""
    half, gone = len(listed) // 2, make_listed(signature_id=2**61 + 7)
    index = LayeredIndex([gone, *listed[:half]], base_from=0)
    index.remove([gone.signature_id])
    index.add(listed[half:])
    return index


class OfPack:
    """A matcher over records of a pack that answers with the listed ids."""

    def __init__(self, listed, search=linear_search):
        entries = [
            Entry(one.signature_id.to_bytes(16, "big"), one.signature, one.strong_only)
            for one in listed
        ]
        self._matcher = PackedMatcher(packed(entries), search)

    def find(self, query, *, threshold):
        return self.find_many([query], threshold=threshold)[0]

    def find_many(self, queries, *, threshold):
        found = self._matcher.find_many(queries, threshold=threshold)
        return [[replace(hit, signature_id=self._listed_id(hit)) for hit in hits] for hits in found]

    def _listed_id(self, hit):
        return SignatureId(int.from_bytes(self._matcher.entry_id(hit.signature_id), "big"))


def compiled(listed):
    """Records of a pack, compared by compiled code."""
    return OfPack(listed, compiled_search)


INDEXES = {"flat": FlatIndex, "short": LayeredIndex, "layered": layered}
PACKS = {"pack": OfPack, "compiled": compiled}
FINDERS_OF_MANY = INDEXES | {"base": CsrBase.of} | PACKS
MATCHERS = FINDERS_OF_MANY | {"linear": LinearMatcher}
every_index = pytest.mark.parametrize("matcher", INDEXES.values(), ids=INDEXES)
every_finder_of_many = pytest.mark.parametrize(
    "matcher", FINDERS_OF_MANY.values(), ids=FINDERS_OF_MANY
)
every_matcher = pytest.mark.parametrize("matcher", MATCHERS.values(), ids=MATCHERS)


@st.composite
def lists_near_one_query(draw):
    """(query, listed): some of the listed ones at a drawn distance of the query, in any order."""
    query = draw(signatures())
    near = st.integers(0, 80).flatmap(lambda bits: hashes_at(query.pdq, bits))
    ids = draw(st.lists(st.integers(1, BIGGEST_ID), unique=True, max_size=12))
    return query, [
        make_listed(
            signature_id=id_,
            signature=draw(signatures(pdq=near) | signatures()),
            strong_only=draw(st.booleans()),
        )
        for id_ in ids
    ]


def listed_at(*distances):
    """One listed signature per distance in bits; its id is its place, from 1."""
    return [
        make_listed(signature_id=place, pdq=with_flipped_bits(QUERY.pdq, bits))
        for place, bits in enumerate(distances, start=1)
    ]


@pytest.mark.parametrize("matcher", [CsrBase.of, layered], ids=["base", "layered"])
@given(drawn=lists_near_one_query(), threshold=EXACT_ALWAYS)
def test_tables_find_exactly_what_the_reference_finds(matcher, drawn, threshold):
    query, listed = drawn

    found = matcher(listed).find(query, threshold=threshold)

    assert found == LinearMatcher(listed).find(query, threshold=threshold)


@pytest.mark.parametrize("matcher", [FlatIndex, OfPack, compiled], ids=["flat", *PACKS])
@given(drawn=lists_near_one_query(), threshold=st.integers(0, 256))
def test_scans_find_exactly_what_the_reference_finds(matcher, drawn, threshold):
    query, listed = drawn

    found = matcher(listed).find(query, threshold=threshold)

    assert found == LinearMatcher(listed).find(query, threshold=threshold)


@every_finder_of_many
@given(drawn=lists_near_one_query(), others=st.lists(signatures(), max_size=3))
def test_many_queries_are_answered_like_one_after_the_other(matcher, drawn, others):
    query, listed = drawn
    index, queries = matcher(listed), [*others, query]

    found = index.find_many(queries, threshold=31)

    assert found == [LinearMatcher(listed).find(one, threshold=31) for one in queries]


@every_finder_of_many
def test_no_query_has_no_answer(matcher):
    assert matcher(listed_at(0)).find_many([], threshold=72) == []


@every_matcher
@pytest.mark.parametrize("threshold", [0, 30, 31, 32, 50, 51, 72, 73, 256])
def test_a_threshold_includes_its_own_distance(matcher, threshold):
    distances = [0, 29, 30, 31, 32, 33, 49, 50, 51, 52, 71, 72, 73, 74, 255, 256]

    found = matcher(listed_at(*distances)).find(QUERY, threshold=threshold)

    assert [hit.pdq_distance for hit in found] == [bits for bits in distances if bits <= threshold]


@every_matcher
def test_bits_far_apart_count_like_neighbours(matcher):
    spread = sum(1 << (8 * byte) for byte in range(31))
    digest = (int.from_bytes(QUERY.pdq.digest, "big") ^ spread).to_bytes(32, "big")
    index = matcher([make_listed(pdq=type(QUERY.pdq)(Algorithm.PDQ, digest))])

    assert [len(index.find(QUERY, threshold=bits)) for bits in (30, 31)] == [0, 1]


@every_matcher
def test_the_nearest_comes_first_and_of_equals_the_smallest_id(matcher):
    listed = [
        make_listed(signature_id=id_, pdq=with_flipped_bits(QUERY.pdq, bits))
        for id_, bits in [(9, 4), (3, 4), (7, 0), (BIGGEST_ID, 0), (1, 8)]
    ]

    found = matcher(listed).find(QUERY, threshold=31)

    assert [hit.signature_id for hit in found] == [7, BIGGEST_ID, 3, 9, 1]


@every_matcher
def test_a_hit_tells_of_both_sides(matcher):
    listed = make_listed(
        region=RegionKind.ANCHOR,
        pdq=with_flipped_bits(QUERY.pdq, 6),
        dhash=with_flipped_bits(QUERY.dhash, 65),
        strong_only=True,
    )

    (hit,) = matcher([listed]).find(QUERY, threshold=6)

    assert (hit.region, hit.query_region) == (RegionKind.ANCHOR, RegionKind.FULL)
    assert (hit.pdq_distance, hit.dhash_distance, hit.strong_only) == (6, 65, True)


@every_matcher
@pytest.mark.parametrize("missing", ["listed", "query", "both"])
def test_a_missing_dhash_leaves_its_distance_unknown(matcher, missing):
    bare = make_signature(dhash=None)
    listed = QUERY if missing == "query" else bare
    query = QUERY if missing == "listed" else bare

    (hit,) = matcher([make_listed(signature=listed)]).find(query, threshold=31)

    assert (hit.pdq_distance, hit.dhash_distance) == (0, None)


@every_matcher
def test_five_thousand_equal_rows_are_all_returned(matcher):
    listed = [make_listed(signature_id=id_) for id_ in range(1, 5_001)]

    found = matcher(listed).find(QUERY, threshold=31)

    assert [hit.signature_id for hit in found] == list(range(1, 5_001))


@every_matcher
def test_an_empty_list_finds_nothing(matcher):
    assert matcher([]).find(QUERY, threshold=256) == []


@every_index
def test_an_id_that_is_added_again_is_replaced(matcher):
    index = matcher(listed_at(0))
    moved = make_listed(signature_id=1, pdq=make_hash(seed=9))

    index.add([moved])

    assert len(index) == 1
    assert index.find(QUERY, threshold=31) == []
    assert [hit.signature_id for hit in index.find(moved.signature, threshold=0)] == [1]


@every_index
def test_of_one_id_added_twice_at_once_the_last_stays(matcher):
    index = matcher([make_listed(pdq=make_hash(seed=9)), make_listed()])

    assert len(index) == 1
    assert len(index.find(QUERY, threshold=256)) == 1
    assert len(index.find(QUERY, threshold=0)) == 1


@every_index
def test_unknown_ids_are_passed_over_when_removed(matcher):
    index = matcher(listed_at(0, 2))

    index.remove([SignatureId(2), SignatureId(99)])
    index.remove([])

    assert len(index) == 1
    assert [hit.signature_id for hit in index.find(QUERY, threshold=31)] == [1]

"""Where each tier and each judgement ends: both sides of every limit."""

import pytest

from hashsvc.hashes import HASH_BYTES, Algorithm, Hash
from hashsvc.policies import (
    DHASH_POPCOUNT,
    PDQ_POPCOUNT,
    Fitness,
    Policy,
    Tier,
    askable,
    best,
    fitness,
    sound_dhash,
    strongest,
)
from hashsvc.signatures import RegionKind
from tests.factories import make_hit, make_signature

FULL, CROP, ANCHOR = RegionKind.FULL, RegionKind.CROP, RegionKind.ANCHOR
POLICY = Policy()


def with_bits(count, algorithm=Algorithm.PDQ):
    """A hash with so many bits set."""
    return Hash(algorithm, ((1 << count) - 1).to_bytes(HASH_BYTES, "big"))


@pytest.mark.parametrize(
    ("pdq", "dhash", "tier"),
    [
        (0, 0, Tier.STRONG),
        (31, 64, Tier.STRONG),
        (31, 65, None),
        (31, None, Tier.STRONG),
        (32, None, None),
        (32, 64, Tier.LIKELY),
        (50, 64, Tier.LIKELY),
        (51, 64, Tier.POSSIBLE),
        (72, 64, Tier.POSSIBLE),
        (73, 64, None),
        (72, 65, None),
    ],
)
def test_a_tier_ends_where_the_policy_says(pdq, dhash, tier):
    assert POLICY.grade(make_hit(pdq_distance=pdq, dhash_distance=dhash)) is tier


@pytest.mark.parametrize(("pdq", "tier"), [(31, Tier.STRONG), (32, None), (50, None)])
def test_what_is_strong_only_has_no_weaker_tier(pdq, tier):
    assert POLICY.grade(make_hit(pdq_distance=pdq, strong_only=True)) is tier


@pytest.mark.parametrize(("region", "query"), [(ANCHOR, FULL), (FULL, ANCHOR), (ANCHOR, ANCHOR)])
def test_a_pair_with_an_anchor_ends_earlier(region, query):
    near = make_hit(region=region, query_region=query, pdq_distance=50)
    far = make_hit(region=region, query_region=query, pdq_distance=51)

    assert POLICY.grade(near) is Tier.LIKELY
    assert POLICY.grade(far) is None


def test_graded_hits_are_the_hits_with_their_tiers_in_order():
    hits = [make_hit(signature_id=n, pdq_distance=bits) for n, bits in enumerate((60, 90, 10, 40))]

    graded = POLICY.graded(hits)

    assert [one.hit for one in graded] == [hits[0], hits[2], hits[3]]
    assert [one.tier for one in graded] == [Tier.POSSIBLE, Tier.STRONG, Tier.LIKELY]


def test_the_best_hit_is_of_the_strongest_tier_and_of_these_the_nearest():
    weak = make_hit(signature_id=1, pdq_distance=40)
    near, nearest = (make_hit(signature_id=2 + n, pdq_distance=20 - n) for n in range(2))

    assert best(POLICY.graded([weak, near, nearest])).hit == nearest
    assert best(POLICY.graded([weak])).hit == weak
    assert best([]) is None


def test_strong_is_stronger_than_likely_and_likely_than_possible():
    strong, likely, possible = Tier

    assert strongest([possible, likely]) is likely
    assert strongest([likely, strong, possible]) is strong
    assert strong.reaches(likely)
    assert likely.reaches(likely)
    assert not possible.reaches(likely)


@pytest.mark.parametrize(
    ("region", "quality", "judged"),
    [
        *((region, 9, Fitness.UNFIT) for region in RegionKind),
        (FULL, 10, Fitness.STRONG_ONLY),
        (CROP, 10, Fitness.STRONG_ONLY),
        (CROP, 49, Fitness.STRONG_ONLY),
        (ANCHOR, 10, Fitness.UNFIT),
        (ANCHOR, 49, Fitness.UNFIT),
        *((region, 50, Fitness.FIT) for region in RegionKind),
    ],
)
def test_quality_decides_whether_a_signature_is_listed(region, quality, judged):
    assert fitness(make_signature(region=region, quality=quality)) is judged


@pytest.mark.parametrize(
    ("region", "quality", "worth"),
    [
        (FULL, 9, False),
        (FULL, 10, True),
        (CROP, 10, True),
        (ANCHOR, 10, False),
        (ANCHOR, 49, False),
        (ANCHOR, 50, True),
    ],
)
def test_quality_decides_whether_a_question_is_worth_a_search(region, quality, worth):
    assert askable(make_signature(region=region, quality=quality)) is worth


@pytest.mark.parametrize(("bits", "sound"), [(111, False), (112, True), (144, True), (145, False)])
def test_a_pdq_of_too_few_or_too_many_bits_is_no_photo(bits, sound):
    signature = make_signature(pdq=with_bits(bits))

    assert (fitness(signature) is Fitness.FIT) is sound
    assert askable(signature) is sound
    assert (bits in PDQ_POPCOUNT) is sound


@pytest.mark.parametrize(("bits", "sound"), [(31, False), (32, True), (224, True), (225, False)])
def test_a_dhash_of_too_few_or_too_many_bits_says_nothing(bits, sound):
    hash_ = with_bits(bits, Algorithm.DHASH)

    assert sound_dhash(hash_) == (hash_ if sound else None)
    assert (bits in DHASH_POPCOUNT) is sound
    assert sound_dhash(None) is None


def test_one_search_serves_every_tier():
    assert POLICY.search_bits == 72
    assert Policy(strong_pdq_bits=90).search_bits == 90

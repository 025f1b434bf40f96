import numpy as np
import pytest
from hypothesis import given

from hashsvc.errors import PhotoTooFlatError
from hashsvc.hashers import HASHERS
from hashsvc.hashers.luma import luma
from hashsvc.hashes import Algorithm
from hashsvc.hashing import (
    MAX_QUERY_SIGNATURES,
    enrolment_signatures,
    full_signatures,
    part_signatures,
    query_signatures,
    signature_of,
)
from hashsvc.matching import LinearMatcher
from hashsvc.photos import decode
from hashsvc.pixels import Box, Pixels
from hashsvc.policies import Fitness, Policy, Tier, askable, fitness
from hashsvc.regions import (
    MAX_ENROLMENT_ANCHORS,
    ROTATION_DEGREES,
    enrolment_regions,
    rotated,
)
from hashsvc.signatures import RegionKind
from tests.factories import make_listed, make_photo, make_pixels
from tests.golden.pictures import flat, ramp, waves
from tests.golden.turns import TURNS
from tests.strategies import pixels


def test_a_signature_holds_both_hashes_of_the_pixels():
    photo = make_pixels()

    signature = signature_of(photo, RegionKind.CROP)

    assert signature.region is RegionKind.CROP
    assert signature.pdq == HASHERS[Algorithm.PDQ].hash(luma(photo))
    assert signature.dhash == HASHERS[Algorithm.DHASH].hash(luma(photo))
    assert signature.quality == 100


def test_a_part_of_a_photo_has_the_signature_of_its_own_pixels():
    photo, box = make_pixels(), Box(30, 20, 250, 200)
    copied = Pixels(photo.samples[20:200, 30:250].copy())

    assert signature_of(photo.cut(box), RegionKind.CROP) == signature_of(copied, RegionKind.CROP)


def test_enrolment_begins_with_the_full_photo():
    photo = make_pixels()

    first, *_ = enrolment_signatures(photo)

    assert first == signature_of(photo, RegionKind.FULL)


@pytest.mark.parametrize(
    "samples",
    [flat(240, 320, 0), flat(240, 320, 128), ramp(240, 320, 1, 1), ramp(240, 320, 1, 0)],
    ids=["black", "grey", "slope of no quality", "slope whose PDQ is unsound"],
)
def test_a_flat_photo_is_refused_at_enrolment_in_plain_words(samples):
    with pytest.raises(PhotoTooFlatError, match="too little detail"):
        enrolment_signatures(Pixels(samples))


def test_a_one_way_gradient_has_no_dhash():
    slope = waves(240, 320, 3) // 16 + ramp(240, 320, 0, 1) // 2

    signature = signature_of(Pixels(slope.astype(np.uint8)), RegionKind.FULL)

    assert signature.dhash is None


def test_a_query_is_upright_first_and_has_all_eight_turns():
    photo = make_pixels(width=300, height=200)

    signatures = query_signatures(photo)

    turned = [
        signature_of(Pixels(np.ascontiguousarray(turn(photo.samples))), RegionKind.FULL)
        for turn in TURNS.values()
    ]
    full = [signature for signature in signatures if signature.region is RegionKind.FULL]
    assert signatures[0] == turned[0]
    assert set(full) == {*turned, *(one.inverted() for one in turned)}
    assert len(signatures) == len(set(signatures))


def test_enrolment_adds_the_fixed_crops_and_keeps_each_signature_once():
    photo = make_pixels()

    signatures = enrolment_signatures(photo)

    crops = {
        signature_of(photo.cut(region.box), RegionKind.CROP).pdq
        for region in enrolment_regions(photo)
        if region.kind is RegionKind.CROP
    }
    assert {one.pdq for one in signatures if one.region is RegionKind.CROP} == crops
    assert len(crops) >= 6
    assert len(signatures) == len(set(signatures))


def test_enrolment_keeps_no_more_anchors_than_allowed_and_none_unfit():
    for seed in range(8):
        signatures = enrolment_signatures(make_pixels(seed=seed))

        anchors = [one for one in signatures if one.region is RegionKind.ANCHOR]
        assert len(anchors) <= MAX_ENROLMENT_ANCHORS
        assert all(fitness(one) is not Fitness.UNFIT for one in signatures)


def test_a_crop_of_one_colour_is_left_out():
    samples = np.full((300, 300, 3), 128, np.uint8)
    samples[:, :40] = make_pixels(width=40, height=300).samples

    signatures = enrolment_signatures(Pixels(samples))

    assert signatures[0].region is RegionKind.FULL
    assert all(one.quality >= 10 for one in signatures)


def test_a_photo_inside_another_picture_is_found():
    photo = make_pixels(width=240, height=180)
    screenshot = np.full((400, 300, 3), 255, np.uint8)
    screenshot[90:270, 30:270] = photo.samples
    matcher = LinearMatcher([make_listed(signature=enrolment_signatures(photo)[0])])

    hits = [
        one for q in query_signatures(Pixels(screenshot)) for one in matcher.find(q, threshold=31)
    ]

    assert hits


def test_parts_of_a_query_that_are_not_worth_a_search_are_left_out():
    screenshot = np.full((400, 300, 3), 255, np.uint8)
    screenshot[90:270, 30:270] = make_pixels(width=240, height=180).samples

    signatures = query_signatures(Pixels(screenshot))

    assert {one.region for one in signatures} >= {RegionKind.FULL, RegionKind.CROP}
    assert all(askable(one) for one in signatures if one.region is not RegionKind.FULL)


def test_a_symmetrical_photo_asks_each_question_once():
    corner = make_pixels(width=64, height=64).samples
    half = np.concatenate([corner, corner[:, ::-1]], axis=1)
    kaleidoscope = Pixels(np.concatenate([half, half[::-1]]))

    full = [one for one in query_signatures(kaleidoscope) if one.region is RegionKind.FULL]

    assert len(full) == 4  # two, and both with inverted colours


def test_a_photo_with_inverted_colours_is_found_as_strong():
    photo = make_pixels()
    matcher = LinearMatcher([make_listed(signature=enrolment_signatures(photo)[0])])

    inverted = full_signatures(Pixels(255 - photo.samples))

    hits = [hit for one in inverted for hit in matcher.find(one, threshold=31)]
    assert Tier.STRONG in {graded.tier for graded in Policy().graded(hits)}


def test_a_photo_turned_by_seven_degrees_is_found():
    photo = make_pixels(width=400, height=300)
    stored = enumerate(enrolment_signatures(photo), start=1)
    matcher = LinearMatcher([make_listed(signature_id=n, signature=one) for n, one in stored])
    (upload,) = [
        turned
        for degrees, turned in zip(ROTATION_DEGREES, rotated(photo), strict=True)
        if degrees == 7.5
    ]

    hits = [hit for one in part_signatures(upload) for hit in matcher.find(one, threshold=72)]

    assert Policy().graded(hits)


@given(pixels(max_side=300))
def test_a_query_is_never_more_than_the_service_takes(photo):
    full, parts = full_signatures(photo), part_signatures(photo)

    assert 1 <= len(full) <= 16
    assert len(full) + len(parts) <= MAX_QUERY_SIGNATURES
    assert query_signatures(photo) == (*full, *parts)


def test_a_flat_query_does_not_fail_and_is_not_worth_a_search():
    signatures = query_signatures(Pixels(flat(240, 320, 0)))

    assert signatures
    assert not any(askable(signature) for signature in signatures)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_found_however_the_camera_was_held(orientation):
    (listed, *_) = enrolment_signatures(decode(make_photo()))
    matcher = LinearMatcher([make_listed(signature=listed)])
    query = decode(make_photo(orientation=orientation, quality=70))

    hits = [hit for one in query_signatures(query) for hit in matcher.find(one, threshold=31)]

    assert Policy().grade(hits[0]) is Tier.STRONG

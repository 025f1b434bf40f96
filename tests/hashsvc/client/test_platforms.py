"""A platform's client against a real service."""

import pytest

from hashsvc.client import PlatformClient, SurvivorClient, Upload
from hashsvc.errors import PhotoError, RefusedError
from hashsvc.hashing import enrolment_signatures
from hashsvc.photos import decode
from hashsvc.policies import Tier, Verdict
from tests.factories import make_photo, make_pixels, make_signature


@pytest.fixture
def platform(service):
    with PlatformClient(service.url, service.key) as client:
        yield client


@pytest.fixture
def reported(service):
    """Pixels of a photo that a survivor reported."""
    pixels = make_pixels(seed=77)
    with SurvivorClient(service.url) as survivor:
        access = survivor.open_case(enrolment_signatures(pixels), "402913")
        yield pixels
        survivor.withdraw(access)


def test_a_reported_photo_is_to_be_reviewed(platform, reported):
    answer = platform.match_photo(reported, "upl-1")

    assert (answer.verdict, answer.tier) == (Verdict.REVIEW, Tier.STRONG)
    assert answer.match_id.startswith("mat_")
    assert answer.list_state == "probation"


def test_a_photo_file_is_hashed_here(platform, reported, tmp_path):
    path = tmp_path / "upload.jpg"
    path.write_bytes(make_photo(seed=5))

    answer = platform.match_photo(path, "upl-2")

    assert (answer.verdict, answer.tier, answer.match_id) == (Verdict.NONE, None, None)


def test_a_file_that_is_no_photo_is_refused_before_anything_is_sent(tmp_path):
    path = tmp_path / "upload.jpg"
    path.write_bytes(b"no photo")

    with PlatformClient("http://127.0.0.1:1", "no-key") as platform, pytest.raises(PhotoError):
        platform.match_photo(path, "upl-3")


@pytest.mark.parametrize("uploads", [256, 257, 600])
def test_any_number_of_uploads_is_split_and_answered_in_order(platform, uploads):
    asked = [Upload(f"upl-{n}", [make_signature(seed=n)]) for n in range(uploads)]

    answers = platform.match(asked)

    assert [answer.ref for answer in answers] == [upload.ref for upload in asked]


def test_many_signatures_are_split_below_the_limit_of_a_request(platform):
    many = [make_signature(seed=n) for n in range(256)]

    answers = platform.match([Upload(f"upl-{n}", many) for n in range(17)])

    assert len(answers) == 17


def test_asking_about_nothing_asks_nothing():
    with PlatformClient("http://127.0.0.1:1", "no-key") as platform:
        assert platform.match([]) == []


def test_a_wrong_key_is_refused_with_the_services_own_sentence(service):
    wrong = "hsk_live_aaaaaaaa_" + "a" * 43

    with PlatformClient(service.url, wrong) as platform, pytest.raises(RefusedError) as caught:
        platform.match([Upload("upl-4", [make_signature()])])

    assert (caught.value.status, caught.value.problem) == (401, "key-invalid")
    assert "aaaa" not in str(caught.value)


def test_a_skipped_upload_says_why(platform):
    flat = make_signature(quality=3)

    assert platform.match([Upload("upl-5", [flat])])[0].skipped == "low_quality"


def test_a_photo_is_decoded_as_everywhere(platform, reported):
    decoded = decode(make_photo(seed=77, photo_format="PNG"))

    assert platform.match_photo(decoded, "upl-6").tier is Tier.STRONG

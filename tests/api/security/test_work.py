"""Work is taken once, in time, from whom it was asked, and forged by nobody."""

import base64
from datetime import timedelta

import pytest

from api.security.peppers import Pepper
from api.security.work import Challenges
from hashsvc.client.work import solution
from tests.indexer.factories import AT, make_key_ring

KEY, OTHER_KEY = "k0Jq-3mVx_9aTz7LwPd2", "k0Jq-3mVx_9aTz7LwPd3"
BITS = 8


def challenges(bits=BITS, pepper="kek-1"):
    return Challenges(Pepper(make_key_ring(current=pepper)), bits)


@pytest.fixture
def solved():
    return solution(challenges().new(KEY, at=AT), BITS)


def test_a_solution_counts_for_ten_minutes(solved):
    assert challenges().solved(solved, KEY, at=AT)
    assert challenges().solved(solved, KEY, at=AT + timedelta(minutes=9, seconds=59))
    assert not challenges().solved(solved, KEY, at=AT + timedelta(minutes=10))


def test_another_requests_solution_does_not_count(solved):
    assert not challenges().solved(solved, OTHER_KEY, at=AT)


def test_a_wrong_number_does_not_count(solved):
    wrong = [f"{solved[:-8]}{number:08x}" for number in range(int(solved[-8:], 16))]

    assert not any(challenges().solved(one, KEY, at=AT) for one in wrong)


def test_no_byte_of_a_challenge_can_be_altered(solved):
    content = bytearray(base64.urlsafe_b64decode(solved[:48]))
    for place in range(len(content)):
        content[place] ^= 1
        altered = base64.urlsafe_b64encode(content).decode()
        forged = solution(altered, BITS)
        content[place] ^= 1

        assert not challenges().solved(forged, KEY, at=AT)


def test_another_services_challenge_does_not_count(solved):
    assert not challenges(pepper="another").solved(solved, KEY, at=AT)


def test_a_challenge_keeps_the_bits_that_it_was_made_with(solved):
    """Also after an operator asked for more."""
    assert challenges(bits=24).solved(solved, KEY, at=AT)


@pytest.mark.parametrize(
    "text",
    ["", ".", "A" * 48, "A" * 48 + ".0000000", "A" * 48 + ".0000000G", "=" * 48 + ".00000000"],
)
def test_what_has_another_form_does_not_count(text):
    assert not challenges().solved(text, KEY, at=AT)


def test_two_challenges_are_never_alike():
    assert len({challenges().new(KEY, at=AT) for _ in range(100)}) == 100


def test_the_work_is_what_the_bits_say():
    tries = [int(solution(challenges().new(KEY, at=AT), BITS)[-8:], 16) + 1 for _ in range(400)]

    assert 0.75 < sum(tries) / len(tries) / 2**BITS < 1.25

"""The same sums as in the page: see `tests/web/work.test.mjs`."""

import pytest

from hashsvc.client.work import solution

CHALLENGE = "AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK-2vcTL0tng5-71"


@pytest.mark.parametrize(("bits", "number"), [(1, "00000001"), (8, "0000004b"), (16, "0002b5bd")])
def test_the_lowest_number_is_found(bits, number):
    assert solution(CHALLENGE, bits) == f"{CHALLENGE}.{number}"


@pytest.mark.parametrize("bits", [-1, 0, 27, 256])
def test_a_service_that_asks_for_too_much_gets_nothing(bits):
    assert solution(CHALLENGE, bits) is None


@pytest.mark.parametrize("challenge", ["", CHALLENGE[:-1], f"{CHALLENGE}A", CHALLENGE[:-1] + "é"])
def test_what_is_no_challenge_is_left(challenge):
    assert solution(challenge, 1) is None

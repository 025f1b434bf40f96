"""Numbers as people read and type them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.security import crockford

NUMBERS = st.integers(0, 2**80 - 1)


@given(NUMBERS)
def test_what_is_written_is_read_back(number):
    text = crockford.encode(number, signs=16)

    assert len(text) == 16
    assert crockford.decode(text, signs=16) == number


@given(NUMBERS, st.data())
def test_case_separators_and_lookalikes_do_not_matter(number, data):
    typed = ""
    for sign in crockford.encode(number, signs=16):
        lookalikes = {"0": "0Oo", "1": "1IiLl"}.get(sign, sign + sign.lower())
        typed += data.draw(st.sampled_from(lookalikes)) + data.draw(st.sampled_from(["", "-", " "]))

    assert crockford.decode(typed, signs=16) == number


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text):
    number = crockford.decode(text, signs=16)

    assert number is None or 0 <= number < 2**80


@pytest.mark.parametrize(
    "text", ["", "0" * 15, "0" * 17, "U" * 16, "0" * 15 + "*", "0" * 15 + "\n", "\u0661" * 16]
)
def test_anything_else_is_no_number(text):
    assert crockford.decode(text, signs=16) is None


def test_every_sign_of_an_id_is_as_likely_as_every_other():
    signs = Counter(crockford.random_id("", signs=32_000))

    assert len(signs) == 32
    assert all(800 < count < 1_200 for count in signs.values())  # 1,000 and six deviations


def test_random_ids_differ_and_have_the_asked_length():
    ids = {crockford.random_id("mat_") for _ in range(100)}

    assert len(ids) == 100
    assert {len(one) for one in ids} == {30}
    assert len(crockford.random_id("req_", signs=16)) == 20

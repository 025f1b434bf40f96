"""What an audit row can say, and what cannot get into it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashsvc.closed_sets import Decision
from indexer.audit_records import OPERATOR, SURVIVOR, Act, Actor, audit_body
from indexer.errors import AuditUnfitError
from tests.factories import make_signature

MATCH = "mat_" + "0" * 26


def test_a_row_is_canonical_json():
    body = audit_body(Act.MATCH_DECIDE, Actor.key("abcd1234"), {"match": MATCH, "batch": 3})

    assert body == (
        '{"about":{"batch":3,"match":"' + MATCH + '"},"act":"match:decide","by":"key:abcd1234"}'
    )


def test_words_of_closed_sets_and_lists_of_ids_fit():
    audit_body(Act.MATCH_DECIDE, OPERATOR, {"decision": Decision.REMOVED, "matches": [MATCH]})


@pytest.mark.parametrize(
    "secret",
    [
        make_signature(seed=1).pdq.hex(),
        "123456",
        "ABCD-EFGH-JKMN-PQRS",
        "ABCDEFGHJKMNPQRS",
        "192.0.2.1",
        "a photo.jpg",
    ],
)
def test_no_secret_fits(secret):
    with pytest.raises(AuditUnfitError) as refused:
        audit_body(Act.CASE_OPEN, SURVIVOR, {"told": secret})

    assert secret not in str(refused.value)
    assert "'told'" in str(refused.value)
    with pytest.raises(AuditUnfitError):
        audit_body(Act.CASE_OPEN, SURVIVOR, {"told": [MATCH, secret]})


@given(name=st.text())
def test_a_name_is_a_plain_word(name):
    plain = name.isascii() and name.replace("_", "a").isalpha() and name == name.lower()
    if plain and name[0] != "_" and len(name) <= 32:
        audit_body(Act.CASE_OPEN, SURVIVOR, {name: 1})
    else:
        with pytest.raises(AuditUnfitError):
            audit_body(Act.CASE_OPEN, SURVIVOR, {name: 1})

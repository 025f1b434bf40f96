"""An error says where it is in the schema's names, never in the sender's."""

import pytest

from api.schemas.pointers import pointer
from api.security.scopes import Scope
from tests.api.bodies import item_of

PHOTO = "anna_at_the_lake"


@pytest.mark.parametrize(
    ("location", "told"),
    [
        (("body",), "/"),
        (("body", "pin"), "/pin"),
        (("body", "items", 3, "signatures", 0, "pdq"), "/items/3/signatures/0/pdq"),
        (("body", "items", 3, PHOTO), "/items/3"),
        (("body", "custom_hours", PHOTO, "[key]"), "/custom_hours"),
        (("query", "limit"), "/query/limit"),
        (("header", "idempotency-key"), "/header/idempotency-key"),
    ],
)
def test_a_pointer_ends_before_what_the_sender_named(location, told):
    assert pointer(location) == told


@pytest.mark.parametrize("field", ["custom_hours", "weakest_tiers"])
def test_a_name_within_a_mapping_is_not_sent_back(client, make_key, field):
    header = make_key(Scope.POLICY_WRITE)

    answer = client.put("/v1/policy", json={field: {PHOTO: 12}}, headers=header)

    assert answer.status_code == 422
    assert PHOTO not in answer.text
    assert {error["pointer"] for error in answer.json()["errors"]} == {f"/{field}"}


def test_an_unknown_field_is_told_by_where_it_stands(client, make_key):
    items = [item_of(), item_of(ref="other", **{PHOTO: 1})]

    answer = client.post("/v1/matches", json={"items": items}, headers=make_key())

    assert answer.json()["errors"] == [{"pointer": "/items/1", "code": "unknown_field"}]

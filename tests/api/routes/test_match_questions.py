"""What a question about uploads may hold, and how it is refused otherwise."""

import pytest

from api.security.scopes import Scope
from hashsvc.times import now
from tests.api.bodies import (
    ask,
    item_of,
    json_of,
    listing_of,
    only_line,
    open_case,
)
from tests.factories import make_signature

SEEN = make_signature(seed=1)
UNSEEN = make_signature(seed=2)


def pointed(answer):
    return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


def test_an_empty_question_is_refused(client, make_key):
    answer = ask(client, make_key())

    assert answer.status_code == 422
    assert pointed(answer) == {("/items", "length")}


def test_256_items_are_answered_and_257_are_too_many(client, make_key):
    key = make_key()
    items = [item_of(ref=f"r{place}") for place in range(257)]

    assert len(ask(client, key, *items[:256]).json()["items"]) == 256
    refused = ask(client, key, *items)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/too-many-items")


@pytest.mark.parametrize("count", [0, 257])
def test_an_item_has_1_to_256_signatures(client, make_key, count):
    item = {"ref": "r", "signatures": [json_of(SEEN)] * count}

    answer = ask(client, make_key(), item)

    assert answer.status_code == 422
    assert pointed(answer) == {("/items/0/signatures", "length")}


def test_more_than_4096_signatures_in_all_are_too_many(start, connect):
    client = connect(start(platform_body_bytes=4 * 2**20))
    key = client.app.state.services.platforms.create_key(
        "example", [Scope.MATCHES_WRITE], at=now(), days=1
    )
    signature = json_of(SEEN)
    items = [{"ref": f"r{n}", "signatures": [signature] * 256} for n in range(16)]
    one_more = {"ref": "one-more", "signatures": [signature]}
    header = {"Authorization": f"Bearer {key.text()}"}

    assert ask(client, header, *items).status_code == 200
    refused = ask(client, header, *items, one_more)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/too-many-signatures")


def test_two_items_with_one_ref_are_refused(client, make_key):
    answer = ask(client, make_key(), item_of(SEEN), item_of(UNSEEN))

    assert answer.status_code == 422
    assert pointed(answer) == {("/", "duplicate_ref")}


@pytest.mark.parametrize("place", ["question", "item", "signature"])
def test_an_unknown_field_is_refused_without_its_name(client, make_key, place):
    item = item_of(SEEN)
    body = {"items": [item]}
    {"question": body, "item": item, "signature": item["signatures"][0]}[place]["IMG_1.jpg"] = 1

    answer = client.post("/v1/matches", json=body, headers=make_key())

    assert answer.status_code == 422
    assert {error["code"] for error in answer.json()["errors"]} == {"unknown_field"}
    assert "IMG_1" not in answer.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("a" * 63, "length", id="short"),
        pytest.param("a" * 65, "length", id="long"),
        pytest.param("", "length", id="empty"),
        pytest.param("g" * 64, "not_hex", id="not hexadecimal"),
        pytest.param(" " * 64, "not_hex", id="spaces"),
        pytest.param("a" * 63 + "\n", "not_hex", id="newline"),
        pytest.param("0x" + "a" * 62, "not_hex", id="prefix"),
        pytest.param("\uff11" * 64, "not_hex", id="wide digits"),
        pytest.param(12, "type", id="number"),
    ],
)
@pytest.mark.parametrize("field", ["pdq", "dhash"])
def test_a_hash_is_64_hexadecimal_digits(client, make_key, field, text, code):
    item = item_of(SEEN)
    item["signatures"][0][field] = text

    answer = ask(client, make_key(), item)

    assert answer.status_code == 422
    assert pointed(answer) == {(f"/items/0/signatures/0/{field}", code)}


def test_upper_case_digits_are_the_same_hash(client, make_key):
    open_case(client, SEEN)
    item = item_of(SEEN)
    signature = item["signatures"][0]
    signature |= {"pdq": signature["pdq"].upper(), "dhash": signature["dhash"].upper()}

    assert only_line(ask(client, make_key(), item))["tier"] == "strong"


@pytest.mark.parametrize("quality", [-1, 101, 50.5, "50", True, None])
def test_quality_is_a_whole_number_to_100(client, make_key, quality):
    item = item_of(SEEN)
    item["signatures"][0]["quality"] = quality

    answer = ask(client, make_key(), item)

    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/items/0/signatures/0/quality"
    }


@pytest.mark.parametrize("ref", ["", "r" * 65, "a b", "a/b", "a\n", "\u00e9", "https://x/y"])
def test_a_ref_is_a_short_plain_id(client, make_key, ref):
    answer = ask(client, make_key(), item_of(SEEN, ref=ref))

    assert answer.status_code == 422
    assert pointed(answer) == {("/items/0/ref", "form")}


@pytest.mark.parametrize("surface", ["upload", "message", "profile", "live", "storage", "other"])
def test_every_surface_is_taken(client, make_key, surface):
    assert ask(client, make_key(), item_of(SEEN, surface=surface)).status_code == 200


def test_an_unknown_surface_is_refused(client, make_key):
    answer = ask(client, make_key(), item_of(SEEN, surface="elsewhere"))

    assert pointed(answer) == {("/items/0/surface", "unknown_value")}


def test_signatures_of_a_question_need_a_region_and_a_pdq(client, make_key):
    answer = ask(client, make_key(), {"ref": "r", "signatures": [{"quality": 50}]})

    assert pointed(answer) == {
        ("/items/0/signatures/0/region", "missing"),
        ("/items/0/signatures/0/pdq", "missing"),
    }


def test_an_unknown_region_is_refused(client, make_key):
    item = {"ref": "r", "signatures": [listing_of()[0] | {"region": "face"}]}

    assert pointed(ask(client, make_key(), item)) == {
        ("/items/0/signatures/0/region", "unknown_value")
    }


def test_a_pdq_may_not_be_missing_but_a_dhash_may(client, make_key):
    without_pdq, without_dhash = item_of(SEEN), item_of(SEEN)
    without_pdq["signatures"][0]["pdq"] = None
    without_dhash["signatures"][0]["dhash"] = None

    assert pointed(ask(client, make_key(), without_pdq)) == {("/items/0/signatures/0/pdq", "type")}
    assert ask(client, make_key(), without_dhash).status_code == 200

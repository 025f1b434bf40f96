"""The route that reads its requests itself says what it would say if FastAPI read them."""

import json

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.routes import matching
from api.schemas.matching import Answers
from tests.api.bodies import item_of

GOOD = {"items": [item_of()]}
SIGNATURE = item_of()["signatures"][0]
JSON = "application/json"


@pytest.fixture(scope="module")
def usual():
    """The same question, as a route of FastAPI's own."""
    router = APIRouter()
    router.add_api_route("/usual", matching.ask, methods=["POST"], response_model=Answers)
    return router


@pytest.fixture
def asked_both_ways(client, make_key, usual):
    """Ask the route and the usual one; status, problem and fields of both answers."""
    client.app.include_router(usual)
    key = make_key()

    def asked(content, *, media_type=JSON, **headers):
        sent = key | {"Content-Type": media_type} | headers
        sent = {name.replace("_", "-"): value for name, value in sent.items() if value is not None}
        answers = [
            client.post(path, content=content, headers=sent) for path in ("/v1/matches", "/usual")
        ]
        return [outcome(answer) for answer in answers]

    return asked


def outcome(answer):
    body = answer.json()
    told = {name: body.get(name) for name in ("type", "detail", "items", "index_seq")}
    errors = sorted((one["pointer"], one["code"]) for one in body.get("errors", ()))
    return answer.status_code, told, errors, answer.headers["Content-Type"]


def with_item(**fields):
    return {"items": [item_of() | fields]}


def with_signature(**fields):
    return with_item(signatures=[SIGNATURE | fields])


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(GOOD, id="good"),
        pytest.param({}, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param("items", id="a text"),
        pytest.param(7, id="a number"),
        pytest.param({"items": []}, id="no items"),
        pytest.param({"items": {}}, id="items of another kind"),
        pytest.param({"items": [item_of()] * 257}, id="too many items"),
        pytest.param({"items": [item_of(), item_of()]}, id="one ref twice"),
        pytest.param({"items": [{}]}, id="an empty item"),
        pytest.param(GOOD | {"more": 1}, id="an unknown field"),
        pytest.param(GOOD | {"sweep_id": "nobody"}, id="an unknown sweep"),
        pytest.param(GOOD | {"sweep_id": "x" * 65}, id="a long sweep"),
        pytest.param(with_item(ref="a b"), id="a ref of another form"),
        pytest.param(with_item(ref=None), id="no ref"),
        pytest.param(with_item(surface="attic"), id="an unknown surface"),
        pytest.param(with_item(signatures=[]), id="no signatures"),
        pytest.param(with_item(signatures=[SIGNATURE] * 257), id="too many signatures"),
        pytest.param(with_signature(pdq="zz" * 32), id="no hexadecimal digits"),
        pytest.param(with_signature(pdq="00"), id="a short hash"),
        pytest.param(with_signature(pdq=SIGNATURE["pdq"].upper()), id="upper case"),
        pytest.param(with_signature(dhash=None), id="no dHash"),
        pytest.param(with_signature(quality="87"), id="a quality in quotes"),
        pytest.param(with_signature(quality=87.0), id="a quality with a point"),
        pytest.param(with_signature(quality=True), id="a quality that is true"),
        pytest.param(with_signature(quality=101), id="too much quality"),
        pytest.param(with_signature(quality=10**40), id="far too much quality"),
        pytest.param(with_signature(quality=float("nan")), id="quality that is no number"),
        pytest.param(with_signature(region="moon"), id="an unknown region"),
    ],
)
def test_a_question_is_read_as_usual(asked_both_ways, question):
    direct, usual = asked_both_ways(json.dumps(question))

    assert direct == usual


@pytest.mark.parametrize(
    "content",
    [b"{", b'{"items": [', b"\xff\xfe", b"'items'", b"{'items': []}", b"nul", b"[1, 2", b'"\\ud8"'],
)
def test_what_is_no_json_is_malformed_as_usual(asked_both_ways, content):
    direct, usual = asked_both_ways(content)

    assert direct == usual
    assert direct[0] == 400


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/octet-stream", 415),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("application/vnd.x+json", 200),
    ],
)
def test_a_media_type_is_taken_or_refused_as_usual(asked_both_ways, media_type, status):
    direct, usual = asked_both_ways(json.dumps(GOOD), media_type=media_type)

    assert direct == usual
    assert direct[0] == status


@pytest.mark.parametrize("seq", ["0", "1", "-1", "x", "", "1.5", "+0", " 0 ", str(2**63), "9" * 50])
def test_the_change_that_must_be_covered_is_read_as_usual(asked_both_ways, seq):
    direct, usual = asked_both_ways(json.dumps(GOOD), Min_Index_Seq=seq)

    assert direct == usual


@pytest.mark.parametrize("key", [None, "", "Bearer", "Bearer x", "Basic eDp5", "Bearer hsk_live_a"])
def test_a_key_is_asked_for_as_usual(asked_both_ways, key):
    direct, usual = asked_both_ways(json.dumps(GOOD), Authorization=key)

    assert direct == usual
    assert direct[0] == 401


def test_another_method_is_refused_as_usual(client, usual):
    client.app.include_router(usual)

    direct, other = (client.delete(path) for path in ("/v1/matches", "/usual"))

    assert outcome(direct) == outcome(other)
    assert direct.status_code == 405


def test_nobody_is_told_what_was_wrong_before_a_key_is_shown(client):
    for content in (b"{", b"{}", json.dumps(GOOD)):
        answer = client.post("/v1/matches", content=content, headers={"Content-Type": JSON})

        assert answer.status_code == 401


def test_the_usual_route_is_the_control(usual):
    (route,) = usual.routes

    assert type(route) is APIRoute

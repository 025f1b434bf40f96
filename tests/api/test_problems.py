"""Every error has one form, and none sends back what somebody sent."""

import copy
import json
import re

import pytest
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from api import problems
from api.problems import MEDIA_TYPE, PROBLEMS
from api.security.errors import SecurityError
from api.services.errors import OperatorError, ServiceError
from hashsvc.hashes import Algorithm
from tests.api.bodies import ask, item_of, listing_of, open_case
from tests.factories import make_hash

JSON = {"Content-Type": "application/json"}
PLANTED = "pLanted0Zebra"


def is_problem(answer, status, name):
    body = answer.json()
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert (answer.status_code, body["status"], body["type"]) == (
        status,
        status,
        f"/problems/{name}",
    )
    assert body["title"]
    assert re.fullmatch(r"[A-Z][^\n]*\.", body["detail"].strip())
    assert body["request_id"] == answer.headers["Request-Id"]
    return True


def test_an_unknown_address_is_not_found(client):
    assert is_problem(client.get("/v1/nothing"), 404, "not-found")


@pytest.mark.parametrize("address", ["/v1/cases/", "/healthz/", "/v1/cases/status/"])
def test_a_slash_too_many_is_not_found_rather_than_sent_elsewhere(client, address):
    answer = client.post(f"{address}?pin={PLANTED}", follow_redirects=False)

    assert is_problem(answer, 404, "not-found")
    assert PLANTED not in str(answer.headers)


def test_a_wrong_method_is_told_the_right_one(client):
    answer = client.get("/v1/cases")

    assert is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"{", id="cut"),
        pytest.param(b"pin=402913", id="a form"),
        pytest.param(b"\xff\xfe{}", id="no UTF-8"),
        pytest.param(b"[" * 16_000, id="too deep"),
        pytest.param(b'{"pin":' + b"9" * 5_000 + b"}", id="endless number"),
    ],
)
def test_a_body_that_is_no_json_is_malformed(client, content):
    answer = client.post("/v1/cases", content=content, headers=JSON)

    assert is_problem(answer, 400, "malformed-json")


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "image/jpeg",
        "",
    ],
)
def test_a_body_of_another_media_type_is_refused(client, media_type):
    content = json.dumps({"pin": "402913", "signatures": listing_of()}).encode()

    answer = client.post("/v1/cases", content=content, headers={"Content-Type": media_type})

    assert is_problem(answer, 415, "media-type")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_is_known_by_its_media_type_alone(client, media_type):
    content = json.dumps({"pin": "402913", "signatures": listing_of()}).encode()

    answer = client.post("/v1/cases", content=content, headers={"Content-Type": media_type})

    assert answer.status_code == 201


@pytest.mark.parametrize("content", [b"[]", b"1", b'"text"', b"null", b""])
def test_a_body_that_is_no_object_is_invalid(client, content):
    answer = client.post("/v1/cases", content=content, headers=JSON)

    assert is_problem(answer, 422, "invalid-field")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/"]


@pytest.mark.parametrize(
    "pin", ["40291", "4029133", "40291a", "\u0664\u0660\u0662\u0669\u0661\u0663", 402913, None, ""]
)
def test_a_pin_has_six_digits(client, pin):
    answer = client.post("/v1/cases", json={"pin": pin, "signatures": listing_of()})

    assert is_problem(answer, 422, "invalid-field")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/pin"]


@pytest.mark.parametrize("key", ["short", "k" * 65, "k" * 16 + "!", "k" * 15 + " "])
def test_an_idempotency_key_has_16_to_64_plain_signs(client, key):
    answer = open_case(client, idempotency_key=key)

    assert is_problem(answer, 422, "invalid-field")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/header/idempotency-key"]


BODIES = {
    "/v1/cases": {"pin": "402913", "signatures": listing_of()},
    "/v1/cases/signatures": {
        "case_number": "7QK2-M4RT-0XVB-9HDC",
        "pin": "402913",
        "signatures": listing_of(),
    },
    "/v1/cases/status": {"case_number": "7QK2-M4RT-0XVB-9HDC", "pin": "402913"},
    "/v1/cases/withdraw": {"case_number": "7QK2-M4RT-0XVB-9HDC", "pin": "402913"},
    "/v1/matches": {"items": [item_of(surface="upload")]},
}
VALUES = [PLANTED, [PLANTED], {PLANTED: PLANTED}, PLANTED * 30]
HEADERS = [
    "Idempotency-Key",
    "Authorization",
    "Content-Type",
    "Accept",
    "Host",
    "User-Agent",
    "Cookie",
    "Origin",
    "X-Request-Id",
    "Request-Id",
]


def places_in(body, above=()):
    """The path of every value in a body, inner ones included."""
    inner = body.items() if isinstance(body, dict) else enumerate(body)
    for step, value in inner:
        yield (*above, step)
        if isinstance(value, dict | list):
            yield from places_in(value, (*above, step))


def planted_at(body, place, value):
    body = copy.deepcopy(body)
    target = body
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return body


def planted_bodies(body):
    for place in places_in(body):
        for value in VALUES:
            yield planted_at(body, place, value)
        name = (*place[:-1], PLANTED) if isinstance(place[-1], str) else place
        yield planted_at(body, name, PLANTED)


def told(answer):
    return f"{answer.headers} {answer.text}"


@pytest.mark.parametrize("route", BODIES)
def test_no_field_is_ever_sent_back(client, make_key, route):
    key = make_key()
    answers = [client.post(route, json=body, headers=key) for body in planted_bodies(BODIES[route])]

    refused = [answer for answer in answers if answer.status_code >= 400]
    assert len(refused) > 5
    assert [told(answer) for answer in refused if PLANTED in told(answer)] == []


@pytest.mark.parametrize("route", BODIES)
def test_no_header_is_ever_sent_back(client, route):
    answers = [
        client.post(route, json=BODIES[route], headers={header: value})
        for header in HEADERS
        for value in (PLANTED, f"Bearer {PLANTED}", PLANTED * 30)
    ]

    assert [told(answer) for answer in answers if PLANTED in told(answer)] == []


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "TRACE", "HEAD"])
def test_no_address_is_ever_sent_back(client, method):
    places = ["", "v1/cases/", "healthz?x=", "v1/?", "v1/cases?"]
    answers = [client.request(method, f"/{place}{PLANTED}") for place in places]

    assert [told(answer) for answer in answers if PLANTED in told(answer)] == []


@pytest.mark.parametrize(
    "content", [PLANTED, f'{{"pin":{PLANTED}', f'"{PLANTED}"', f'["{PLANTED}"]', f"{PLANTED}=1"]
)
@pytest.mark.parametrize("media_type", ["application/json", "text/plain"])
def test_no_odd_body_is_ever_sent_back(client, content, media_type):
    answer = client.post("/v1/cases", content=content, headers={"Content-Type": media_type})

    assert answer.status_code in {400, 415, 422}
    assert PLANTED not in told(answer)


class UnforeseenError(Exception):
    """Nobody expected this."""


def test_an_unforeseen_failure_tells_nothing_of_itself(start, connect):
    app = start()

    @app.get("/fails")
    def fail():
        raise UnforeseenError(PLANTED)

    answer = connect(app).get("/fails")

    assert is_problem(answer, 500, "internal")
    assert PLANTED not in told(answer)
    assert "Unforeseen" not in told(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_failure_after_the_answer_began_cannot_send_a_second_one(start, connect):
    app = start()

    @app.get("/fails")
    async def fail():
        async def parts():
            yield b"begun"
            raise UnforeseenError(PLANTED)

        return StreamingResponse(parts())

    answer = connect(app).get("/fails")

    assert (answer.status_code, answer.content) == (200, b"begun")


def test_a_store_that_fails_says_nothing_of_its_reason(client, services, make_key):
    key = make_key()
    with services.matching.store.transaction() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE api_key RENAME TO elsewhere")

    answer = ask(client, key, item_of())

    assert is_problem(answer, 503, "store-unavailable")
    assert "api_key" not in answer.text
    assert int(answer.headers["Retry-After"]) > 0


def every_error(base):
    for error in base.__subclasses__():
        yield error
        yield from every_error(error)


@pytest.mark.parametrize("base", [ServiceError, SecurityError])
def test_every_refusal_has_its_place_in_the_table(base):
    commands_alone = {OperatorError, *every_error(OperatorError)}

    assert set(every_error(base)) - commands_alone <= PROBLEMS.keys()


def test_no_two_refusals_look_alike():
    # Whoever comes too fast waits, for whatever reason: one name, and `Retry-After`.
    shown = [(one.status, one.name) for one in PROBLEMS.values() if one.name != "rate-limited"]

    assert len(set(shown)) == len(shown)


def test_a_status_of_the_framework_without_a_name_is_refused_plainly(start, connect):
    app = start()

    @app.get("/teapot")
    def teapot():
        raise HTTPException(418, PLANTED)

    answer = connect(app).get("/teapot")

    assert is_problem(answer, 418, "refused")
    assert PLANTED not in answer.text


def test_hashes_in_a_refused_question_are_not_sent_back(client, make_key):
    hash_ = make_hash(seed=7, algorithm=Algorithm.PDQ).hex()
    item = item_of()
    item["signatures"][0] |= {"pdq": hash_, "quality": 101}

    answer = ask(client, make_key(), item)

    assert is_problem(answer, 422, "invalid-field")
    assert hash_ not in told(answer)


def test_every_validation_code_is_one_word():
    assert all(re.fullmatch(r"[a-z_]+", code) for code in problems._CODES.values())

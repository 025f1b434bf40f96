"""What surrounds every request: limits, headers, an id."""

import asyncio
import json

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from api.crowding import Places
from api.metrics import Metrics
from api.middleware import BodyLimits, RequestMiddleware
from tests.api.bodies import ask, item_of, listing_of, open_case

SURVIVOR_BYTES = 16 * 2**10
PLATFORM_BYTES = 2**20
JSON = {"Content-Type": "application/json"}
SURVIVOR_ROUTES = [
    "/v1/cases",
    "/v1/cases/status",
    "/v1/cases/signatures",
    "/v1/cases/withdraw",
]


def in_pieces(content, *, size=1000):
    """A body whose length nobody announces."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("route", SURVIVOR_ROUTES)
@pytest.mark.parametrize("announced", [True, False])
def test_survivors_bodies_end_at_16_kib(client, route, announced):
    fits, too_large = b" " * SURVIVOR_BYTES, b" " * (SURVIVOR_BYTES + 1)
    bodies = [fits, too_large] if announced else [in_pieces(fits), in_pieces(too_large)]

    answers = [client.post(route, content=body, headers=JSON) for body in bodies]

    assert [answer.status_code for answer in answers] == [400, 413]
    assert answers[1].json()["type"] == "/problems/body-too-large"
    assert answers[1].json()["request_id"] == answers[1].headers["Request-Id"]


@pytest.mark.parametrize("announced", [True, False])
def test_platforms_bodies_end_at_1_mib(client, make_key, announced):
    fits, too_large = b" " * PLATFORM_BYTES, b" " * (PLATFORM_BYTES + 1)
    headers = JSON | make_key()
    pieces = [in_pieces(body, size=2**16) for body in (fits, too_large)]
    bodies = [fits, too_large] if announced else pieces

    answers = [client.post("/v1/matches", content=body, headers=headers) for body in bodies]

    assert [answer.status_code for answer in answers] == [400, 413]


def test_a_body_in_pieces_is_read_whole(client, make_key):
    content = json.dumps({"items": [item_of()]}).encode()

    answer = client.post(
        "/v1/matches", content=in_pieces(content, size=7), headers=JSON | make_key()
    )

    assert answer.status_code == 200


def test_a_client_that_goes_away_half_way_opens_no_case(client, services):
    content = json.dumps({"pin": "402913", "signatures": listing_of()}).encode()
    half = {"type": "http.request", "body": content[:-30], "more_body": True}
    coming, sent = [half, {"type": "http.disconnect"}], []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/cases",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def receive():
        return coming.pop(0)

    async def send(message):
        sent.append(message)

    client.portal.call(client.app, scope, receive, send)

    assert sent[0]["status"] == 400
    assert len(services.matching.index) == 0


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/"),
        ("GET", "/healthz"),
        ("GET", "/metrics"),
        ("GET", "/openapi.json"),
        ("GET", "/nothing"),
        ("PUT", "/v1/cases"),
        ("POST", "/v1/cases"),
        ("POST", "/v1/matches"),
    ],
)
def test_every_answer_carries_the_same_protection(client, method, address):
    headers = client.request(method, address).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "max-age=63072000" in headers["Strict-Transport-Security"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers
    assert "Server" not in headers


def test_every_request_has_an_id_of_its_own(client):
    ids = {client.get("/healthz").headers["Request-Id"] for _ in range(20)}

    assert len(ids) == 20


def test_a_route_is_counted_by_its_template_never_by_the_address(client, make_key):
    client.get("/secret-address")
    open_case(client)
    ask(client, make_key(), item_of())

    text = client.get("/metrics").text

    assert 'hashsvc_requests_total{route="none",status="404"} 1.0' in text
    assert 'hashsvc_requests_total{route="/v1/matches",status="200"} 1.0' in text
    assert "secret-address" not in text


def test_a_response_that_is_sent_again_has_each_header_once():
    limits = BodyLimits(SURVIVOR_BYTES, PLATFORM_BYTES)
    kept = Response("kept")  # an application of its own, with one list of headers
    wrapped = RequestMiddleware(kept, limits=limits, places=Places(8), metrics=Metrics())
    asking = TestClient(wrapped)

    answers = [asking.get("/") for _ in range(2)]

    assert [len(answer.headers.get_list("Request-Id")) for answer in answers] == [1, 1]
    assert len({answer.headers["Request-Id"] for answer in answers}) == 2


def test_sockets_are_read_between_requests():
    """The loop turns before a request is worked on; what was answered together is told after."""
    happened = []

    async def app(scope, receive, send):
        happened.append(f"worked on {scope['path']}")
        await Response("done")(scope, receive, send)

    class Heard(Metrics):
        @property
        def requests(self):
            happened.append("told")
            return self._requests

        @requests.setter
        def requests(self, requests):
            self._requests = requests

    limits = BodyLimits(SURVIVOR_BYTES, PLATFORM_BYTES)
    wrapped = RequestMiddleware(app, limits=limits, places=Places(8), metrics=Heard())

    async def ask_twice():
        asyncio.get_running_loop().call_soon(happened.append, "sockets")
        await asyncio.gather(*(asked(wrapped, path) for path in ("/one", "/two")))
        await asyncio.sleep(0)

    asyncio.run(ask_twice())

    assert happened == ["sockets", "worked on /one", "worked on /two", "told", "told"]


async def asked(app, path):
    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        pass

    await app({"type": "http", "method": "GET", "path": path, "headers": []}, receive, send)

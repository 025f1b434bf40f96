"""Keys that must sign: what is taken, and everything near it that is not."""

from datetime import timedelta
from secrets import token_hex

import httpx
import pytest

from api.security.api_keys import PresentedKey
from api.security.errors import SignatureInvalidError
from api.security.message_signatures import CLOCK_SKEW, SIGNATURE_WINDOW
from api.security.scopes import Scope
from hashsvc.times import now
from tests.api.bodies import item_of
from tests.api.routes.test_keys import bearer, is_refused
from tests.api.servers import Server
from tests.api.signing import Signing, make_private, pem_of, public_bytes

QUESTION = {"items": [item_of()]}


@pytest.fixture
def private():
    return make_private()


def make_signed_key(platforms, private, **fields):
    scopes = [Scope.MATCHES_WRITE, Scope.KEYS_MANAGE]
    return platforms.create_key(
        "example", scopes, at=now(), days=1, public_key=public_bytes(private), **fields
    ).text()


@pytest.fixture
def key(services, private):
    """A key whose requests must be signed with `private`."""
    return make_signed_key(services.platforms, private)


@pytest.fixture
def prepared(client, key, private):
    """A request, signed and not yet sent; a test may spoil it."""

    def made(method="POST", url="/v1/matches", *, private=private, **parameters):
        body = {"json": QUESTION} if method == "POST" else {}
        request = client.build_request(method, url, **body)
        next(Signing(key, private, **parameters).auth_flow(request))
        return request

    return made


def refused(client, request):
    return is_refused(client.send(request, auth=None), 401, "signature-invalid")


@pytest.mark.parametrize(
    ("method", "url"),
    [("POST", "/v1/matches"), ("GET", "/v1/me"), ("GET", "/v1/keys?a=%C3%A9&b=1%2F2")],
)
def test_a_signed_request_is_answered(client, prepared, method, url):
    assert client.send(prepared(method, url)).status_code == 200


def test_a_request_without_a_signature_is_refused(client, key):
    answer = client.post("/v1/matches", json=QUESTION, headers=bearer(key))

    assert is_refused(answer, 401, "signature-invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_signature_alone_is_no_key(client, prepared):
    request = prepared()
    del request.headers["Authorization"]

    assert is_refused(client.send(request), 401, "key-invalid")


def test_a_signature_is_taken_once(client, prepared):
    first = prepared()
    again = client.build_request("POST", first.url, headers=first.headers, content=first.content)

    assert client.send(first).status_code == 200
    assert refused(client, again)


def test_a_nonce_is_taken_once(client, prepared):
    assert client.send(prepared(nonce="n" * 16)).status_code == 200

    assert refused(client, prepared(nonce="n" * 16))


@pytest.mark.parametrize("nonce", [None, "n" * 15, "n" * 65, "n" * 15 + " "])
def test_a_nonce_has_16_to_64_signs(client, prepared, nonce):
    assert refused(client, prepared(nonce=nonce))


def test_another_body_under_the_same_signature_is_refused(client, prepared):
    signed = prepared()
    altered = signed.content.replace(b"upl-1", b"upl-2")
    request = client.build_request("POST", signed.url, headers=signed.headers, content=altered)

    assert refused(client, request)


def test_a_body_that_the_signature_does_not_cover_is_refused(client, prepared):
    assert refused(client, prepared(body=None))


def test_a_digest_that_was_exchanged_with_the_body_is_refused(client, prepared):
    signed = prepared()
    altered = signed.content.replace(b"upl-1", b"upl-2")
    request = client.build_request("POST", signed.url, headers=signed.headers, content=altered)
    fresh = client.build_request("POST", signed.url, content=altered)
    next(Signing("hsk_live_x_y", make_private()).auth_flow(fresh))
    request.headers["Content-Digest"] = fresh.headers["Content-Digest"]

    assert refused(client, request)


@pytest.mark.parametrize("covered", [("@method",), ("@target-uri",), ("@method", "@path")])
def test_method_and_address_must_be_covered(client, prepared, covered):
    assert refused(client, prepared(covered=covered))


def test_a_signature_for_another_address_is_refused(client, prepared):
    signed = prepared("GET", "/v1/me")

    for url in ("/v1/keys", "/v1/me?a=1"):
        assert refused(client, client.build_request("GET", url, headers=signed.headers))


def test_a_signature_for_another_host_is_refused(client, prepared):
    signed = prepared("GET", "/v1/me")

    headers = {**signed.headers, "host": "other.example"}
    assert refused(client, client.build_request("GET", "/v1/me", headers=headers))


def test_another_private_key_is_refused(client, prepared):
    assert refused(client, prepared(private=make_private()))


def test_another_key_id_is_refused(client, prepared):
    assert refused(client, prepared(key_id="nobody00"))


def test_a_signature_that_has_expired_is_refused(client, prepared):
    assert client.send(prepared(expires=now() + timedelta(minutes=1))).status_code == 200
    assert refused(client, prepared(expires=now() - timedelta(minutes=1)))


@pytest.mark.parametrize(
    ("created", "taken"),
    [
        (-SIGNATURE_WINDOW + timedelta(seconds=20), True),
        (-SIGNATURE_WINDOW - timedelta(seconds=20), False),
        (CLOCK_SKEW - timedelta(seconds=20), True),
        (CLOCK_SKEW + timedelta(seconds=20), False),
    ],
)
def test_a_signature_is_taken_for_five_minutes(client, prepared, created, taken):
    request = prepared(created=now() + created)

    assert client.send(request).status_code == 200 if taken else refused(client, request)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("Signature-Input", "garbage ("),
        ("Signature-Input", 'pyhms=("@method" "@target-uri");created="now"'),
        ("Signature", "pyhms=:bm8=:"),
        ("Signature", "pyhms=1"),
        ("Signature", ""),
    ],
)
def test_a_damaged_signature_is_refused(client, prepared, field, text):
    request = prepared("GET", "/v1/me")
    request.headers[field] = text

    assert refused(client, request)


def test_a_second_signature_is_refused(client, key, private, prepared):
    request = prepared("GET", "/v1/me")
    more = Signing(key, private, label="second", append_if_signature_exists=True)
    next(more.auth_flow(request))

    assert refused(client, request)


def test_a_key_without_a_public_key_need_not_sign(client, make_key):
    assert client.post("/v1/matches", json=QUESTION, headers=make_key()).status_code == 200


def test_no_other_door_opens_to_a_key_that_must_sign(services, key):
    with pytest.raises(SignatureInvalidError):
        services.platforms.caller(PresentedKey.parse(key), at=now())


def test_a_key_below_registers_its_own_public_key(client, services, make_key):
    private, root = make_private(), make_key(Scope.KEYS_MANAGE)
    wish = {"label": "vault", "scopes": ["keys:manage"], "public_key": pem_of(private)}
    headers = {**root, "Idempotency-Key": token_hex(8)}
    key = client.post("/v1/keys", json=wish, headers=headers).json()["key"]

    assert client.get("/v1/me", headers=bearer(key)).status_code == 401
    request = client.build_request("GET", "/v1/me")
    next(Signing(key, private).auth_flow(request))
    assert client.send(request).json()["key"]["signed"] is True


def test_behind_a_proxy_the_public_address_is_what_is_signed(start, connect, private):
    client = connect(start(public_url="https://hash.example"))
    key = make_signed_key(client.app.state.services.platforms, private)
    outside = httpx.Request("GET", "https://hash.example/v1/me")
    next(Signing(key, private).auth_flow(outside))

    inside = client.build_request("GET", "http://10.0.0.7:8000/v1/me")
    inside.headers.update(
        {name: outside.headers[name] for name in ("Authorization", "Signature", "Signature-Input")}
    )

    assert client.send(inside).status_code == 200


def test_a_signing_client_over_real_http(folder, client, key, private):
    server = Server(folder)
    try:
        with httpx.Client(base_url=server.url, auth=Signing(key, private)) as signing:
            answers = [
                signing.post("/v1/matches", json=QUESTION),
                signing.get("/v1/me"),
                signing.get("/v1/keys?none=1"),
            ]
            plain = httpx.get(f"{server.url}/v1/me", headers=bearer(key))
    finally:
        server.stop()

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert plain.status_code == 401

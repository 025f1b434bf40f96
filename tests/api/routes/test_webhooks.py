"""A platform registers where it wants hints, exchanges secrets, and sees what did not arrive."""

import base64
import time

import pytest

from api.security.scopes import Scope
from api.settings import Destinations
from hashsvc.client.webhooks import SeenMessages, verify_webhook
from hashsvc.closed_sets import HintKind
from tests.api.bodies import ask, case_request, item_of, opened_number
from tests.api.receivers import receiving
from tests.factories import make_signature

SCOPES = [Scope.WEBHOOKS_WRITE, Scope.MATCHES_WRITE]
PATIENCE_SECONDS = 15


@pytest.fixture
def client(start, connect):
    return connect(start(webhook_destinations=Destinations.LOOPBACK, webhook_look_seconds=0.05))


@pytest.fixture
def key(make_key):
    return make_key(*SCOPES)


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


def post(client, key, path, body=None, *, repeat="once"):
    headers = key | {"Idempotency-Key": repeat}
    return client.post(f"/v1/webhooks{path}", json=body, headers=headers)


def register(client, key, url, *, repeat="once"):
    return post(client, key, "", {"address": url}, repeat=repeat)


def until(holds):
    """Wait for the delivering thread."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := holds()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
    return found


def listed(client, key):
    return client.get("/v1/webhooks", headers=key).json()["items"]


def problem_of(answer):
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_a_registered_address_hears_of_a_withdrawal(client, key, receiver):
    number = opened_number(client)
    made = register(client, key, receiver.url)
    assert ask(client, key, item_of(make_signature())).json()["items"][0]["verdict"] == "review"

    case_request(client, "withdraw", number)

    headers, body = until(lambda: receiver.heard)[0]
    hint = verify_webhook(headers, body, [made.json()["secret"]], seen=SeenMessages())
    assert (hint.kind, hint.head_seq) == (HintKind.CHANGES_AVAILABLE, 1)
    assert made.status_code == 201


def test_the_secret_is_shown_once_to_the_same_request_only(client, key, receiver):
    first = register(client, key, receiver.url)
    again = register(client, key, receiver.url)

    assert again.text == first.text
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(listed(client, key)) == 1
    assert "secret" not in client.get("/v1/webhooks", headers=key).text
    other = register(client, key, receiver.url + "/else")
    assert problem_of(other) == (409, "idempotency-key-reused")


def test_a_test_arrives_and_its_outcome_is_listed(client, key, receiver):
    webhook_id = register(client, key, receiver.url).json()["webhook_id"]

    answer = post(client, key, f"/{webhook_id}/test", repeat="test-1")

    assert answer.status_code == 202
    _, body = until(lambda: receiver.heard)[0]
    assert b'"type":"test"' in body
    until(lambda: listed(client, key)[0]["last_outcome"] == "delivered")


def test_a_public_key_checks_what_the_service_publishes(client, key, receiver):
    public_key = register(client, key, receiver.url).json()["public_key"]

    (jwk,) = client.get("/.well-known/hashsvc-keys.json").json()["keys"]

    raw = base64.urlsafe_b64decode(jwk["x"] + "=")
    assert base64.b64decode(public_key.removeprefix("whpk_")) == raw
    assert (jwk["kty"], jwk["crv"]) == ("OKP", "Ed25519")


def test_after_a_rotation_either_secret_fits(client, key, receiver):
    made = register(client, key, receiver.url).json()
    rotated = post(client, key, f"/{made['webhook_id']}/rotate", repeat="rotate").json()
    assert rotated["secret"] != made["secret"]

    post(client, key, f"/{made['webhook_id']}/test", repeat="test")

    headers, body = until(lambda: receiver.heard)[0]
    for secret in (made["secret"], rotated["secret"]):
        assert verify_webhook(headers, body, [secret], seen=SeenMessages())


def test_a_failing_address_and_what_waits_for_it_are_listed(client, key, receiver):
    receiver.manner = 500
    webhook_id = register(client, key, receiver.url).json()["webhook_id"]
    post(client, key, f"/{webhook_id}/test", repeat="test")

    until(lambda: listed(client, key)[0]["failures"])

    (shown,) = listed(client, key)
    assert (shown["state"], shown["last_outcome"]) == ("on", "refused")
    assert shown["next_at"] > shown["last_at"]
    waiting = client.get(f"/v1/webhooks/{webhook_id}/deliveries", headers=key).json()["items"]
    assert [(one["type"], one["tries"], one["dead_at"]) for one in waiting] == [("test", 1, None)]


def test_a_removed_webhook_is_gone(client, key, receiver):
    webhook_id = register(client, key, receiver.url).json()["webhook_id"]

    assert client.delete(f"/v1/webhooks/{webhook_id}", headers=key).status_code == 204
    again = client.delete(f"/v1/webhooks/{webhook_id}", headers=key)
    assert problem_of(again) == (404, "no-such-webhook")
    assert listed(client, key) == []


def test_another_platforms_webhook_is_an_unknown_one(client, make_key, key, receiver):
    webhook_id = register(client, key, receiver.url).json()["webhook_id"]
    other = make_key(*SCOPES, name="other.example")

    answers = [
        client.delete(f"/v1/webhooks/{webhook_id}", headers=other),
        client.get(f"/v1/webhooks/{webhook_id}/deliveries", headers=other),
        post(client, other, f"/{webhook_id}/test"),
        post(client, other, f"/{webhook_id}/rotate", repeat="rotate"),
    ]

    assert {problem_of(answer) for answer in answers} == {(404, "no-such-webhook")}
    assert listed(client, other) == []


def test_a_platform_has_ten_webhooks_at_most(client, key, receiver):
    for number in range(10):
        url = f"{receiver.url}/{number}"
        assert register(client, key, url, repeat=f"r{number}").status_code == 201

    answer = register(client, key, receiver.url, repeat="r10")

    assert problem_of(answer) == (409, "too-many-webhooks")


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/hear",
        "https://169.254.169.254/latest/meta-data",
        "https://192.168.0.7/",
        "https://[fd00:ec2::254]/",
        "https://name.invalid/",
        "https://user:word@127.0.0.1/",
        "javascript:alert(1)",
    ],
)
def test_an_address_inside_is_refused_without_an_echo(client, key, url):
    answer = register(client, key, url)

    assert problem_of(answer) == (422, "address-refused")
    assert url not in answer.text


def test_by_default_this_machine_is_refused_too(start, connect, make_key, key):
    strict = connect(start())

    assert problem_of(register(strict, key, "https://127.0.0.1/")) == (422, "address-refused")


def test_it_takes_the_scope_and_a_key_for_repeats(client, make_key, receiver):
    stranger = make_key(Scope.MATCHES_WRITE)
    assert problem_of(register(client, stranger, receiver.url)) == (403, "scope-missing")

    key = make_key(Scope.WEBHOOKS_WRITE)
    answer = client.post("/v1/webhooks", json={"address": receiver.url}, headers=key)
    assert problem_of(answer) == (400, "idempotency-key-missing")

"""A platform's own keys: who it is, what it made, and what it may make."""

from datetime import UTC, datetime, timedelta
from secrets import token_hex

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.security.scopes import Scope
from api.services import platforms as platforms_module
from hashsvc import Tier
from hashsvc.times import now
from tests.api.bodies import ask, item_of
from tests.indexer.rows import every_row

MANAGING = (Scope.KEYS_MANAGE, Scope.MATCHES_WRITE, Scope.MATCHES_READ)


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


def id_of(header):
    return header["Authorization"].split("_")[2]


def make_below(client, key, *, repeat_key=None, **fields):
    """The answer to making a key."""
    wish = {"label": "filter", "scopes": ["matches:write"], **fields}
    headers = {**key, "Idempotency-Key": repeat_key or token_hex(8)}
    return client.post("/v1/keys", json=wish, headers=headers)


def made_below(client, key, **fields):
    """The header of a new key."""
    return bearer(make_below(client, key, **fields).json()["key"])


def revoke(client, key, key_id):
    return client.post(f"/v1/keys/{key_id}/revoke", headers=key)


def seen_by(client, key):
    return [one["key_id"] for one in client.get("/v1/keys", headers=key).json()["items"]]


def is_refused(answer, status, name):
    return (answer.status_code, answer.json()["type"]) == (status, f"/problems/{name}")


@pytest.fixture
def root(make_key):
    """The header of an operator's key that may make others."""
    return make_key(*MANAGING)


@pytest.fixture
def ed25519_pem():
    key = Ed25519PrivateKey.generate().public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_a_key_is_told_what_it_is(client, root):
    me = client.get("/v1/me", headers=root).json()

    assert (me["platform"], me["sandbox"]) == ("example", False)
    assert me["key"]["key_id"] == id_of(root)
    assert set(me["key"]["scopes"]) == set(MANAGING)
    assert "secret" not in me["key"]


def test_a_key_that_another_made_works(client, root):
    key = made_below(client, root)

    assert ask(client, key, item_of()).status_code == 200
    assert client.get("/v1/me", headers=key).json()["key"]["made_by"] == id_of(root)


def test_a_new_key_is_shown_once_with_all_it_may_do(client, root):
    answer = make_below(client, root, label="night shift", weakest_tier="likely")

    body = answer.json()
    (listed,) = [
        one
        for one in client.get("/v1/keys", headers=root).json()["items"]
        if one["key_id"] == body["key_id"]
    ]
    assert answer.status_code == 201
    assert body["key"].startswith(f"hsk_live_{body['key_id']}_")
    assert body == {**listed, "key": body["key"]}
    assert (body["label"], body["weakest_tier"], body["signed"]) == ("night shift", "likely", False)


def test_what_is_left_out_is_as_the_maker_has_it(client, services):
    key = services.platforms.create_key(
        "example", MANAGING, at=now(), days=3, weakest_tier=Tier.LIKELY, daily_budget=70
    )
    above = client.get("/v1/me", headers=bearer(key.text())).json()["key"]

    made = make_below(client, bearer(key.text())).json()

    for field in ("expires_at", "weakest_tier", "daily_budget"):
        assert made[field] == above[field]


@pytest.mark.parametrize(
    "broader",
    [
        pytest.param({"scopes": ["matches:write", "matches:detail"]}, id="another scope"),
        pytest.param({"days": 2}, id="a longer life"),
        pytest.param({"weakest_tier": "possible"}, id="a weaker tier"),
        pytest.param({"daily_budget": 71}, id="a larger budget"),
    ],
)
def test_a_key_makes_none_that_is_broader_than_itself(client, services, broader):
    key = services.platforms.create_key(
        "example", MANAGING, at=now(), days=1, weakest_tier=Tier.LIKELY, daily_budget=70
    )

    answer = make_below(client, bearer(key.text()), **broader)

    assert is_refused(answer, 403, "key-too-broad")
    assert seen_by(client, bearer(key.text())) == [key.key_id]


def test_a_key_as_broad_as_its_maker_is_made(client, services):
    key = services.platforms.create_key(
        "example", MANAGING, at=now() - timedelta(hours=1), days=2, daily_budget=70
    )

    answer = make_below(client, bearer(key.text()), scopes=list(MANAGING), daily_budget=70, days=1)

    assert answer.status_code == 201


def test_a_key_begins_when_it_was_asked_to(client, root):
    tomorrow = (now() + timedelta(hours=2)).isoformat()

    key = made_below(client, root, not_before=tomorrow)

    assert is_refused(ask(client, key, item_of()), 401, "key-invalid")
    assert id_of(key) in seen_by(client, root)


def test_a_key_that_begins_after_its_end_is_refused(client, root):
    answer = make_below(client, root, not_before=(now() + timedelta(days=2)).isoformat())

    assert is_refused(answer, 422, "key-too-long")


def test_a_revoked_key_takes_those_below_with_it(client, make_key, root):
    child = made_below(client, root, scopes=list(MANAGING))
    grandchild, sister = made_below(client, child), made_below(client, root)

    assert revoke(client, root, id_of(child)).status_code == 204

    assert seen_by(client, root) == [id_of(root), id_of(sister)]
    client.app.state.services.platforms.memory.clear()
    for key, status in ((child, 401), (grandchild, 401), (sister, 200), (root, 200)):
        assert client.get("/v1/me", headers=key).status_code == status


def test_a_key_can_revoke_itself(client, root):
    assert revoke(client, root, id_of(root)).status_code == 204


def test_a_key_sees_and_revokes_nothing_above_or_beside_it(client, make_key, root):
    child, sister = (made_below(client, root, scopes=list(MANAGING)) for _ in "ab")
    colleague = make_key(*MANAGING)  # of the same platform, from the operator
    stranger = make_key(*MANAGING, name="other")

    assert seen_by(client, child) == [id_of(child)]
    for other in (root, sister, colleague, stranger, bearer("hsk_live_nobody00_x")):
        assert is_refused(revoke(client, child, id_of(other)), 404, "no-such-key")


def test_a_revoked_key_makes_no_more_keys_even_while_it_is_remembered(client, services, root):
    assert seen_by(client, root)
    services.platforms.revoke_key(id_of(root), at=now())

    assert is_refused(make_below(client, root), 401, "key-invalid")


def test_there_is_an_end_to_keys_below_one(client, root, monkeypatch):
    monkeypatch.setattr(platforms_module, "MAX_LIVE_BELOW", 2)
    gone = made_below(client, root)
    made_below(client, root)

    assert is_refused(make_below(client, root), 409, "too-many-keys")
    revoke(client, root, id_of(gone))
    assert make_below(client, root).status_code == 201


def test_the_day_of_its_last_use_is_shown(client, root):
    key = made_below(client, root)
    unused = {one["key_id"]: one["last_used"] for one in made_list(client, root)}
    assert unused[id_of(key)] is None

    ask(client, key, item_of())

    used = {one["key_id"]: one["last_used"] for one in made_list(client, root)}
    assert used[id_of(key)] == datetime.now(UTC).date().isoformat()


def made_list(client, key):
    return client.get("/v1/keys", headers=key).json()["items"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("label", "", "form"),
        ("label", "a@example.com", "form"),
        ("label", "x" * 65, "form"),
        ("scopes", [], "length"),
        ("scopes", ["matches:everything"], "unknown_value"),
        ("days", 0, "range"),
        ("days", 401, "range"),
        ("days", "1", "type"),
        ("daily_budget", 0, "range"),
        ("daily_budget", 10**12 + 1, "range"),
        ("not_before", "2026-11-22T08:00:00", "type"),
        ("public_key", "-----BEGIN PUBLIC KEY-----", "form"),
        ("public_key", "x" * 201, "length"),
        ("secret", "mine", "unknown_field"),
    ],
)
def test_a_wish_is_checked(client, root, field, value, code):
    answer = make_below(client, root, **{field: value})

    assert answer.status_code == 422
    assert {error["code"] for error in answer.json()["errors"]} == {code}


def test_a_key_of_another_curve_cannot_be_registered(client, root):
    public = generate_private_key(SECP256R1()).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    assert make_below(client, root, public_key=pem).status_code == 422


def test_a_key_with_a_public_key_is_shown_as_signed(client, root, ed25519_pem):
    assert make_below(client, root, public_key=ed25519_pem).json()["signed"] is True


def test_a_sandbox_makes_and_takes_test_keys_alone(start, connect, make_key):
    live = make_key()
    sandbox = connect(start(sandbox=True))
    key = sandbox.app.state.services.platforms.create_key("trying", MANAGING, at=now(), days=1)

    assert key.text().startswith("hsk_test_")
    assert sandbox.get("/v1/me", headers=bearer(key.text())).json()["sandbox"] is True
    assert sandbox.get("/v1/me", headers=live).status_code == 401


def test_a_repeated_request_makes_one_key_and_shows_it_once(client, root):
    first, again = (make_below(client, root, repeat_key="once") for _ in "ab")

    assert again.status_code == first.status_code == 201
    assert again.json() == {**first.json(), "key": None}
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(seen_by(client, root)) == 2


def test_the_stored_answer_to_making_a_key_holds_no_secret(client, services, root):
    secret = make_below(client, root).json()["key"].split("_")[3]

    kept = list(every_row(services.matching.store))
    assert {"kept_answer", "api_key"} <= {table for table, _ in kept}
    assert secret not in repr(kept)


def test_another_request_under_the_same_idempotency_key_is_refused(client, root):
    child = made_below(client, root, scopes=list(MANAGING))
    make_below(client, root, repeat_key="once")

    for key, label in ((root, "another"), (child, "filter")):
        answer = make_below(client, key, repeat_key="once", label=label)
        assert is_refused(answer, 409, "idempotency-key-reused")


def test_a_key_is_not_made_without_an_idempotency_key(client, root):
    answer = client.post("/v1/keys", json={"label": "a", "scopes": ["keys:manage"]}, headers=root)

    assert is_refused(answer, 400, "idempotency-key-missing")

"""An appeal that was upheld stops the match everywhere, at once; a rejected one is kept."""

from datetime import timedelta

import pytest

from api.security.scopes import Scope
from hashsvc.times import now
from indexer.store import tables
from tests.api.bodies import ask, item_of, only_line
from tests.api.deciding import decide, kinds, matched
from tests.factories import make_signature
from tests.indexer.rows import alter, column, row_counts

SEEN = make_signature(seed=1)


@pytest.fixture
def platform(make_key):
    def made(name="example"):
        scopes = (
            Scope.MATCHES_WRITE,
            Scope.MATCHES_READ,
            Scope.DECISIONS_WRITE,
            Scope.CHANGES_READ,
            Scope.APPEALS_WRITE,
        )
        return make_key(*scopes, name=name)

    return made


@pytest.fixture
def key(platform):
    return platform()


@pytest.fixture
def store(services):
    return services.matching.store


def appeal(client, key, match_id, *, repeat="once", **fields):
    body = {
        "match_id": match_id,
        "outcome": "upheld",
        "reason": "not_a_match",
        "decided_at": now().isoformat(),
    }
    headers = key | {"Idempotency-Key": repeat}
    return client.post("/v1/appeals", json=body | fields, headers=headers)


def on_second_platform(client, platform):
    """Another platform's key, and its match on the same photo."""
    other = platform("other.example")
    return other, only_line(ask(client, other, item_of(SEEN)))["match_id"]


def test_upheld_nothing_matches_it_any_more_and_who_acted_hears_of_it(client, key, platform, store):
    match_id = matched(client, key)
    other, theirs = on_second_platform(client, platform)
    decide(client, other, theirs)

    answer = appeal(client, key, match_id)

    assert answer.status_code == 201
    told = answer.json()
    assert told["appeal_id"].startswith("app_")
    assert (told["match_id"], told["state"], told["list_state"]) == (match_id, "suspended", None)
    assert column(store, tables.listed_signature, "hold") == ["appeal"]
    third = platform("third.example")
    assert only_line(ask(client, third, item_of(SEEN)))["verdict"] == "none"
    assert kinds(client, other) == ["match.suspended", "match.reopened"]
    assert kinds(client, key)[-1] == "match.suspended"


def test_it_waits_for_no_votes_even_where_others_had_confirmed(client, key, platform, store):
    match_id = matched(client, key)
    for name in ("b.example", "c.example"):
        other = platform(name)
        theirs = only_line(ask(client, other, item_of(SEEN)))["match_id"]
        decide(client, other, theirs)

    appeal(client, key, match_id, reason="consent_shown")

    assert column(store, tables.listed_signature, "state") == ["suspended"]


def test_rejected_it_is_kept_and_changes_nothing(client, key, store):
    match_id = matched(client, key)

    told = appeal(client, key, match_id, outcome="rejected", reason="not_intimate").json()

    assert (told["state"], told["list_state"]) == ("open", "probation")
    assert row_counts(store)["appeal"] == 1


def test_the_same_request_twice_is_one_appeal(client, key, store):
    match_id, at = matched(client, key), now().isoformat()

    first = appeal(client, key, match_id, decided_at=at)
    again = appeal(client, key, match_id, decided_at=at)
    other = appeal(client, key, match_id, decided_at=at, outcome="rejected")

    assert again.text == first.text
    assert again.headers["Idempotency-Replayed"] == "true"
    assert row_counts(store)["appeal"] == 1
    assert other.json()["type"] == "/problems/idempotency-key-reused"


def test_a_second_appeal_moves_nothing_twice(client, key, platform):
    match_id = matched(client, key)
    other, theirs = on_second_platform(client, platform)
    decide(client, other, theirs)

    for repeat in ("one", "two"):
        assert appeal(client, key, match_id, repeat=repeat).status_code == 201

    assert kinds(client, other) == ["match.suspended", "match.reopened"]


def test_a_hold_for_a_child_is_never_weakened(client, key, store):
    match_id = matched(client, key)
    decide(client, key, match_id, decision="removed", reason="minor_suspected")

    appeal(client, key, match_id)

    assert column(store, tables.listed_signature, "hold") == ["child"]


def test_another_platforms_match_is_an_unknown_one(client, key, platform, store):
    match_id = matched(client, key)

    answers = [appeal(client, platform("other.example"), match_id), appeal(client, key, "mat_x")]

    assert {answer.json()["type"] for answer in answers} == {"/problems/no-such-match"}
    assert row_counts(store)["appeal"] == 0


def test_an_appeal_about_a_withdrawn_photo_is_kept_and_changes_nothing(client, key, store):
    match_id = matched(client, key)
    alter(store, tables.listed_signature, state="delisted", body=None)
    alter(store, tables.match, state="withdrawn")

    told = appeal(client, key, match_id).json()

    assert (told["state"], row_counts(store)["appeal"]) == ("withdrawn", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "maybe"},
        {"reason": "benign_asset"},
        {"decided_at": (now() + timedelta(hours=1)).isoformat()},
        {"note": "free text"},
    ],
)
def test_what_cannot_be_is_refused(client, key, store, wrong):
    match_id = matched(client, key)

    assert appeal(client, key, match_id, **wrong).status_code == 422
    assert row_counts(store)["appeal"] == 0


def test_it_takes_the_scope_and_a_key_for_repeats(client, key, make_key):
    match_id = matched(client, key)
    stranger = make_key(Scope.DECISIONS_WRITE)

    assert appeal(client, stranger, match_id).status_code == 403
    body = {"match_id": match_id, "outcome": "upheld", "reason": "other"}
    answer = client.post("/v1/appeals", json=body, headers=key)
    assert answer.json()["type"] == "/problems/idempotency-key-missing"

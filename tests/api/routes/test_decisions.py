"""What a platform reads of its matches, decides about them, and what follows."""

from datetime import timedelta

import pytest

from api.security.scopes import Scope
from api.services.lifecycle import EFFECTS
from hashsvc.times import now
from indexer.store import tables
from tests.api.bodies import ask, case_request, item_of, only_line, opened_number
from tests.api.deciding import (
    changes,
    decide,
    decision_of,
    fresh_key,
    kinds,
    match_on,
    matched,
)
from tests.factories import make_signature
from tests.indexer.rows import alter, column

SEEN = make_signature(seed=1)


@pytest.fixture
def platform(make_key):
    """Make a platform's key with every scope that this module needs."""

    def made(name="example"):
        return make_key(
            Scope.MATCHES_WRITE,
            Scope.MATCHES_READ,
            Scope.DECISIONS_WRITE,
            Scope.CHANGES_READ,
            Scope.POLICY_WRITE,
            name=name,
        )

    return made


@pytest.fixture
def key(platform):
    return platform()


@pytest.fixture
def store(services):
    return services.matching.store


def state_of(store):
    (state,) = set(column(store, tables.listed_signature, "state"))
    return state


@pytest.mark.parametrize(("decision", "reason"), EFFECTS)
def test_every_decision_of_the_table_is_taken(client, key, decision, reason):
    match_id = matched(client, key)
    fields = {"restriction": "reach"} if decision == "restricted" else {}

    answer = decide(client, key, match_id, decision=decision, reason=reason, **fields)

    assert answer.status_code == 200
    told = answer.json()
    assert (told["decision"], told["reason"]) == (decision, reason)
    (clock,) = told["clocks"]
    assert clock["state"] == ("running" if decision == "pending" else "stopped")
    assert [past["decision"] for past in told["history"]] == [decision]


def test_a_decision_stays_when_the_platform_asks_again(client, key):
    match_id = matched(client, key)
    decide(client, key, match_id)

    line = only_line(ask(client, key, item_of(SEEN)))

    assert (line["match_id"], line["state"], line["decision"]) == (match_id, "decided", "removed")
    assert line["due_at"] is None


def test_one_may_change_ones_mind_and_the_history_stays(client, key):
    match_id = matched(client, key)
    decide(client, key, match_id, decision="pending", reason="under_review")
    decide(client, key, match_id, decision="kept", reason="not_intimate")

    told = client.get(f"/v1/matches/{match_id}", headers=key).json()

    assert (told["state"], told["decision"]) == ("decided", "kept")
    assert [past["reason"] for past in told["history"]] == ["under_review", "not_intimate"]


def test_a_reason_of_another_decision_is_refused(client, key):
    match_id = matched(client, key)

    answer = decide(client, key, match_id, decision="kept", reason="intimate_no_consent")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/reason-unfit")
    assert client.get(f"/v1/matches/{match_id}", headers=key).json()["history"] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": "deleted"},
        {"reason": "because"},
        {"decided_at": "2026-01-02T03:04:05"},
        {"decided_at": "2099-01-02T03:04:05Z"},
        {"restriction": "reach"},
        {"decision": "restricted"},
        {"copies_removed": -1},
        {"note": "free text"},
    ],
)
def test_a_malformed_decision_changes_nothing(client, key, fields):
    match_id = matched(client, key)

    answer = client.post(
        f"/v1/matches/{match_id}/decision",
        json=decision_of() | fields,
        headers={**key, "Idempotency-Key": fresh_key()},
    )

    assert answer.status_code == 422
    assert client.get(f"/v1/matches/{match_id}", headers=key).json()["state"] == "open"


def test_the_same_request_twice_has_one_effect_and_one_answer(client, key):
    match_id = matched(client, key)

    first = decide(client, key, match_id, repeat_key="again")
    second = decide(client, key, match_id, repeat_key="again")

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(client.get(f"/v1/matches/{match_id}", headers=key).json()["history"]) == 1


def test_an_idempotency_key_serves_one_request_alone(client, key):
    match_id = matched(client, key)
    decide(client, key, match_id, repeat_key="again")

    other = decide(client, key, match_id, repeat_key="again", reason="synthetic")

    assert (other.status_code, other.json()["type"]) == (409, "/problems/idempotency-key-reused")


def test_two_platforms_may_use_one_idempotency_key(client, platform):
    one, other = platform("one"), platform("other")
    match_id, second_id = matched(client, one), match_on(client, other, SEEN)

    answers = [
        decide(client, one, match_id, repeat_key="same"),
        decide(client, other, second_id, repeat_key="same"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert "Idempotency-Replayed" not in answers[1].headers


def test_a_decision_without_an_idempotency_key_is_refused(client, key):
    match_id = matched(client, key)

    answer = client.post(f"/v1/matches/{match_id}/decision", json=decision_of(), headers=key)

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/idempotency-key-missing")


@pytest.mark.parametrize("act", ["read", "decide", "notice", "pause", "resume"])
def test_another_platforms_match_is_not_there(client, platform, act):
    match_id, stranger = matched(client, platform("one")), platform("other")
    base = f"/v1/matches/{match_id}"

    answer = {
        "read": lambda: client.get(base, headers=stranger),
        "decide": lambda: decide(client, stranger, match_id),
        "notice": lambda: client.post(
            f"{base}/notices",
            json={"regime": "us-tida", "received_at": "2026-01-01T00:00:00Z", "elements": []},
            headers=stranger,
        ),
        "pause": lambda: client.post(
            f"{base}/clocks/service-review/pause", json={"why": "x"}, headers=stranger
        ),
        "resume": lambda: client.post(f"{base}/clocks/service-review/resume", headers=stranger),
    }[act]()

    unknown = client.get("/v1/matches/mat_00000000000000000000000000", headers=stranger)
    assert answer.status_code == 404
    assert answer.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


def test_removal_confirms_the_signature_and_others_hear_of_it(client, platform, store):
    one, other = platform("one"), platform("other")
    first = matched(client, one)
    match_on(client, other, SEEN)

    decide(client, one, first)

    assert state_of(store) == "confirmed"
    assert kinds(client, other) == ["match.confirmed"]
    assert kinds(client, one) == []
    assert only_line(ask(client, other, item_of(SEEN)))["list_state"] == "confirmed"


def test_an_automated_decision_does_not_vote(client, key, store):
    decide(client, key, matched(client, key), automated=True)

    assert state_of(store) == "probation"


def test_two_platforms_suspend_what_is_no_match_and_everybody_hears(client, platform, store):
    platforms = [platform(name) for name in ("one", "two", "three")]
    matches = [
        matched(client, platforms[0]),
        *(match_on(client, each, SEEN) for each in platforms[1:]),
    ]

    decide(client, platforms[0], matches[0], decision="kept", reason="not_a_match")
    before = only_line(ask(client, platforms[2], item_of(SEEN)))["verdict"]
    decide(client, platforms[1], matches[1], decision="kept", reason="benign_asset")

    assert before == "review"
    assert state_of(store) == "suspended"
    assert only_line(ask(client, platforms[2], item_of(SEEN)))["verdict"] == "none"
    assert [kinds(client, each) for each in platforms] == [["match.suspended"]] * 3
    told = client.get(f"/v1/matches/{matches[2]}", headers=platforms[2]).json()
    assert (told["state"], told["list_state"]) == ("suspended", None)


def test_one_platform_counts_once(client, platform, store):
    key = platform()
    for number in range(3):
        match_id = (
            match_on(client, key, SEEN, ref=f"upl-{number}")
            if number
            else matched(client, key, ref="upl-0")
        )
        decide(client, key, match_id, decision="kept", reason="not_a_match")

    assert state_of(store) == "probation"


def test_a_vote_is_taken_back_with_the_decision(client, platform, store):
    one, other = platform("one"), platform("other")
    first, second = matched(client, one), match_on(client, other, SEEN)
    decide(client, one, first, decision="kept", reason="not_a_match")
    decide(client, one, first, decision="pending", reason="under_review")

    decide(client, other, second, decision="kept", reason="not_a_match")

    assert state_of(store) == "probation"


def test_a_suspected_minor_suspends_at_once(client, platform, store):
    one, other = platform("one"), platform("other")
    first = matched(client, one)
    match_on(client, other, SEEN)

    decide(client, one, first, reason="minor_suspected")

    assert state_of(store) == "suspended"
    assert column(store, tables.listed_signature, "hold") == ["child"]
    assert kinds(client, other) == ["match.suspended"]


def test_a_kept_match_is_reopened_when_the_photo_is_listed_again(client, key):
    match_id = matched(client, key)
    decide(client, key, match_id, decision="kept", reason="not_intimate")
    quiet = only_line(ask(client, key, item_of(SEEN)))["state"]
    opened_number(client, SEEN)

    line = only_line(ask(client, key, item_of(SEEN)))

    assert (quiet, line["state"], line["match_id"]) == ("decided", "reopened", match_id)
    assert kinds(client, key) == ["match.reopened"]
    assert line["due_at"] is not None


def test_withdrawal_stops_clocks_and_leaves_a_tombstone(client, key):
    number = opened_number(client, SEEN)
    match_id = match_on(client, key, SEEN)

    case_request(client, "withdraw", number)

    told = client.get(f"/v1/matches/{match_id}", headers=key).json()
    assert (told["state"], told["list_state"], told["due_at"]) == ("withdrawn", None, None)
    assert [clock["why"] for clock in told["clocks"]] == ["withdrawn"]
    (entry,) = changes(client, key).json()["items"]
    assert (entry["kind"], entry["match_id"], entry["seq"]) == ("match.withdrawn", match_id, 1)


def test_a_decision_on_a_withdrawn_match_is_counted_and_has_no_other_effect(client, key):
    number = opened_number(client, SEEN)
    match_id = match_on(client, key, SEEN)
    case_request(client, "withdraw", number)

    answer = decide(client, key, match_id)

    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert kinds(client, key) == ["match.withdrawn"]


def test_an_overdue_clock_is_shown_as_such(client, key, store):
    match_id = matched(client, key)
    alter(store, tables.clock, due_at=now() - timedelta(seconds=1))

    (clock,) = client.get(f"/v1/matches/{match_id}", headers=key).json()["clocks"]

    assert clock["state"] == "overdue"


def test_a_survivor_learns_of_a_removal_a_day_later(client, key, store):
    number = opened_number(client, SEEN)
    decide(client, key, match_on(client, key, SEEN))
    today = case_request(client, "status", number).json()["found"]
    alter(store, tables.decision, received_at=now() - timedelta(days=1, seconds=1))

    later = case_request(client, "status", number).json()["found"]

    assert (today["removed"], later["removed"]) == (0, 1)
    assert later["last_month"] == f"{now() - timedelta(days=1, seconds=1):%Y-%m}"


def test_a_survivor_sees_who_confirmed_a_withdrawal(client, platform):
    one, other = platform("one"), platform("other")
    number = opened_number(client, SEEN)
    for each in (one, other):
        match_on(client, each, SEEN)
    case_request(client, "withdraw", number)

    def receipts():
        return case_request(client, "status", number).json()["withdrawal"]

    before = receipts()
    page = changes(client, one).json()
    client.post("/v1/changes/ack", json={"cursor": page["next_cursor"]}, headers=one)

    assert before == {"sites": 2, "confirmed": 0}
    assert receipts() == {"sites": 2, "confirmed": 1}

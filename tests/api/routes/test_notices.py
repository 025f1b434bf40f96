"""Notices start legal clocks; a platform's own clocks may pause."""

from datetime import datetime, timedelta

import pytest

from api.security.scopes import Scope
from tests.api.deciding import decide, matched

WHOLE = ["signature", "location", "good_faith", "contact"]
RECEIVED = "2026-01-02T03:04:05Z"


@pytest.fixture
def key(make_key):
    return make_key(
        Scope.MATCHES_WRITE, Scope.MATCHES_READ, Scope.DECISIONS_WRITE, Scope.POLICY_WRITE
    )


@pytest.fixture
def match_id(client, key):
    return matched(client, key)


def notice(client, key, match_id, *, regime="us-tida", elements=WHOLE, received_at=RECEIVED):
    return client.post(
        f"/v1/matches/{match_id}/notices",
        json={"regime": regime, "received_at": received_at, "elements": list(elements)},
        headers=key,
    )


def clocks(client, key, match_id):
    told = client.get(f"/v1/matches/{match_id}", headers=key).json()
    return {clock["regime"]: clock for clock in told["clocks"]}


def move(client, key, match_id, regime, how, **body):
    path = f"/v1/matches/{match_id}/clocks/{regime}/{how}"
    return client.post(path, json=body or None, headers=key)


def test_a_valid_notice_starts_its_clock_when_it_was_received(client, key, match_id):
    answer = notice(client, key, match_id)

    assert (answer.status_code, answer.json()["valid"]) == (201, True)
    clock = clocks(client, key, match_id)["us-tida"]
    started, due = (datetime.fromisoformat(clock[name]) for name in ("started_at", "due_at"))
    assert started == datetime.fromisoformat(RECEIVED)
    assert due - started == timedelta(hours=48)


def test_an_invalid_notice_is_kept_and_starts_nothing(client, key, match_id):
    answer = notice(client, key, match_id, elements=["location"])

    assert answer.json()["missing"] == ["signature", "good_faith", "contact"]
    assert list(clocks(client, key, match_id)) == ["service-review"]


@pytest.mark.parametrize("regime", ["uk-cpa", "service-review", "mars"])
def test_a_regime_that_takes_no_notices_is_refused(client, key, match_id, regime):
    answer = notice(client, key, match_id, regime=regime)

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-regime")


def test_a_notice_from_the_future_is_refused(client, key, match_id):
    assert notice(client, key, match_id, received_at="2099-01-01T00:00:00Z").status_code == 422


def test_a_second_notice_does_not_start_the_clock_anew(client, key, match_id):
    notice(client, key, match_id)
    before = clocks(client, key, match_id)["us-tida"]

    notice(client, key, match_id, received_at="2026-02-02T00:00:00Z")

    assert clocks(client, key, match_id)["us-tida"] == before


def test_a_decision_stops_every_clock(client, key, match_id):
    notice(client, key, match_id)

    decide(client, key, match_id, decision="restricted", restriction="geo")

    assert {each["state"] for each in clocks(client, key, match_id).values()} == {"stopped"}


def test_a_legal_clock_does_not_pause(client, key, match_id):
    notice(client, key, match_id)

    answer = move(client, key, match_id, "us-tida", "pause", why="awaiting_court")

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-regime")


def test_a_platforms_own_clock_pauses_and_goes_on(client, key):
    client.put("/v1/policy", json={"custom_hours": {"custom-promise": 12}}, headers=key)
    match_id = matched(client, key)
    due = clocks(client, key, match_id)["custom-promise"]["due_at"]

    paused = move(client, key, match_id, "custom-promise", "pause", why="awaiting_court")
    again = move(client, key, match_id, "custom-promise", "pause", why="awaiting_court")
    resumed = move(client, key, match_id, "custom-promise", "resume")

    assert (paused.status_code, again.status_code, resumed.status_code) == (200, 409, 200)
    states = {each["regime"]: each["state"] for each in paused.json()["clocks"]}
    assert states == {"service-review": "running", "custom-promise": "paused"}
    assert clocks(client, key, match_id)["custom-promise"]["due_at"] > due


def test_what_does_not_stand_cannot_go_on(client, key, match_id):
    answer = move(client, key, match_id, "service-review", "resume")

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/clock-unmoved")


def test_a_notice_after_a_decision_starts_a_stopped_clock_anew(client, key, match_id):
    notice(client, key, match_id)
    decide(client, key, match_id)

    notice(client, key, match_id, received_at="2026-02-02T00:00:00Z")

    clock = clocks(client, key, match_id)["us-tida"]
    assert (clock["started_at"], clock["why"]) == ("2026-02-02T00:00:00Z", None)
    assert clock["state"] in ("running", "overdue")

"""How long a guesser waits; time is given, so nothing sleeps."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from api.security.case_secrets import CaseNumber
from api.services.errors import NoSuchCaseError, TooManyAttemptsError
from hashsvc.closed_sets import CaseStatus
from tests.api.bodies import OTHER_PIN, PIN
from tests.factories import make_signature

START = datetime(2026, 1, 1, tzinfo=UTC)
RIGHT, WRONG = SecretStr(PIN), SecretStr(OTHER_PIN)
UNKNOWN = CaseNumber(bytes(10))
# Two free tries, then 30 seconds doubled each time, up to an hour.
WAITS = [0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


@pytest.fixture
def cases(services):
    return services.cases


@pytest.fixture
def known(cases):
    return cases.open([make_signature()], RIGHT, idempotency_key=None, at=START)


def wait_before_next_try(cases, number, *, at):
    """Try a wrong PIN as soon as it is allowed; how many seconds that took."""
    try:
        cases.status(number, WRONG, at=at)
    except NoSuchCaseError:
        return 0
    except TooManyAttemptsError as error:
        wait = error.retry_after_seconds
        with pytest.raises(TooManyAttemptsError):
            cases.status(number, WRONG, at=at + timedelta(seconds=wait - 1))
        with pytest.raises(NoSuchCaseError):
            cases.status(number, WRONG, at=at + timedelta(seconds=wait))
        return wait
    pytest.fail("a wrong PIN was taken")


def waits(cases, number, *, count=12, at=START):
    found = []
    for _ in range(count):
        found.append(wait_before_next_try(cases, number, at=at))
        at += timedelta(seconds=found[-1])
    return found


def test_each_wrong_pin_waits_longer_for_a_known_number(cases, known):
    assert waits(cases, known) == WAITS


def test_each_wrong_pin_waits_longer_for_an_unknown_number(cases):
    assert waits(cases, UNKNOWN) == WAITS


def test_while_waiting_the_right_pin_is_refused_too(cases, known):
    waits(cases, known, count=3)

    with pytest.raises(TooManyAttemptsError):
        cases.status(known, RIGHT, at=START)


@pytest.mark.parametrize("act", ["withdraw", "status", "add"])
def test_every_act_on_a_case_waits(cases, known, act):
    waits(cases, known, count=3)
    more = {"signatures": [make_signature(seed=2)]} if act == "add" else {}

    with pytest.raises(TooManyAttemptsError):
        getattr(cases, act)(known, RIGHT, **more, at=START)

    later = START + timedelta(seconds=30)
    assert cases.status(known, RIGHT, at=later).case.status is CaseStatus.ACTIVE
    assert cases.status(known, RIGHT, at=later).case.signatures == 1


def test_the_wait_outlives_a_restart(cases, known, start):
    waits(cases, known, count=3)

    restarted = start().state.services
    with pytest.raises(TooManyAttemptsError):
        restarted.cases.status(known, RIGHT, at=START)
    restarted.matching.store.close()


def test_the_right_pin_clears_the_count(cases, known):
    waits(cases, known, count=4)

    cases.status(known, RIGHT, at=START + timedelta(hours=1))

    assert waits(cases, known, at=START + timedelta(hours=1)) == WAITS


def test_one_number_does_not_delay_another(cases, known):
    waits(cases, UNKNOWN)

    assert cases.status(known, RIGHT, at=START).case.status is CaseStatus.ACTIVE


def test_a_day_without_a_try_is_forgotten(cases):
    waits(cases, UNKNOWN, count=3)

    assert waits(cases, UNKNOWN, at=START + timedelta(hours=24, seconds=31)) == WAITS


def test_a_count_is_kept_for_a_day(cases):
    waits(cases, UNKNOWN, count=3)

    assert waits(cases, UNKNOWN, count=2, at=START + timedelta(hours=24, seconds=30)) == [0, 60]


def test_checked_pins_are_counted_by_outcome(client, cases, known):
    cases.status(known, RIGHT, at=START)
    waits(cases, known, count=2)

    lines = client.get("/metrics").text.splitlines()

    assert 'hashsvc_pin_checks_total{outcome="right"} 1.0' in lines
    assert 'hashsvc_pin_checks_total{outcome="wrong"} 2.0' in lines

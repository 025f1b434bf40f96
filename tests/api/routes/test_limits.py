"""Limits as clients see them: header fields, and refusals that say how long to wait."""

import re
from datetime import timedelta

import pytest

from api.security.scopes import Scope
from hashsvc.times import now
from tests.api.bodies import ask, item_of
from tests.api.routes.test_keys import bearer, is_refused
from tests.factories import make_signature

# A list of strings with parameters, as RFC 9651 writes them.
FIELD = re.compile(r'(?:(?:, )?"[a-z-]+"(?:;[a-z-]+=(?:\d+|"[a-z-]+"))+)+')


def parameters(answer, name):
    """{policy: {parameter: value}} of a header field."""
    text = answer.headers[name]
    assert FIELD.fullmatch(text)
    items = (item.split(";") for item in text.split(", "))
    return {head.strip('"'): dict(one.split("=") for one in rest) for head, *rest in items}


@pytest.fixture
def slow(start, connect):
    """A service that lets 3 signatures through, then one in 100 seconds."""
    return connect(start(key_signatures_per_second=0.01, key_burst=3, key_daily_budget=100))


@pytest.fixture
def key(slow):
    platforms = slow.app.state.services.platforms
    scopes = [Scope.MATCHES_WRITE, Scope.KEYS_MANAGE]
    return bearer(platforms.create_key("example", scopes, at=now(), days=1).text())


def test_an_answer_says_what_is_allowed_and_left(slow, key):
    answer = ask(slow, key, item_of(make_signature(seed=1), make_signature(seed=2)))

    policy, left = (parameters(answer, name) for name in ("RateLimit-Policy", "RateLimit"))
    assert policy.keys() == left.keys() == {"signatures", "at-once", "day"}
    assert policy["signatures"] == {"q": "3", "w": "300", "hashsvc-unit": '"signatures"'}
    assert policy["at-once"] == {"q": "16", "qu": '"concurrent-requests"'}
    assert (policy["day"]["q"], policy["day"]["w"]) == ("100", "86400")
    assert (left["signatures"]["r"], left["day"]["r"], left["at-once"]["r"]) == ("1", "98", "15")


def test_signatures_count_rather_than_requests(slow, key):
    three = item_of(*(make_signature(seed=seed) for seed in range(3)))
    assert ask(slow, key, three).status_code == 200

    refused = ask(slow, key, item_of())

    assert is_refused(refused, 429, "rate-limited")
    assert 0 < int(refused.headers["Retry-After"]) <= 100
    assert parameters(refused, "RateLimit")["signatures"]["r"] == "0"


def test_a_spent_day_is_told_apart(start, connect):
    client = connect(start(key_daily_budget=1))
    platforms = client.app.state.services.platforms
    made = platforms.create_key("example", [Scope.MATCHES_WRITE], at=now(), days=1)
    key = bearer(made.text())
    assert ask(client, key, item_of()).status_code == 200

    refused = ask(client, key, item_of())

    assert is_refused(refused, 429, "daily-budget")
    assert int(refused.headers["Retry-After"]) <= timedelta(days=1).total_seconds()


def test_a_question_that_is_refused_for_its_form_costs_nothing(slow, key):
    for _ in range(5):
        assert ask(slow, key, item_of(ref="a b")).status_code == 422

    assert ask(slow, key, item_of()).status_code == 200


def test_managing_keys_has_a_limit_of_its_own(slow, key):
    answers = [slow.get("/v1/keys", headers=key) for _ in range(31)]

    assert {answer.status_code for answer in answers[:30]} == {200}
    assert is_refused(answers[30], 429, "rate-limited")
    assert parameters(answers[0], "RateLimit-Policy")["management"]["qu"] == '"requests"'
    assert ask(slow, key, item_of()).status_code == 200

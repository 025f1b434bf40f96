"""A sandbox has bad days on demand; a service never has."""

import pytest

from api.chaos import Mishap
from tests.api.bodies import ask, item_of

CHAOS = "Sandbox-Chaos"


@pytest.fixture
def sandbox(start, connect):
    return connect(start(sandbox=True))


@pytest.mark.parametrize(
    ("mishap", "status", "name"),
    [
        ("429", 429, "rate-limited"),
        ("503", 503, "overloaded"),
        ("behind", 503, "index-behind"),
    ],
)
def test_a_mishap_on_demand_looks_like_a_real_one(sandbox, mishap, status, name):
    answer = sandbox.post("/v1/matches", json={}, headers={CHAOS: mishap})

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{name}")
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["request_id"] == answer.headers["Request-Id"]


def test_a_slow_answer_is_the_usual_one(sandbox):
    answer = sandbox.get("/v1/me", headers={CHAOS: Mishap.SLOW})

    assert answer.status_code == 401


@pytest.mark.parametrize("wished", ["", "418", "nonsense"])
def test_what_is_no_mishap_changes_nothing(sandbox, wished):
    assert sandbox.get("/v1/me", headers={CHAOS: wished}).status_code == 401


def test_a_share_of_all_requests_fails(start, connect):
    sandbox = connect(start(sandbox=True, sandbox_chaos=1.0))

    # Slow ones apart, nothing gets through; only what operators ask is spared.
    statuses = {sandbox.get("/v1/me").status_code for _ in range(12)}

    assert statuses <= {401, 429, 503}
    assert statuses & {429, 503}
    assert sandbox.get("/healthz").status_code == 200


def test_a_service_has_no_mishaps(client, make_key):
    answer = ask(client, make_key() | {CHAOS: "503"}, item_of())

    assert answer.status_code == 200

"""The database goes away and comes back, in every manner: nothing stale, nothing lost."""

import threading
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import make_url

from tests.api.bodies import ask, case_request, item_of, only_line, open_case, opened_number
from tests.api.test_serving import make_key, running, wait_until
from tests.factories import make_signature
from tests.faults.partitions import Manner, network_to

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
NEVER, GONE = make_signature(seed=81), make_signature(seed=82)
STALE_SECONDS = 5.0
# Its answers: done, refused because it cannot know, or gone before it was answered.
UNKNOWN = {503, None}


def through(url, port):
    return make_url(url).set(port=port).render_as_string(hide_password=False)


@contextmanager
def writing(url):
    """Open cases again and again; yields (what was acknowledged, every status)."""
    stop, acknowledged, statuses = threading.Event(), [], set()

    def go_on():
        with httpx.Client(base_url=url, timeout=40) as client:
            seed = 9_000
            while not stop.is_set():
                seed += 1
                try:
                    answer = open_case(client, make_signature(seed=seed))
                except httpx.TransportError:
                    statuses.add(None)
                    continue
                statuses.add(answer.status_code)
                if answer.status_code == 201:
                    acknowledged.append((answer.json()["case_number"], seed))
                stop.wait(0.05)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield acknowledged, statuses
    finally:
        stop.set()
        thread.join()


def readiness(server):
    return server.client.get("/readyz").status_code


@pytest.mark.goal("G1")
def test_a_server_outlives_its_database(data, on_crashing, figure):
    with running(data) as server:
        server.client.timeout = 40
        key = make_key(data, on_crashing.url)
        number = opened_number(server.client, GONE)
        with writing(server.url) as (acknowledged, statuses):
            for _ in range(3):
                before = len(acknowledged)
                wait_until(lambda: len(acknowledged) > before + 1)  # noqa: B023
                on_crashing.kill()
                wait_until(lambda: readiness(server) == 503)
                assert case_request(server.client, "withdraw", number).status_code == 503
                assert ask(server.client, key, item_of(GONE)).status_code == 503
                on_crashing.start()
                wait_until(lambda: readiness(server) == 200)

        assert case_request(server.client, "withdraw", number).status_code == 204
        assert only_line(ask(server.client, key, item_of(GONE)))["verdict"] == "none"
        for case_number, seed in acknowledged:
            assert case_request(server.client, "status", case_number).status_code == 200
            found = ask(server.client, key, item_of(make_signature(seed=seed), ref=f"r{seed}"))
            assert only_line(found)["tier"] == "strong"
    assert statuses <= {201} | UNKNOWN
    figure(f"database killed 3 times: {len(acknowledged)} acknowledged cases, 0 lost, no restart")


def outcome(server, key, signature):
    """A status, or None where nothing was answered in time."""
    with httpx.Client(base_url=server.url, timeout=2) as client:
        try:
            return ask(client, key, item_of(signature)).status_code
        except httpx.TimeoutException:
            return None


@pytest.mark.goal("G5")
@pytest.mark.parametrize("manner", [Manner.DROP, Manner.HALF_OPEN, Manner.RESET])
def test_behind_a_broken_network_it_is_not_ready_and_answers_nothing_stale(
    data, on_crashing, monkeypatch, manner, figure
):
    with network_to(make_url(on_crashing.url).port) as network:
        monkeypatch.setenv("HASHSVC_DATABASE_URL", through(on_crashing.url, network.port))
        with running(data) as server:
            server.client.timeout = 60
            key = make_key(data, on_crashing.url)
            number = opened_number(server.client, GONE)
            network.become(manner)

            wait_until(lambda: readiness(server) == 503, seconds=2 * STALE_SECONDS)
            assert {outcome(server, key, one) for one in (NEVER, GONE)} <= UNKNOWN
            assert server.client.get("/healthz").status_code == 200

            network.become(Manner.PASS)
            wait_until(lambda: readiness(server) == 200)
            assert case_request(server.client, "withdraw", number).status_code == 204
            assert only_line(ask(server.client, key, item_of(GONE)))["verdict"] == "none"
    figure(f"{manner}: not ready once {STALE_SECONDS:g} s old, well again without a restart")


def verdict(server, key, signature):
    """What is said of it; None where nothing is for now."""
    answer = ask(server.client, key, item_of(signature))
    assert answer.status_code in {200, 503}
    return only_line(answer)["verdict"] if answer.is_success else None


def test_a_slow_network_makes_answers_late_and_never_wrong(data, on_crashing, monkeypatch):
    with network_to(make_url(on_crashing.url).port) as network:
        monkeypatch.setenv("HASHSVC_DATABASE_URL", through(on_crashing.url, network.port))
        with running(data) as server:
            server.client.timeout = 60
            key = make_key(data, on_crashing.url)
            number = opened_number(server.client, GONE)
            network.become(Manner.DELAY)

            before = {verdict(server, key, GONE) for _ in range(3)}
            wait_until(lambda: case_request(server.client, "withdraw", number).is_success)
            after = {verdict(server, key, GONE) for _ in range(3)}
            network.become(Manner.PASS)

    assert before <= {"review", None}
    assert after <= {"none", None}

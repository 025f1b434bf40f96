"""Ten times too much: what is let in is answered, the rest is told so, and all is well after it."""

import os
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from benchmarks.api.loading import questions
from benchmarks.overload import offered
from tests.api.bodies import ask, item_of, only_line, opened_number
from tests.api.servers import command
from tests.api.test_serving import running
from tests.factories import make_signature

COUNT = int(os.environ.get("HASHSVC_TEST_OVERLOAD", "400"))
A_SECOND = 2_000.0  # many times what one process answers, of questions this dear
ITEMS, EACH = 8, 64
LISTED = make_signature(seed=71)
MOST_BYTES = 2**30


@pytest.fixture
def key_of(monkeypatch):
    """A few places, and a key without limits of its own."""
    monkeypatch.setenv("HASHSVC_REQUESTS_AT_ONCE", "8")
    for limit in ("REQUESTS_AT_ONCE", "SIGNATURES_PER_SECOND", "BURST", "DAILY_BUDGET"):
        monkeypatch.setenv(f"HASHSVC_KEY_{limit}", "100000000")

    def made(folder):
        words = ("create-key", "--name", "one", "--scope", "matches:write")
        return command(*words, folder=folder).stdout.split()[-1]

    return made


@pytest.mark.slow
@pytest.mark.goal("G16")
def test_too_much_is_refused_and_what_is_let_in_is_answered(tmp_path, key_of, figure):
    folder = tmp_path / "var"
    with running(folder) as server:
        key = key_of(folder)
        opened_number(server.client, LISTED)
        requests = questions(
            key, [make_signature(seed=s) for s in range(EACH)], items=ITEMS, each=EACH
        )

        with ThreadPoolExecutor(1) as pool:  # a browser's loop may run in this thread
            asking = pool.submit(offered, server.url, requests, a_second=A_SECOND, count=COUNT)
            answers = asking.result()

        statuses = {answer.status for answer in answers}
        memory = psutil.Process(server._process.pid).memory_info().rss
        asked = ask(server.client, {"Authorization": f"Bearer {key}"}, item_of(LISTED))
        assert statuses == {200, 503}
        assert memory < MOST_BYTES
        assert server.client.get("/readyz").status_code == 200
        assert only_line(asked)["tier"] == "strong"
    refused = sum(answer.status == 503 for answer in answers)
    figure(f"{COUNT} requests, open loop: {COUNT - refused} answered, {refused} told 503, no other")

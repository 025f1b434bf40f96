"""The server is killed under writes: acknowledged cases are there, withdrawn ones stay away."""

import itertools
import secrets
import signal
import threading
import time
from contextlib import suppress

import httpx
import pytest

from api.security.key_files import make_key_files, read_key_files
from api.settings import Settings
from indexer.store import Store
from tests.api.bodies import ask, case_request, item_of, only_line, open_case
from tests.api.servers import command
from tests.api.test_serving import make_key, running, wait_until
from tests.crash.chances import ROUNDS, chance
from tests.crash.writers import EARLY, Writer, lost
from tests.factories import make_signature
from tests.indexer.factories import opened

FOLDER_MODE = 0o700
pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request, tmp_path, monkeypatch):
    if request.param == "sqlite":
        yield Settings(data=tmp_path / "var").url
        return
    with request.getfixturevalue("postgres_databases").empty() as url:
        monkeypatch.setenv("HASHSVC_DATABASE_URL", url)
        yield url


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=FOLDER_MODE)
    make_key_files(folder)
    return folder


class Survivors:
    """People who open and withdraw cases; what they were told, kept outside the server."""

    def __init__(self, seeds):
        self._seeds = seeds
        self._stop = threading.Event()
        self.listed, self.withdrawn, self.unknown = set(), set(), {}

    def act(self, url):
        """Go on until the server is gone."""
        with httpx.Client(base_url=url, timeout=30) as client, suppress(httpx.TransportError):
            while not self._stop.is_set():
                self._one(client)

    def _one(self, client):
        seed = next(self._seeds)
        # The case may be open already when no answer comes: the same key asks again.
        self.unknown[seed] = secrets.token_urlsafe(15)
        number = self.open(client, seed)
        self.listed.add(seed)
        if seed % 3 == 0:
            self.listed.remove(seed)  # from here on it may be withdrawn
            if case_request(client, "withdraw", number).status_code == 204:
                self.withdrawn.add(seed)

    def open(self, client, seed):
        answer = open_case(client, make_signature(seed=seed), idempotency_key=self.unknown[seed])
        assert answer.status_code == 201, answer.text
        return answer.json()["case_number"]


def tiers(client, key, seeds):
    """What is answered about each of these signatures."""
    answers = (ask(client, key, item_of(make_signature(seed=seed))) for seed in seeds)
    return {only_line(answer).get("tier") for answer in answers}


@pytest.mark.goal("G1")
def test_what_was_acknowledged_holds_after_every_kill(data, url, figure):
    chances, seeds = chance("killed server"), itertools.count(1)
    survivors = Survivors(seeds)
    for _ in range(ROUNDS):
        with running(data) as server:
            acting = threading.Thread(target=survivors.act, args=[server.url])
            acting.start()
            time.sleep(chances.uniform(0.5, 2.0))
            wait_until(lambda: survivors.withdrawn)  # a busy machine may not be there yet
            server.stop(signal.SIGKILL)
            acting.join()
    with running(data) as server:
        key = make_key(data, url)
        assert survivors.listed
        assert survivors.withdrawn
        assert tiers(server.client, key, survivors.listed) == {"strong"}
        assert tiers(server.client, key, survivors.withdrawn) == {None}
        last = max(survivors.unknown)  # asked for when the server was killed
        assert survivors.open(server.client, last) == survivors.open(server.client, last)
    assert command("verify", folder=data).returncode == 0
    assert cases_in(data, url) <= len(survivors.unknown)
    kept, gone = len(survivors.listed), len(survivors.withdrawn)
    figure(f"server killed {ROUNDS}x: {kept} cases and {gone} withdrawals hold, 0 doubled")


def cases_in(data, url):
    with opened(url, read_key_files(data).seal) as store, store.snapshot() as tx:
        return tx.connection.exec_driver_sql("SELECT count(*) FROM survivor_case").scalar_one()


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param((), marks=pytest.mark.goal("G1"), id="ours"),
        pytest.param((EARLY,), marks=pytest.mark.control("G1"), id="control"),
    ],
)
def test_a_case_is_acknowledged_after_its_commit(database_url, key_ring, settings, figure):
    """A writer that acknowledges before its commit, the control, loses what it just said."""
    writer = Writer(database_url, *settings)
    writer.kill()
    store = Store.at(database_url, key_ring)

    gone = len(lost(store, writer.acknowledged))
    store.close()

    assert bool(gone) == bool(settings)
    who = "writer that acknowledges before its commit" if settings else "writer"
    figure(f"{who} killed: {gone} acknowledged lost")

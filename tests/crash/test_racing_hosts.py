"""Questions over HTTP race withdrawals: several workers on two hosts, one PostgreSQL.

`HASHSVC_TEST_QUESTIONS=1000000` is the long form: two workers a host, requests of 32 questions, and
a hundredth as many withdrawals.
"""

import json
import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from time import monotonic

import httpx
import pytest

from api.security.key_files import make_key_files, read_key_files
from indexer.audit_records import Act
from tests.api.bodies import item_of
from tests.api.test_serving import make_key, running
from tests.crash.chances import chance
from tests.crash.history import Event, Op, violations
from tests.crash.racing import FRESH_SECONDS, POLL_SECONDS, Reporter
from tests.factories import make_signature
from tests.indexer.factories import log_of, opened

QUESTIONS = int(os.environ.get("HASHSVC_TEST_QUESTIONS", "1200"))  # at least
WITHDRAWALS = max(12, QUESTIONS // 100)
LONG = QUESTIONS >= 100_000
WORKERS = 2 if LONG else 1  # a host
ASKERS = 2 if LONG else 4  # a host
WITHDRAWERS = 4 if LONG else 1
TOGETHER = 32 if LONG else 8  # questions of a request: each answer with a hit is one audit row
_ASKED_ON_ONE = 200  # requests over one connection: then another worker may answer
pytestmark = [pytest.mark.postgres, pytest.mark.slow]
_SETTINGS = {
    "HASHSVC_INDEX_POLL_SECONDS": str(POLL_SECONDS),
    "HASHSVC_FLOOD_QUARANTINE": "false",  # everything here is asked about again and again
    "HASHSVC_KEY_SIGNATURES_PER_SECOND": "1000000",
    "HASHSVC_KEY_BURST": "1000000",
}


@pytest.fixture
def hosts(postgres_databases, tmp_path, monkeypatch):
    """(store, addresses, key's header): two machines with the same key files."""
    for name, value in _SETTINGS.items():
        monkeypatch.setenv(name, value)
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir(mode=0o700)
    make_key_files(folders[0])
    with ExitStack() as ended, postgres_databases.empty() as url:
        monkeypatch.setenv("HASHSVC_DATABASE_URL", url)
        servers = []
        for folder in folders:
            for keys in folders[0].glob("*.keys"):  # also those that the first start made
                if folder != folders[0]:
                    shutil.copy(keys, folder)
            servers.append(ended.enter_context(running(folder, "--workers", str(WORKERS))))
        store = ended.enter_context(opened(url, read_key_files(folders[0]).seal))
        yield store, [server.url for server in servers], make_key(folders[0], url)


class Race:
    """Askers of both hosts beside one who withdraws and reports."""

    def __init__(self, store, addresses, key):
        self._store, self._addresses, self._key = store, addresses, key
        self.events, self.failures = [], []
        self._reporter = Reporter(store, self.events, WITHDRAWALS)
        self._running = threading.Event()

    def run(self):
        self._reporter.open_first()
        self._running.set()
        threads = [
            threading.Thread(target=self._ask, args=[f"asker-{number}", address])
            for number, address in enumerate(ASKERS * self._addresses)
        ]
        for thread in threads:
            thread.start()
        try:
            with ThreadPoolExecutor(WITHDRAWERS) as pool:
                list(pool.map(self._withdraw, range(WITHDRAWERS)))
            while len(self.events) < QUESTIONS and not self.failures:
                time.sleep(0.1)
        finally:
            self._running.clear()
            for thread in threads:
                thread.join()
        assert not self.failures
        return violations(
            self.events,
            log=[row.seq for row in log_of(self._store)[1]],
            fresh_seconds=FRESH_SECONDS,
            audited=self._audited(),
        )

    def _withdraw(self, number):
        self._reporter.withdraw_and_open(
            chance(f"withdrawals-{number}"),
            lambda: not self.failures,
            first=number,
            step=WITHDRAWERS,
        )

    def _audited(self):
        """Every match that an audit row says was answered."""
        with self._store.snapshot() as tx:
            bodies = [json.loads(row.body) for row in tx.access.after(0, limit=10**9)]
        return [
            match_id
            for body in bodies
            if body["act"] == Act.MATCH_ANSWER
            for match_id in body["about"]["matches"]
        ]

    def _ask(self, name, address):
        chances = chance(name)
        try:
            while self._running.is_set():
                with httpx.Client(base_url=address, headers=self._key, timeout=60) as client:
                    for _ in range(_ASKED_ON_ONE):
                        if self._running.is_set():
                            self._ask_once(client, name, chances)
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not be
            self.failures.append(error)

    def _ask_once(self, client, name, chances):
        seeds = {self._reporter.seed_to_ask(chances) for _ in range(TOGETHER)}
        # Each asker has references of its own: what was matched once is asked about again.
        items = [item_of(make_signature(seed=1_000 * seed), ref=f"{name}.{seed}") for seed in seeds]
        insisted = chances.random() < 0.5
        seqs = [self._reporter.seqs.get(seed, 0) for seed in seeds]
        headers = {"Min-Index-Seq": str(max(seqs))} if insisted and max(seqs) else {}
        invoked = monotonic()
        answer = client.post("/v1/matches", json={"items": items}, headers=headers)
        completed = monotonic()
        assert answer.status_code in {200, 503}, answer.text
        if answer.status_code == 503:  # behind what was insisted on
            return
        for seed, line in zip(seeds, answer.json()["items"], strict=True):
            told = (line["match_id"],) if line["verdict"] == "review" else ()
            self.events.append(
                Event(
                    Op.QUERY,
                    seed,
                    invoked,
                    completed,
                    min_seq=max(seqs) if headers else None,
                    found=(seed,) if told else (),
                    answered=told,
                )
            )


@pytest.mark.goal("G4")
def test_no_worker_of_any_host_answers_what_was_withdrawn(hosts, figure):
    race = Race(*hosts)

    broken = race.run()

    asked = [event for event in race.events if event.op is Op.QUERY]
    assert broken == []
    assert len({event.id for event in asked if event.found}) > WITHDRAWALS / 2
    figure(
        f"{len(asked):,} questions to 2 hosts of {WORKERS} workers race {WITHDRAWALS:,}"
        f" withdrawals: 0 late, {sum(len(event.answered) for event in asked):,} answers audited"
    )

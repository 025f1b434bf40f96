"""Several workers and several machines on one PostgreSQL; on SQLite one of each."""

import asyncio
import gc
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from time import monotonic, sleep
from urllib.parse import urlsplit

import psutil
import pytest
import uvicorn
from fastapi import FastAPI

from api.cli.serving import _Server
from api.security.checkpoint_keys import checkpoint_keys
from api.security.key_files import make_key_files, read_key_files
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.platforms import PlatformService
from hashsvc.times import now
from indexer.records import Enrolment, NewCase
from indexer.store import Store
from indexer.store.only_server import only_server
from tests.api.bodies import ask, case_request, item_of, only_line, open_case, opened_number
from tests.api.servers import REPOSITORY, Server
from tests.factories import make_signature

postgres = pytest.mark.postgres
SEEN = make_signature(seed=3)
SOON = 60  # seconds; a worker loads its libraries first


def wait_until(happened, *, seconds=SOON):
    end = monotonic() + seconds
    while not happened():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.02)


@pytest.fixture
def database(postgres_databases, monkeypatch):
    with postgres_databases.empty() as url:
        monkeypatch.setenv("HASHSVC_DATABASE_URL", url)
        yield url


@pytest.fixture
def data(tmp_path):
    """A data folder that holds key files only."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    make_key_files(folder)
    checkpoint_keys(folder)
    return folder


@contextmanager
def running(folder, *options):
    server = Server(folder, *options)
    server.client.timeout = 30  # until a worker is ready
    try:
        wait_until(lambda: server.client.get("/readyz").status_code == 200)
        yield server
    finally:
        if not server.ended:
            server.stop()


def workers_of(server):
    return psutil.Process(server._process.pid).children()


def make_key(folder, url):
    keys = read_key_files(folder)
    store = Store.at(url, keys.seal)
    platforms = PlatformService(store, Pepper(keys.pepper))
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=now(), days=1)
    store.close()
    return {"Authorization": f"Bearer {key.text()}"}


def tier(client, key):
    return only_line(ask(client, key, item_of(SEEN)))["tier"]


@postgres
def test_workers_share_a_port_and_end_together(data, database):
    with running(data, "--workers", "2") as server:
        wait_until(lambda: server.stderr.count("Application startup complete.") == 2)
        workers = workers_of(server)

        code, stdout = server.stop()

    assert len(workers) == 2
    assert (code, stdout) == (-signal.SIGTERM, "")
    assert not any(worker.is_running() for worker in workers)
    assert server.stderr.count("Application shutdown complete.") == 2
    assert "Traceback" not in server.stderr


def accepted(worker, port):
    return sum(one.laddr.port == port and bool(one.raddr) for one in worker.net_connections())


@postgres
def test_connections_that_come_together_are_spread_over_workers(data, database):
    with running(data, "--workers", "2") as server, ExitStack() as opened:
        wait_until(lambda: server.stderr.count("Application startup complete.") == 2)
        address = urlsplit(server.url)
        for _ in range(40):
            opened.enter_context(socket.create_connection((address.hostname, address.port)))
        workers = workers_of(server)
        wait_until(lambda: sum(accepted(one, address.port) for one in workers) >= 40)

        assert all(accepted(one, address.port) >= 3 for one in workers)


@postgres
def test_no_second_server_shares_the_port_of_workers(data, database):
    with running(data, "--workers", "2") as server:
        port = str(urlsplit(server.url).port)

        assert "The port is in use" in refused_start(data, "--workers", "2", "--port", port)
        assert "The port is in use" in refused_start(data, "--port", port)


@postgres
def test_ctrl_c_ends_workers_as_it_ends_one_process(data, database):
    with running(data, "--workers", "2") as server:
        workers = workers_of(server)

        code, _ = server.stop(signal.SIGINT)

    assert code == 130
    assert not any(worker.is_running() for worker in workers)
    assert "Traceback" not in server.stderr


@postgres
def test_a_worker_that_dies_is_started_anew(data, database):
    with running(data, "--workers", "2") as server:
        wait_until(lambda: server.stderr.count("Application startup complete.") == 2)
        dead = workers_of(server)[0]
        dead.kill()

        wait_until(lambda: server.stderr.count("Application startup complete.") == 3)

        assert len(workers_of(server)) == 2
        assert dead.pid not in {worker.pid for worker in workers_of(server)}
        assert server.client.get("/readyz").status_code == 200
    assert "a worker ended with code -9 and is started anew" in server.stderr


@postgres
def test_a_worker_that_is_killed_while_it_starts_is_started_anew(data, database):
    server = Server(data, "--workers", "2")
    try:
        wait_until(lambda: len(workers_of(server)) == 2)
        workers_of(server)[0].kill()

        wait_until(lambda: server.stderr.count("Application startup complete.") == 2)
    finally:
        code, _ = server.stop()

    assert code == -signal.SIGTERM
    assert "a worker ended with code -9 and is started anew" in server.stderr


@postgres
def test_workers_end_when_their_parent_was_killed(data, database):
    with running(data, "--workers", "2") as server:
        workers = workers_of(server)

        server.stop(signal.SIGKILL)

        wait_until(lambda: not any(worker.is_running() for worker in workers))


@postgres
def test_workers_that_cannot_start_end_the_service(data, database):
    with running(data):
        pass
    other = data.parent / "other"
    other.mkdir(mode=0o700)
    make_key_files(other)
    keys = read_key_files(data)
    store = Store.at(database, read_key_files(other).seal)
    new = NewCase(bytes(32), keys.pepper.current_id, "digest", bytes(32))
    with store.transaction() as tx:
        tx.rotation.use(store.ring.current_id)
        tx.cases.open(new, [Enrolment(SEEN)], at=now())
        tx.rotation.use(keys.seal.current_id)  # the parent sees nothing wrong
    store.close()

    server = Server(data, "--workers", "2")
    code = server._process.wait(SOON)
    server.stop()

    assert code == 1
    assert "does not open with this key file" in server.stderr


@postgres
def test_machines_follow_one_another(data, database, tmp_path):
    other = shutil.copytree(data, tmp_path / "other machine")
    with running(data, "--workers", "2") as one, running(other) as two:
        key = make_key(data, database)
        wait_until(lambda: two.client.get("/readyz").status_code == 200)
        for turn in range(5):
            here, there = (one.client, two.client) if turn % 2 else (two.client, one.client)

            number = opened_number(here, SEEN)
            wait_until(lambda: tier(there, key) == "strong", seconds=1)  # noqa: B023
            assert case_request(there, "withdraw", number).status_code == 204

            assert [tier(client, key) for client in (here, there) * 5] == [None] * 10


@postgres
def test_an_answer_covers_what_another_machine_acknowledged(data, database, tmp_path):
    other = shutil.copytree(data, tmp_path / "other machine")
    with running(data) as one, running(other) as two:
        key = make_key(data, database)
        for seed in range(20):
            signature = make_signature(seed=100 + seed)
            open_case(one.client, signature)
            newest = ask(one.client, key, item_of(SEEN)).headers["Index-Seq"]

            answer = ask(two.client, key | {"Min-Index-Seq": newest}, item_of(signature))

            assert only_line(answer)["tier"] == "strong"


def refused_start(folder, *options):
    """What a server says that does not start."""
    command = [sys.executable, "-m", "api", "run", "--data", str(folder), "--port", "0", *options]
    ended = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_sqlite_takes_one_worker(folder):
    assert "SQLite takes one worker" in refused_start(folder, "--workers", "2")


def test_sqlite_takes_one_server(folder):
    with running(folder):
        assert "Another server runs on this SQLite database" in refused_start(folder)

    with running(folder) as server:  # the lock ended with its process
        assert server.client.get("/healthz").status_code == 200


def test_postgres_takes_any_number_of_servers():
    with only_server("postgresql+psycopg://u@h/d"), only_server("postgresql+psycopg://u@h/d"):
        pass


async def started_and_stopped(listener, told):
    config = uvicorn.Config(FastAPI(), lifespan="off", log_config=None)
    config.load()
    server = _Server(config, told)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])
    await server.shutdown([listener])


def test_what_a_server_has_loaded_is_left_alone_by_the_garbage_collector():
    frozen = []
    with ThreadPoolExecutor() as pool, socket.create_server(("127.0.0.1", 0)) as listener:
        running = started_and_stopped(listener, lambda: frozen.append(gc.get_freeze_count()))
        pool.submit(asyncio.run, running).result(SOON)  # another loop may run in this thread
    gc.unfreeze()

    assert frozen[0] > 10_000

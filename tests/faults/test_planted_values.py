"""A thousand planted secrets, through a real server and faults of its database, to its end."""

import signal
import subprocess
from contextlib import closing

import psycopg
import pytest

from api.security.key_files import read_ring
from tests.api.bodies import open_case
from tests.api.servers import REPOSITORY, command
from tests.api.test_serving import make_key, running
from tests.factories import make_signature
from tests.faults.planted import Planting
from tests.indexer.test_core_files import allowed
from tests.leaks import Collector
from tests.postgres_server import newest_binaries

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def plain(url):
    return url.replace("+psycopg", "")


def dumped(crashing):
    """The whole database as its own tool writes it."""
    words = [newest_binaries() / "pg_dump", "--no-password", plain(crashing.url)]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def forget_the_key_in_use(crashing):
    """A fault that nobody foresaw: a row that is always there is not."""
    with closing(psycopg.connect(plain(crashing.url), autocommit=True)) as connection:
        assert connection.execute("DELETE FROM sealing").rowcount == 1


def status_of_opening(server, seed):
    return open_case(server.client, make_signature(seed=seed)).status_code


def use(server, data, crashing, collector):
    """Plant, fail in every way, crash; returns what was answered."""
    key = make_key(data, crashing.url)
    collector.plant("an API key", key["Authorization"].removeprefix("Bearer "))
    planting = Planting(server.client, key, collector)
    planting.all()
    collector.heard("metrics", server.client.get("/metrics").text)
    dump = dumped(crashing)
    assert "COPY public.survivor_case" in dump
    collector.heard("a dump of the database", dump)
    forget_the_key_in_use(crashing)
    planting.statuses.add(status_of_opening(server, 3_900))
    crashing.kill()
    planting.statuses.add(status_of_opening(server, 3_901))
    with allowed():
        code, written = server.stop(signal.SIGABRT)
    collector.heard("standard output", written)
    collector.heard("standard error", server.stderr)
    return planting.statuses, code


def keys_in(data):
    for name in ("seal.keys", "pepper.keys", "signing.keys"):
        yield from read_ring(data / name).keys.values()


@pytest.mark.goal("G11")
def test_a_thousand_planted_values_come_out_nowhere(data, on_crashing, figure):
    collector = Collector(test="this journey")
    core_files = set(REPOSITORY.glob("core*"))
    with running(data) as server:
        for key in keys_in(data):
            collector.plant("a key", key)
        statuses, code = use(server, data, on_crashing, collector)
    rotated = command("keys", folder=data)
    collector.heard("what a command writes", rotated.stdout + rotated.stderr)
    collector.heard("the log of PostgreSQL", on_crashing.log)

    assert statuses >= {200, 201, 401, 404, 409, 422, 500, 503}
    assert code == -signal.SIGABRT
    assert set(REPOSITORY.glob("core*")) == core_files
    assert rotated.returncode == 1
    assert '"exception": "NoResultFound"' in server.stderr
    assert len(collector) >= 1_000
    assert [str(leak) for leak in collector.leaks] == []
    figure(
        f"{len(collector):,} planted values, {collector.signs:,} signs of answers, logs, metrics, "
        "dumps: 0 found"
    )

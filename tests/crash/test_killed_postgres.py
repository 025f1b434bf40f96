"""PostgreSQL is killed with all its processes: what was acknowledged is there afterwards."""

import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from api.services.rotation import rotate
from indexer.store import Store
from tests.availability import unavailable
from tests.crash.chances import ROUNDS, chance
from tests.crash.writers import Writer, lost
from tests.indexer.factories import AT, listed_in, log_of, make_key_ring
from tests.postgres_server import CrashingPostgres, newest_binaries

AT_ONCE = 100_000  # seeds of one writer
# Commits are acknowledged before they are written; the writer of the log looks seldom.
LATE = ("SET synchronous_commit=off",)
pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def server():
    binaries = newest_binaries()
    if binaries is None:
        unavailable("postgres", "no server is installed here that could be killed")
    # Not below pytest's folder, which only its owner may enter: the server runs as another user.
    with TemporaryDirectory(prefix="hashsvc-crash-") as name:
        server = CrashingPostgres(binaries, Path(name))
        server.start()
        with closing(Store.at(server.url, make_key_ring())) as store:
            store.migrate()
        yield server
        server.kill()


def crash(server, writers, chances):
    """Kill it under several writers; what they had been told was committed."""
    time.sleep(chances.uniform(0.1, 1.0))
    server.kill()
    for writer in writers:
        writer.ended()  # nobody answers it any more
    server.start()
    return set().union(*(writer.acknowledged for writer in writers))


@pytest.mark.goal("G1")
def test_nothing_acknowledged_is_lost(server, figure):
    chances, acknowledged = chance("killed postgres"), set()
    for number in range(ROUNDS):
        first = 2 * number * AT_ONCE
        writers = [Writer(server.url, first=first + each * AT_ONCE) for each in range(2)]
        acknowledged |= crash(server, writers, chances)

        with closing(Store.at(server.url, make_key_ring())) as store:
            assert lost(store, acknowledged) == set()
            assert len(listed_in(store)) >= len(acknowledged)
            head, log = log_of(store)
            assert [row.seq for row in log] == list(range(1, head.seq + 1))
            assert rotate(store, "kek-1", at=AT) == 0  # it takes writes again
    figure(f"PostgreSQL killed {ROUNDS}x: {len(acknowledged):,} acknowledged, 0 lost")


@pytest.mark.control("G1")
def test_commits_that_are_not_waited_for_are_lost(server, figure):
    """The control: with synchronous_commit=off some acknowledged cases are gone."""
    chances, acknowledged = chance("late commits"), set()
    with closing(Store.at(server.url, make_key_ring())) as store:
        for number in range(10 * ROUNDS):
            writers = [Writer(server.url, *LATE, first=number * AT_ONCE)]
            acknowledged |= crash(server, writers, chances)
            store.close()
            if gone := len(lost(store, acknowledged)):
                figure(f"synchronous_commit=off: {gone} of {len(acknowledged):,} lost")
                return
    pytest.fail("late commits survived every crash")

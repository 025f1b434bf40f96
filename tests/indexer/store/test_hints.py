"""Processes tell one another of commits; nothing depends on it."""

import threading
from contextlib import closing
from time import monotonic

import pytest

from indexer.store import Store
from indexer.store.hints import Hints
from tests.indexer.factories import make_key_ring, open_case, opened

LONG = 10  # seconds; nobody waits so long


@pytest.fixture
def postgres_url(postgres_databases):
    with postgres_databases.fresh() as url:
        yield url


@pytest.fixture
def listening(postgres_url):
    """A process that listens already."""
    with opened(postgres_url) as store, closing(Hints(store.engine)) as hints:
        hints.wait(0.01)
        yield hints


def seconds_of(wait):
    before = monotonic()
    wait()
    return monotonic() - before


@pytest.mark.postgres
def test_a_hint_of_another_process_ends_the_wait(postgres_url, listening):
    with opened(postgres_url) as store:
        open_case(store, 1)
        Hints(store.engine).send()

        assert seconds_of(lambda: listening.wait(LONG)) < LONG / 2


@pytest.mark.postgres
def test_a_burst_ends_few_waits(postgres_url, listening):
    with opened(postgres_url) as store:
        hints = Hints(store.engine)
        for _ in range(50):
            hints.send()

    ended = 0
    while seconds_of(lambda: listening.wait(0.3)) < 0.3:
        ended += 1
    assert 1 <= ended <= 10


@pytest.mark.postgres
def test_a_connection_that_was_cut_is_made_again(postgres_url, listening):
    with opened(postgres_url) as store:
        with store.transaction() as tx:
            tx.connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        listening.wait(0.01)
        listening.wait(0.01)
        Hints(store.engine).send()

        assert seconds_of(lambda: listening.wait(LONG)) < LONG / 2


@pytest.mark.postgres
def test_who_listened_gives_back_a_connection_that_does_not(postgres_url):
    with opened(postgres_url) as store:
        hints = Hints(store.engine)
        hints.wait(0.01)
        hints.close()

        assert store.engine.pool.checkedout() == 0
        with store.snapshot() as tx:
            listening = tx.connection.exec_driver_sql("SELECT pg_listening_channels()").all()
    assert listening == []


def test_a_database_that_is_away_makes_a_wait_of_the_same_length():
    with closing(Store.at("postgresql+psycopg://u@127.0.0.1:1/x", make_key_ring())) as store:
        hints = Hints(store.engine)
        hints.send()

        assert 0.05 <= seconds_of(lambda: hints.wait(0.05)) < LONG


def test_sqlite_waits_as_long_as_it_is_told(sqlite_databases):
    with sqlite_databases.fresh() as url, opened(url) as store:
        hints = Hints(store.engine)
        hints.send()

        assert 0.05 <= seconds_of(lambda: hints.wait(0.05)) < LONG


def test_a_wait_ends_when_all_waiting_does(sqlite_databases):
    with sqlite_databases.fresh() as url, opened(url) as store:
        hints = Hints(store.engine)
        threading.Timer(0.05, hints.stop).start()

        assert seconds_of(lambda: hints.wait(LONG)) < LONG / 2

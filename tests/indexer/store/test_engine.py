"""Connections are durable before they are fast, and keep to themselves what they carried."""

import sqlite3
from contextlib import ExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from indexer.errors import StoreUnavailableError
from indexer.store.engine import _journal, open_engine
from tests.indexer.factories import opened

WAL = ("journal_mode=WAL", "synchronous=FULL")
DELETE = ("journal_mode=DELETE", "synchronous=EXTRA")
PLANTED = "planted-4711"


@pytest.mark.parametrize(
    ("version", "journal"),
    [
        ((3, 40, 1), DELETE),
        ((3, 44, 5), DELETE),
        ((3, 44, 6), WAL),
        ((3, 45, 0), DELETE),
        ((3, 50, 4), DELETE),
        ((3, 50, 6), DELETE),
        ((3, 50, 7), WAL),
        ((3, 51, 0), DELETE),
        ((3, 51, 2), DELETE),
        ((3, 51, 3), WAL),
        ((3, 52, 0), DELETE),
        ((3, 52, 1), WAL),
        ((3, 53, 0), WAL),
        ((4, 0, 0), WAL),
    ],
)
def test_a_write_ahead_log_needs_a_sqlite_that_keeps_every_commit(version, journal):
    assert _journal(version) == journal


def shown(store, what):
    with store.snapshot() as tx:
        return tx.connection.execute(text(what)).scalar_one()


def test_every_sqlite_connection_is_prepared(sqlite_databases):
    mode, synchronous = (part.split("=")[1] for part in _journal(sqlite3.sqlite_version_info))
    expected = {
        "journal_mode": mode.lower(),
        "synchronous": {"FULL": 2, "EXTRA": 3}[synchronous],
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "busy_timeout": 5_000,
    }

    with sqlite_databases.fresh() as url, opened(url) as store, store.snapshot():
        found = {name: shown(store, f"PRAGMA {name}") for name in expected}  # a second connection

    assert found == expected


@pytest.mark.postgres
def test_every_postgres_session_is_prepared(postgres):
    expected = {
        "synchronous_commit": "on",
        "lock_timeout": "2s",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "30s",
    }

    with opened(postgres) as store:
        found = {name: shown(store, f"SHOW {name}") for name in expected}

    assert found == expected


@pytest.mark.postgres
def test_a_server_whose_packets_are_lost_is_given_up_soon(postgres):
    with opened(postgres) as store, store.snapshot() as tx:
        told = tx.connection.connection.driver_connection.info.get_parameters()

    assert told["tcp_user_timeout"] == "10000"
    assert (told["keepalives_idle"], told["keepalives_count"]) == ("5", "3")


@pytest.mark.postgres
def test_the_tests_server_has_what_operators_are_told_to_have(postgres):
    with opened(postgres) as store:
        assert shown(store, "SHOW data_checksums") == "on"
        assert shown(store, "SHOW transaction_isolation") == "repeatable read"
        assert shown(store, "SHOW transaction_read_only") == "on"


def test_a_snapshot_cannot_write_on_postgres_and_does_not_lock_on_sqlite(store, databases):
    write = text("UPDATE head SET seq = seq")
    with store.snapshot() as tx, store.transaction() as other:
        assert other.connection.execute(write).rowcount == 2
        if databases.name == "postgres":
            with pytest.raises(DBAPIError, match="read-only"):
                tx.connection.execute(write)
            tx.connection.rollback()
        else:
            tx.connection.execute(text("SELECT seq FROM head"))
            tx.connection.rollback()


def open_at_once(engine, count):
    """The processes of PostgreSQL behind so many connections."""
    with ExitStack() as stack:
        opened = [stack.enter_context(engine.connect()) for _ in range(count)]
        return {one.scalar(text("SELECT pg_backend_pid()")) for one in opened}


@pytest.mark.postgres
def test_connections_to_postgres_stay_open_for_the_next_requests(postgres_databases):
    with postgres_databases.fresh() as url:
        engine = open_engine(url)

        assert open_at_once(engine, 12) == open_at_once(engine, 12)

        engine.dispose()


def test_what_a_statement_carried_does_not_show_in_its_error(databases):
    with databases.empty() as url:
        engine = open_engine(url)
        with engine.connect() as connection, pytest.raises(DBAPIError) as caught:
            connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": PLANTED})
        engine.dispose()

    assert "nowhere" in str(caught.value)  # the control: the statement itself shows
    assert PLANTED not in str(caught.value)


def test_a_failed_statement_says_what_failed_and_nothing_it_carried(store):
    with pytest.raises(StoreUnavailableError) as caught, store.transaction() as tx:
        tx.connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": PLANTED})

    assert "did not do what it was asked" in str(caught.value)
    assert "nowhere" not in str(caught.value)
    assert PLANTED not in f"{caught.value.__cause__}"


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nonexistent/folder/store.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"],
    ids=["sqlite", "postgres"],
)
@pytest.mark.parametrize("use", ["transaction", "snapshot"])
def test_a_database_that_does_not_answer_is_unavailable(url, use):
    with opened(url) as store, pytest.raises(StoreUnavailableError), getattr(store, use)():
        pass


@pytest.mark.parametrize("use", ["migrate", "require_schema"])
def test_a_database_that_does_not_answer_cannot_be_migrated(use):
    with opened("sqlite:////nonexistent/folder/store.db") as store:
        with pytest.raises(StoreUnavailableError):
            getattr(store, use)()

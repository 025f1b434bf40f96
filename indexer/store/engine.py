"""Connections: durable SQLite by default, PostgreSQL by URL."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL

READ_ONLY = "hashsvc_read_only"  # execution option of a transaction that writes nothing
_BUSY_SECONDS = 5
_CONNECTIONS = 15  # to PostgreSQL, a process
_POSTGRES_OPTIONS = (
    "-c synchronous_commit=on -c lock_timeout=2s -c statement_timeout=30s "
    "-c idle_in_transaction_session_timeout=30s"
)

# A peer whose packets are lost is given up after some ten seconds; the system waits a quarter of
# an hour, in which each request that meets the connection hangs.
_GONE_AFTER = {
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


def open_engine(url: str) -> Engine:
    """Prepare connections to the database; none is opened yet.

    Args:
        url: `sqlite:///path` or `postgresql+psycopg://...`.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    # hide_parameters: what a statement carried never shows in an error or a log.
    return create_engine(
        parsed,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=_CONNECTIONS,
        max_overflow=0,  # those beyond the pool's size would be opened anew each time
        connect_args={
            "options": _POSTGRES_OPTIONS,
            "connect_timeout": _BUSY_SECONDS,
            **_GONE_AFTER,
        },
    )


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401  # SQLAlchemy's event
    # The driver would begin lazily, with a read that cannot become a write: we begin ourselves.
    connection.isolation_level = None
    for pragma in (*_journal(sqlite3.sqlite_version_info), *_SQLITE_PRAGMAS):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


_SQLITE_PRAGMAS = (
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "mmap_size=0",
)


def _journal(version: tuple[int, ...]) -> tuple[str, str]:
    """The journal mode that loses nothing at a power cut with this SQLite.

    WAL with several connections can lose commits in 3.7.0 to 3.51.2 (fixed in 3.51.3 and in the
    back-ports 3.50.7 and 3.44.6; 3.52.0 was withdrawn). DELETE needs EXTRA: with FULL the unlink
    of the journal may not be durable.
    """
    fixed = (
        (version >= (3, 51, 3) and version != (3, 52, 0))
        or (3, 50, 7) <= version < (3, 51)
        or (3, 44, 6) <= version < (3, 45)
    )
    if fixed:
        return ("journal_mode=WAL", "synchronous=FULL")
    return ("journal_mode=DELETE", "synchronous=EXTRA")

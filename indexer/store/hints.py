"""A word between processes that the change log grew. It may be lost: whoever waits also polls.

Only PostgreSQL carries it (NOTIFY). It is sent after the commit and from another connection, since
NOTIFY holds a lock of the whole server while its own transaction commits.
"""

import logging
import threading
from contextlib import suppress

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_CHANNEL = "hashsvc_change"
_log = logging.getLogger("hashsvc.index")


class Hints:
    """One process's end; `wait` is called by one thread alone."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is connected yet."""
        self._engine = engine
        self._carried = engine.dialect.name == "postgresql"
        self._listening: Connection | None = None
        self._stopped = threading.Event()

    def send(self) -> None:
        """Tell the others; a failure is of no consequence."""
        if self._carried:
            with suppress(SQLAlchemyError), self._connected() as connection:
                connection.exec_driver_sql(f"NOTIFY {_CHANNEL}")

    def wait(self, seconds: float) -> None:
        """Return when somebody told, at the latest after so many seconds."""
        if not self._carried:
            self._stopped.wait(seconds)
            return
        try:
            driver = self._listen()
            waiting = driver.notifies(timeout=seconds, stop_after=1)
            while list(waiting):
                waiting = driver.notifies(timeout=0)  # a burst is one hint
        except (psycopg.Error, DBAPIError):
            _log.info("hints are away: the index polls")
            self.close()
            self._stopped.wait(seconds)

    def stop(self) -> None:
        """Let nobody wait any more; called by another thread than the one that waits."""
        self._stopped.set()

    def close(self) -> None:
        """Listen no longer; called by the thread that waits."""
        listening, self._listening = self._listening, None
        if listening is not None:
            with suppress(psycopg.Error, SQLAlchemyError):
                listening.invalidate()  # a pooled connection must not go on listening
                listening.close()

    def _listen(self) -> "psycopg.Connection[tuple[object, ...]]":
        if self._listening is None:
            self._listening = self._connected()
            self._listening.exec_driver_sql(f"LISTEN {_CHANNEL}")
        driver = self._listening.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # noqa: S101  # the only driver there is
        return driver

    def _connected(self) -> Connection:
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

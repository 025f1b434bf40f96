"""Writers of one process take turns where the database lets one write at a time.

SQLite's own way is to try again after a sleep that grows: among sixteen writers some may sleep
past the end of their patience while others come and go.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Engine

from indexer.errors import StoreUnavailableError

PATIENCE_SECONDS = 10.0
_TOO_BUSY = "Too many changes wait for the database."


class Turns:
    """One writer at a time, for those that share this object."""

    def __init__(self, engine: Engine, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """PostgreSQL needs no turns: its rows have locks of their own."""
        self._lock = threading.Lock() if engine.dialect.name == "sqlite" else None
        self._patience_seconds = patience_seconds

    def mine(self) -> AbstractContextManager[None]:
        """Wait for the turn, and give it on at the end.

        Raises:
            StoreUnavailableError: it did not come in time.
        """
        return nullcontext() if self._lock is None else _held(self._lock, self._patience_seconds)


@contextmanager
def _held(lock: threading.Lock, patience_seconds: float) -> Iterator[None]:
    if not lock.acquire(timeout=patience_seconds):
        raise StoreUnavailableError(_TOO_BUSY)
    try:
        yield
    finally:
        lock.release()

"""SQLite takes one server: more writers and more machines are what PostgreSQL is for."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from indexer.errors import SecondServerError


@contextmanager
def only_server(url: str) -> Iterator[None]:
    """Hold a SQLite database for one server; PostgreSQL takes any number of them.

    The lock is a file beside the database, and ends with the process, however that ends. Commands
    that change something meanwhile need no lock: SQLite puts their short transactions in order.

    Args:
        url: of the database.

    Raises:
        SecondServerError: a server holds it already.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        yield
        return
    with Path(f"{parsed.database}.serving").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SecondServerError from error
        yield

"""Copies of the database, taken while it is used; PostgreSQL's by its own tools."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from hashsvc.files import replacing
from indexer.errors import BackupFailedError

_PRIVATE = 0o600


def back_up(url: str, target: Path) -> None:
    """Write a copy of the database as it is at one moment, mode 0600.

    Args:
        url: of the database.
        target: the copy: a SQLite database, or an archive for `pg_restore`.

    Raises:
        BackupFailedError: the database or a tool of PostgreSQL refused.
        OSError: no room, or the folder cannot be written; what was there before stays.
    """
    parsed = make_url(url)
    with replacing(target, mode=_PRIVATE) as draft:
        if parsed.get_backend_name() == "sqlite":
            _copy_sqlite(Path(parsed.database or ""), draft)
        else:
            _run("pg_dump", "--format=custom", f"--file={draft}", "--no-password", of=parsed)


def put_back(url: str, backup: Path) -> None:
    """Make an empty database what a backup holds.

    Args:
        url: of a database without tables; a SQLite file need not exist.
        backup: what `back_up` wrote.

    Raises:
        BackupFailedError: it is no backup, or is damaged; a SQLite file is not made then.
        OSError: no room, or the folder cannot be written.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        with replacing(Path(parsed.database or ""), mode=_PRIVATE) as draft:
            _copy_sqlite(backup, draft)
        return
    how = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-password")
    _run("pg_restore", *how, f"--dbname={parsed.database}", str(backup), of=parsed)


def _copy_sqlite(source: Path, target: Path) -> None:
    """Never a plain copy of the file: a writer may be half way through it."""
    if not source.is_file():
        raise BackupFailedError("there is no such file")
    try:
        connection = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
        try:
            if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupFailedError("the database is damaged")
            connection.execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise BackupFailedError("it is no database, is damaged, or the disk is full") from error


def _run(program: str, *options: str, of: URL) -> None:
    """Run one of PostgreSQL's tools; its password is on no command line, its words in no log."""
    found = shutil.which(program)
    if found is None:
        raise BackupFailedError(f"`{program}` is not installed: install PostgreSQL's client tools")
    done = subprocess.run(  # noqa: S603  # an installed program and our own words
        [found, *options], env=os.environ | _environment(of), capture_output=True, check=False
    )
    if done.returncode:
        raise BackupFailedError(f"`{program}` ended with code {done.returncode}")


def _environment(url: URL) -> Mapping[str, str]:
    """Where and who, as PostgreSQL's tools read it."""
    told = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {name: str(value) for name, value in told.items() if value is not None}

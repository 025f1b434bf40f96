"""What a scan has done, in SQLite: resuming is reading it. One process, one connection."""

import errno
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from hashsvc.digests import Digests
from hashsvc.scan.errors import IntegrityError, JournalRefusedError
from hashsvc.scan.exhibits import Exhibit
from hashsvc.scan.found import FoundMatch
from hashsvc.scan.isolation import Isolation
from hashsvc.scan.records import FileState, FoundFile, Outcome, Reason, Totals
from hashsvc.scan.tables import PRAGMAS, TABLES

NAME = "journal.sqlite"
_FORMAT = 1
_PAGE_FILES = 2_000
_LARGEST = (1 << 63) - 1
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_FULL = "The disk of the output folder is full: make room and run the scan again."
_FILE = "path, address, size, modified_ns, changed_ns, accessed_ns, created_ns, state"


class Journal:
    """The ledger of one scan; it lies in the output folder, never in the evidence."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use `open_journal`."""
        self._sql = connection

    def close(self) -> None:
        """Give the file back."""
        self._sql.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def commit(self) -> None:
        """From here on a crash loses nothing of what was written."""
        self._sql.commit()

    def begin(self, options: Mapping[str, Any], *, at: str, host: str, version: str) -> None:
        """Write down what is scanned and how, or see that it is the same as before.

        Raises:
            JournalRefusedError: the folder belongs to another scan.
        """
        text = json.dumps(options, sort_keys=True)
        self._sql.execute(
            "INSERT OR IGNORE INTO scan(id, format, options, created_at) VALUES (1, ?, ?, ?)",
            (_FORMAT, text, at),
        )
        if tuple(self._sql.execute("SELECT format, options FROM scan").fetchone()) != (
            _FORMAT,
            text,
        ):
            raise JournalRefusedError(
                "The output folder belongs to a scan of other sources, options or another pack."
            )
        self._sql.execute("UPDATE segment SET ended = 'killed' WHERE ended IS NULL")
        self._sql.execute(
            "INSERT INTO segment(started_at, host, version) VALUES (?, ?, ?)", (at, host, version)
        )
        self.commit()

    def isolated(self, isolation: Isolation) -> None:
        """Write down what this run's children may do."""
        self._sql.execute(
            "UPDATE segment SET isolation = ? WHERE ended IS NULL", (isolation.value,)
        )
        self.commit()

    def end(self, how: str, *, at: str) -> None:
        """Close this run's segment: `finished` or `interrupted`."""
        self._sql.execute(
            "UPDATE segment SET ended = ?, ended_at = ? WHERE ended IS NULL", (how, at)
        )
        if how == "finished":
            self._sql.execute("UPDATE scan SET finished_at = coalesce(finished_at, ?)", (at,))
        self.commit()

    def source(self, number: int, exhibit: Exhibit) -> bool:
        """Register a source; whether all its files are listed already.

        Raises:
            IntegrityError: it is not the source that the scan began with.
        """
        kind, fingerprint = exhibit.source.kind, exhibit.source.fingerprint()
        self._sql.execute(
            "INSERT OR IGNORE INTO source(id, exhibit, locator, read_only, kind, fingerprint)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (number, exhibit.name, exhibit.locator, exhibit.read_only, kind, fingerprint),
        )
        found = self._sql.execute(
            "SELECT kind, fingerprint, enumerated FROM source WHERE id = ?", (number,)
        ).fetchone()
        if (found[0], found[1]) != (kind, fingerprint):
            raise IntegrityError("A source changed since the scan began: start a new scan.")
        return bool(found[2])

    def enumerate(self, number: int, files: Iterable[FoundFile]) -> None:
        """List every file of a source, once."""
        self.add_files(number, files)
        self._sql.execute("UPDATE source SET enumerated = 1 WHERE id = ?", (number,))
        self.commit()

    def add_files(self, number: int, files: Iterable[FoundFile], *, parent_id: int = 0) -> None:
        """List files of a source, or members of one that is a container; nothing twice."""
        self._sql.executemany(
            f"INSERT OR IGNORE INTO file(source_id, parent_id, {_FILE}, outcome, reason)"  # noqa: S608
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((number, parent_id, *_row(file)) for file in files),
        )

    def pending(self, number: int) -> Iterator[tuple[int, FoundFile]]:
        """Files of a source without an outcome, in order."""
        last = 0
        while page := self._sql.execute(
            f"SELECT id, parent_id, {_FILE} FROM file WHERE source_id = ?"  # noqa: S608
            " AND outcome IS NULL AND id > ? ORDER BY id LIMIT ?",
            (number, last, _PAGE_FILES),
        ).fetchall():
            for file_id, parent_id, *columns in page:
                yield file_id, _file(columns, self.file(parent_id))
            last = page[-1][0]

    def file(self, file_id: int) -> FoundFile | None:
        """A file with those that hold it; None for 0."""
        if not file_id:
            return None
        parent_id, *columns = self._sql.execute(
            f"SELECT parent_id, {_FILE} FROM file WHERE id = ?",  # noqa: S608
            (file_id,),
        ).fetchone()
        return _file(columns, self.file(parent_id))

    def photo(self, sha256: str) -> tuple[bool, Reason | None]:
        """Whether such a photo is done, and why it failed if it did."""
        row = self._sql.execute("SELECT reason FROM photo WHERE sha256 = ?", (sha256,)).fetchone()
        return row is not None, Reason(row[0]) if row and row[0] else None

    def add_photo(
        self,
        sha256: str,
        *,
        size: tuple[int, int] | None,
        reason: Reason | None,
        matches: Iterable[FoundMatch],
    ) -> None:
        """Keep what a photo left: its size, or why it failed, and its matches."""
        width, height = size or (None, None)
        self._sql.execute(
            "INSERT OR IGNORE INTO photo VALUES (?, ?, ?, ?)", (sha256, width, height, reason)
        )
        self._sql.executemany(
            "INSERT OR IGNORE INTO match VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((sha256, *one.row()) for one in matches),
        )

    def done(
        self,
        file_id: int,
        outcome: Outcome,
        reason: Reason | None = None,
        digests: Digests | None = None,
    ) -> None:
        """Give a file its outcome; a second one is not taken."""
        given = (digests.md5, digests.sha1, digests.sha256) if digests else (None, None, None)
        self._sql.execute(
            "UPDATE file SET outcome = ?, reason = ?, md5 = ?, sha1 = ?, sha256 = ?"
            " WHERE id = ? AND outcome IS NULL",
            (outcome, reason, *given, file_id),
        )

    def totals(self) -> Totals:
        """As of now."""
        counted = dict(
            self._sql.execute("SELECT outcome, count(*) FROM file GROUP BY outcome").fetchall()
        )
        matched = self._sql.execute(
            "SELECT count(*) FROM file WHERE sha256 IN (SELECT sha256 FROM match)"
        ).fetchone()[0]
        outcomes = {outcome: counted.get(outcome.value, 0) for outcome in Outcome}
        return Totals(sum(counted.values()), outcomes, matched, len(self.minors()))

    def minors(self) -> frozenset[str]:
        """SHA-256 of photos that match an entry which may show somebody under 18."""
        found = self._sql.execute("SELECT DISTINCT sha256 FROM match WHERE under_18").fetchall()
        return frozenset(sha256 for (sha256,) in found)

    def is_match(self, sha256: str) -> bool:
        """Whether a photo matches anything."""
        found = self._sql.execute("SELECT 1 FROM match WHERE sha256 = ?", (sha256,)).fetchone()
        return found is not None

    def rows(self, statement: str) -> Iterator[dict[str, Any]]:
        """Rows for a report, by column."""
        cursor = self._sql.execute(statement)
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)


def _row(file: FoundFile) -> tuple[object, ...]:
    """A file as it is kept; a hostile container may name sizes that SQLite cannot hold."""
    columns = (getattr(file, column) for column in _FILE.split(", "))
    held = [min(one, _LARGEST) if isinstance(one, int) else one for one in columns]
    return (*held, file.problem and file.problem.outcome, file.problem)


def _file(columns: Sequence[Any], within: FoundFile | None) -> FoundFile:
    named = dict(zip(_FILE.split(", "), columns, strict=True))
    return FoundFile(**named | {"state": FileState(named["state"])}, within=within)


@contextmanager
def open_journal(folder: Path) -> Iterator[Journal]:
    """Open or begin the journal of an output folder, for this process alone.

    Raises:
        JournalRefusedError: another process uses it, it is damaged, or the disk is full.
    """
    try:
        connection = sqlite3.connect(folder / NAME, timeout=0, check_same_thread=False)
        try:
            _prepare(connection)
            with Journal(connection) as journal:
                yield journal
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise JournalRefusedError(_sentence(error)) from error
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        raise JournalRefusedError(_FULL) from error


def _prepare(connection: sqlite3.Connection) -> None:
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        connection.executescript(TABLES)
    except UnicodeDecodeError as error:  # what SQLite says of damage repeats the damage
        raise sqlite3.DatabaseError from error


def _sentence(error: sqlite3.Error) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "Another scan uses this output folder."
        case sqlite3.SQLITE_FULL:
            return _FULL
        case _:
            return "The journal in the output folder is damaged or cannot be written."

"""Tombstones outside the database: what a restored backup must not bring back.

A file on another disk follows the change log. Each line says which signatures were erased,
suspended and listed since the line before, and holds that line's digest; random ids only. It is
appended to and flushed, never altered, so a line that a crash cut off stays: readers pass over
what is no line, as long as the chain goes on.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from hashsvc.files import flush
from indexer.errors import TombstonesBrokenError, TombstonesForeignError, TombstonesUnavailableError
from indexer.records import Change, ChangeKind, Head
from indexer.store.store import Store

_PAGE = 5_000  # changes a line
_BLOCK_BYTES = 65_536
_FIRST = "0" * 64
_PRIVATE = 0o600
_FIELDS = {"digest", "epoch", "erased", "listed", "log", "prev", "seq", "suspended"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, read and found whole."""

    place: Head  # up to where in the change log it goes
    digest: str
    prev: str
    erased: Sequence[int]
    suspended: Sequence[tuple[int, str]]  # with the hold
    listed: Sequence[int]


class TombstoneSink:
    """Brings the file to the end of the change log."""

    def __init__(self, path: Path, store: Store) -> None:
        """Nothing is opened yet.

        Args:
            path: of the file, best on another disk or host than the database.
            store: whose change log is followed.
        """
        self._path = path
        self._store = store

    def catch_up(self) -> None:
        """Write and flush everything that was committed before this call.

        Raises:
            TombstonesUnavailableError: the file could not be written; the next call goes on.
            TombstonesForeignError: the file knows more than the store, or is another store's.
            StoreUnavailableError: the database does not answer.
        """
        try:
            with _held(self._path) as file:
                last = _last_line(file)
                while (line := self._line_after(last)) is not None:
                    _append(file, line)
                    last = line
        except OSError as error:
            raise TombstonesUnavailableError from error

    def begin_again(self) -> None:
        """Go on at the store's head, whatever the file knew: the store was restored."""
        try:
            with _held(self._path) as file, self._store.snapshot() as tx:
                last = _last_line(file)
                _append(file, _line(tx.changes.head(), last.digest if last else _FIRST, ()))
        except OSError as error:
            raise TombstonesUnavailableError from error

    def _line_after(self, last: Line | None) -> Line | None:
        """What happened after the last line; None: nothing."""
        with self._store.snapshot() as tx:
            head = tx.changes.head()
            place = last.place if last else Head(head.epoch, 0, b"")
            if last and not (place.epoch == head.epoch and tx.changes.passed(place)):
                raise TombstonesForeignError
            changes = tx.changes.after(place.seq, limit=_PAGE)
        if not changes:
            return None
        end = Head(head.epoch, changes[-1].seq, changes[-1].digest)
        return _line(end, last.digest if last else _FIRST, changes)


@dataclass(frozen=True, slots=True)
class Tombstones:
    """What a file says, taken together."""

    erased: frozenset[int]
    suspended: Mapping[int, str]  # those that still are, with the hold
    places: Sequence[Head]  # of its lines

    def reach(self, place: Head) -> bool:
        """Whether everything up to a place in the log was written."""
        return any(known.epoch == place.epoch and known.seq >= place.seq for known in self.places)


def read_tombstones(path: Path) -> Tombstones:
    """Read a whole file.

    Raises:
        TombstonesUnavailableError: it cannot be read.
        TombstonesBrokenError: a line is missing or was altered.
    """
    erased: set[int] = set()
    suspended: dict[int, str] = {}
    ends: dict[bytes, Head] = {}
    try:
        with path.open("rb") as file:
            for line in _chained(file):
                suspended.update(line.suspended)
                erased.update(line.erased)
                for id_ in (*line.listed, *line.erased):
                    suspended.pop(id_, None)
                ends[line.place.epoch] = line.place
    except OSError as error:
        raise TombstonesUnavailableError from error
    return Tombstones(frozenset(erased), suspended, tuple(ends.values()))


def _chained(file: IO[bytes]) -> Iterator[Line]:
    """Every line; one that was cut off is passed over."""
    prev = _FIRST
    for text in file:
        line = _read(text)
        if line is None:
            continue
        if line.prev != prev:
            raise TombstonesBrokenError
        prev = line.digest
        yield line


@contextmanager
def _held(path: Path) -> Iterator[IO[bytes]]:
    """The file, made if need be, for one writer at a time."""
    new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, _PRIVATE)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if new:
            flush(path.parent)
        yield file


def _append(file: IO[bytes], line: Line) -> None:
    text = (_canonical(_fields(line) | {"digest": line.digest}) + "\n").encode()
    if not _ends_whole(file):
        text = b"\n" + text
    written = 0
    while written < len(text):
        written += file.write(text[written:])
    os.fsync(file.fileno())


def _ends_whole(file: IO[bytes]) -> bool:
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return True
    file.seek(size - 1)
    return file.read(1) == b"\n"


def _last_line(file: IO[bytes]) -> Line | None:
    """The last whole line; None where there is none.

    Raises:
        TombstonesForeignError: the file holds something, and no line.
    """
    place = file.seek(0, os.SEEK_END)
    size, tail = place, b""
    while place:
        start = max(0, place - _BLOCK_BYTES)
        file.seek(start)
        tail = file.read(place - start) + tail
        place = start
        texts = tail.split(b"\n")
        for text in reversed(texts[1:] if place else texts):
            line = _read(text)
            if line is not None:
                return line
    if size:
        raise TombstonesForeignError
    return None


def _line(end: Head, prev: str, changes: Sequence[Change]) -> Line:
    removed = {change.signature_id: _why(change) for change in changes}
    bare = Line(
        end,
        "",
        prev,
        erased=[id_ for id_, why in removed.items() if why.get("why", "erased") == "erased"],
        suspended=[(id_, why["hold"]) for id_, why in removed.items() if "hold" in why],
        listed=[id_ for id_, why in removed.items() if why.get("why") == "listed"],
    )
    return Line(end, _digest(_fields(bare)), prev, bare.erased, bare.suspended, bare.listed)


def _why(change: Change) -> Mapping[str, str]:
    """Why a signature left the index; before holds were known, only because it was erased."""
    if change.kind is ChangeKind.ADD:
        return {"why": "listed"}
    why: Mapping[str, str] = json.loads(change.body)
    return why


def _fields(line: Line) -> dict[str, Any]:
    return {
        "epoch": line.place.epoch.hex(),
        "seq": line.place.seq,
        "log": line.place.digest.hex(),
        "prev": line.prev,
        "erased": line.erased,
        "suspended": line.suspended,
        "listed": line.listed,
    }


def _digest(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(b"hashsvc tombstones v1\n" + _canonical(fields).encode()).hexdigest()


def _read(text: bytes) -> Line | None:
    """A line, or None for what is none or was altered."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or fields.keys() != _FIELDS:
        return None
    digest = fields.pop("digest")
    if digest != _digest(fields):
        return None
    place = Head(bytes.fromhex(fields["epoch"]), fields["seq"], bytes.fromhex(fields["log"]))
    suspended = [(id_, hold) for id_, hold in fields["suspended"]]
    return Line(place, digest, fields["prev"], fields["erased"], suspended, fields["listed"])


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

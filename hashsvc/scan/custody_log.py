"""What was done with a scan: a file that only grows, each line chained to the one before it."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from hashsvc.scan.errors import IntegrityError

NAME = "custody.jsonl"
START = hashlib.sha256(b"hashsvc-custody-v1").hexdigest()  # what the first line is chained to
_PRIVATE = 0o600
_BROKEN = "The custody log was altered: its lines do not follow from each other."


class Action(StrEnum):
    """What was done."""

    SELF_TEST = "scan:self_test"
    BEGIN = "scan:begin"
    END = "scan:end"
    STOP_MINOR = "scan:stop_minor"
    CONTINUE = "scan:continue"
    REPORT = "report:write"
    THUMBNAILS = "report:thumbnails"
    FINDING = "review:finding"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log."""

    number: int  # from 1
    at: str  # RFC 3339, UTC
    by: str
    action: Action
    details: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As reports show it."""
        return asdict(self)


class CustodyLog:
    """The log of one output folder."""

    def __init__(self, folder: Path) -> None:
        """It need not be there yet.

        Args:
            folder: of a scan.
        """
        self._path = folder / NAME

    def events(self) -> list[Event]:
        """Every line, the oldest first.

        Raises:
            IntegrityError: a line is missing, altered or out of place.
        """
        return [event for event, _ in _chained(_whole_lines(self._body()))]

    def head(self) -> str:
        """The digest of the last line: whoever knows it knows the whole log.

        Raises:
            IntegrityError: see `events`.
        """
        *_, (_, head) = [(None, START), *_chained(_whole_lines(self._body()))]
        return head

    def add(self, action: Action, *, by: str, at: datetime, **details: object) -> None:
        """Write a line down; once this returns, no crash loses it.

        Raises:
            IntegrityError: the log was altered; nothing is added to it.
            OSError: it cannot be written; a part of a line is no line.
        """
        with _locked(self._path) as file:
            lines = _whole_lines(os.pread(file, os.fstat(file).st_size, 0))
            *_, (_, head) = [(None, START), *_chained(lines)]
            line = json.dumps(
                {
                    "number": len(lines) + 1,
                    "at": at.isoformat(),
                    "by": by,
                    "action": action,
                    "details": details,
                    "previous_sha256": head,
                },
                sort_keys=True,
            )
            # The rest of a line that a power cut broke off was never acknowledged.
            os.ftruncate(file, sum(len(one) + 1 for one in lines))
            left = line.encode("ascii") + b"\n"
            while left:  # a disk that gets full takes a part and says nothing
                left = left[os.write(file, left) :]
            os.fsync(file)

    def _body(self) -> bytes:
        return self._path.read_bytes() if self._path.exists() else b""


def _whole_lines(body: bytes) -> list[bytes]:
    return body.split(b"\n")[:-1]


def _chained(lines: list[bytes]) -> Iterator[tuple[Event, str]]:
    """Each line with its digest."""
    previous = START
    for number, line in enumerate(lines, start=1):
        try:
            read = json.loads(line)
            event = Event(
                read["number"], read["at"], read["by"], Action(read["action"]), read["details"]
            )
            chained = read["previous_sha256"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise IntegrityError(_BROKEN) from error
        if (chained, event.number) != (previous, number):
            raise IntegrityError(_BROKEN)
        previous = hashlib.sha256(line).hexdigest()
        yield event, previous


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """A descriptor of the log, for this process alone."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _PRIVATE)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)

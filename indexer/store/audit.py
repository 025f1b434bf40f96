"""Audit rows of one transaction: no row, no answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hashsvc import SignatureId
from indexer.audit_records import Act, Actor, Told, audit_body
from indexer.records import ChangeKind
from indexer.store.chains import Chain, Entry
from indexer.store.days import day_of

_NO_SIGNATURE = SignatureId(0)
_NOTHING_MORE: Mapping[str, Told] = {}


@dataclass(slots=True)
class Audit:
    """Takes rows while a transaction runs; they are written as its last act.

    The stream's head is locked to the end of the commit, so whoever writes it first would make
    everybody else wait for the rest of his work.
    """

    access: Chain
    _waiting: list[tuple[int, str]] = field(default_factory=list)  # day, body

    def record(
        self, act: Act, *, by: Actor, at: datetime, about: Mapping[str, Told] = _NOTHING_MORE
    ) -> None:
        """Say what this transaction does.

        Args:
            act: what is done.
            by: who does it.
            at: now; only the day is kept.
            about: numbers, ids of the wire, words of closed sets; no hash, no name.

        Raises:
            AuditUnfitError: something in `about` is none of these.
        """
        self._waiting.append((day_of(at), audit_body(act, by, about)))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was recorded."""
        return not self._waiting

    def write(self) -> None:
        """Append what was recorded.

        Raises:
            LogForkedError: somebody else appended at the same moment.
        """
        for day in sorted({day for day, _ in self._waiting}):
            entries = [_entry(body) for of_day, body in self._waiting if of_day == day]
            self.access.append(entries, day=day)
        self._waiting.clear()


def _entry(body: str) -> Entry:
    return Entry(ChangeKind.NOTE, _NO_SIGNATURE, body)

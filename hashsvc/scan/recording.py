"""Outcomes into the journal: committed now and then, and told to whoever watches."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hashsvc.digests import Digests
from hashsvc.scan.examining import Examined
from hashsvc.scan.journal import Journal
from hashsvc.scan.kinds import Kind
from hashsvc.scan.reading import Other
from hashsvc.scan.records import FileProblemError, FoundFile, Outcome, Reason, Totals
from hashsvc.scan.sources import NestingSource

_COMMIT_FILES = 200
_COMMIT_SECONDS = 1.0
_TELL_SECONDS = 1.0
_TELL_SHARE = 20  # counting a million files takes a while: one part in 20 of the time at most
_REASONS = {Kind.VIDEO: Reason.VIDEO}
Digested: TypeAlias = tuple[int, Digests]  # number of a file in the journal, and which it was


@dataclass(frozen=True, slots=True)
class Watched:
    """How a run speaks with the person who waits for it."""

    advanced: Callable[[Totals], None]  # told about once a second how far the scan is
    stopping: Callable[[], bool]  # whether to end early; what is in flight is finished
    warned: Callable[[str], None]  # told what they should know at once


class Recorder:
    """What one run of a scan has found out so far; used by one thread."""

    def __init__(self, journal: Journal, advanced: Callable[[Totals], None]) -> None:
        """Tell at once how much there is to do.

        Args:
            journal: of this scan, with its files listed.
            advanced: told about once a second how far the scan is.
        """
        self._journal, self._advanced = journal, advanced
        self._uncommitted, self._committed_at = 0, time.monotonic()
        self._told_at = self._tell_pause = 0.0
        self._tell()

    def done(
        self,
        file_id: int,
        outcome: Outcome,
        reason: Reason | None = None,
        digests: Digests | None = None,
    ) -> None:
        """Give a file its outcome."""
        self._journal.done(file_id, outcome, reason, digests)
        self._uncommitted += 1
        now = time.monotonic()
        if self._uncommitted >= _COMMIT_FILES or now - self._committed_at >= _COMMIT_SECONDS:
            self.commit()
        if now - self._told_at >= self._tell_pause:
            self._tell()

    def problem(self, file_id: int, reason: Reason) -> None:
        """A file that cannot be read, or is not asked to be."""
        self.done(file_id, reason.outcome, reason)

    def not_decoded(
        self, number: int, source: NestingSource, file_id: int, file: FoundFile, other: Other
    ) -> None:
        """Give any other file its outcome; members of a container are listed in its commit.

        Args:
            number: of the source in the journal.
            source: that holds the file.
            file_id: in the journal.
            file: as the source listed it.
            other: what it is.
        """
        what = other.what
        if what is Kind.CONTAINER:
            reason: Reason | None = self._opened(number, source, file_id, file)
        else:
            reason = what if isinstance(what, Reason) else _REASONS.get(what)
        outcome = reason.outcome if reason else Outcome.NOT_MEDIA
        self.done(file_id, outcome, reason, other.digests)

    def _opened(self, number: int, source: NestingSource, file_id: int, file: FoundFile) -> Reason:
        """List the members of a container."""
        try:
            self._journal.add_files(number, source.members(file), parent_id=file_id)
        except FileProblemError as problem:
            return problem.reason
        return Reason.CONTAINER

    def copied(self, file_id: int, digests: Digests) -> bool:
        """Give a file its outcome where the same photo is done; whether it is."""
        known, reason = self._journal.photo(digests.sha256)
        if known:
            self._copy(file_id, reason, digests)
        return known

    def photo(self, examined: Examined, files: Sequence[Digested]) -> None:
        """Keep what became of a photo and of all files that hold it, the first one first."""
        (first, digests), *copies = files
        reason = examined.reason
        self._journal.add_photo(
            digests.sha256, size=examined.size, reason=reason, matches=examined.matches
        )
        self.done(first, Outcome.FAILED if reason else Outcome.HASHED, reason, digests)
        for file_id, digests_too in copies:
            self._copy(file_id, reason, digests_too)

    def commit(self) -> None:
        """From here on a crash loses nothing of what was written."""
        self._journal.commit()
        self._uncommitted, self._committed_at = 0, time.monotonic()

    def _copy(self, file_id: int, reason: Reason | None, digests: Digests) -> None:
        outcome = Outcome.FAILED if reason else Outcome.DUPLICATE
        self.done(file_id, outcome, reason, digests)

    def _tell(self) -> None:
        begun = time.monotonic()
        self._advanced(self._journal.totals())
        self._told_at = time.monotonic()
        self._tell_pause = max(_TELL_SECONDS, _TELL_SHARE * (self._told_at - begun))

"""What a platform asks of the service and tells it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hashsvc.client import calls
from hashsvc.client.connection import PAUSE_SECONDS, TIMEOUT_SECONDS, Connection, Service
from hashsvc.client.office_values import Appeal, Sweep, SweepReceipt
from hashsvc.client.values import (
    Change,
    ChangesPage,
    MatchAnswer,
    MatchFilter,
    NewDecision,
    Notice,
    OwnMatch,
    Upload,
)
from hashsvc.closed_sets import AppealOutcome, AppealReason
from hashsvc.errors import FeedBrokenError
from hashsvc.hashing import full_signatures, part_signatures
from hashsvc.photos import decode
from hashsvc.pixels import Pixels
from hashsvc.policies import Tier, Verdict

_PAGE = 1_000
_ALL = MatchFilter()


class PlatformClient(Connection):
    """Ask about uploads, decide about matches, hear what changed.

    Every method raises RefusedError where the service refused (its `problem` names why) and
    ServiceUnreachableError where it did not answer.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            base_url: `https://...`, without a path.
            key: an API key; each method needs its scope.
            timeout_seconds: for each try.
            pause_seconds: after the first try that failed; doubled after each further one.

        Raises:
            ServiceUnreachableError: this is no address.
        """
        super().__init__(Service(base_url, key, timeout_seconds, pause_seconds))

    def match(self, uploads: Sequence[Upload], *, sweep_id: str | None = None) -> list[MatchAnswer]:
        """Ask whether uploads resemble reported photos; any number, split to the limits.

        Args:
            uploads: what is asked about.
            sweep_id: where this is a look back that the service asked for.

        Returns:
            One answer for each upload, in their order.
        """
        answers: list[MatchAnswer] = []
        for request in calls.requests_of(uploads):
            asked = self.send(calls.match(request, sweep_id=sweep_id))
            answers.extend(asked)
        return answers

    def match_photo(self, photo: Path | Pixels, ref: str) -> MatchAnswer:
        """Hash a photo here and ask about it: the whole first, then every part of it.

        Most copies are found by the whole photo. What is found inside it is looked for and asked
        about only where that was no `strong` match.

        Raises:
            PhotoError: the photo could not be read.
        """
        pixels = decode(photo) if isinstance(photo, Path) else photo
        whole = self.match([Upload(ref, full_signatures(pixels))])[0]
        if whole.tier is Tier.STRONG:
            return whole
        parts = part_signatures(pixels)
        inside = self.match([Upload(ref, parts)])[0] if parts else whole
        return better(whole, inside)

    def matches(self, wanted: MatchFilter = _ALL) -> Iterator[OwnMatch]:
        """The platform's own matches, the soonest clock first; pages are read as they are used."""
        cursor = None
        while True:
            page = self.send(calls.matches(wanted, cursor, limit=_PAGE))
            yield from page.matches
            if page.next_cursor is None:
                return
            cursor = page.next_cursor

    def read_match(self, match_id: str) -> OwnMatch:
        """One match with its clocks and its history."""
        return self.send(calls.one_match(match_id))

    def decide(self, match_id: str, decision: NewDecision) -> OwnMatch:
        """Tell what was decided; once, however often the network makes it send."""
        return self.send(calls.decide(match_id, decision))

    def keep_notice(
        self, match_id: str, regime: str, received_at: datetime, elements: Sequence[str]
    ) -> Notice:
        """Keep a notice that reached the platform; a valid one starts a clock."""
        return self.send(calls.notice(match_id, regime, received_at, elements))

    def changes(self, cursor: str | None = None, *, wait_seconds: float = 0) -> ChangesPage:
        """A stretch of the feed; waits up to 30 s where there is nothing yet."""
        return self.send(calls.changes(cursor, limit=_PAGE, wait_seconds=wait_seconds))

    def acknowledge(self, cursor: str) -> None:
        """Say that everything up to a cursor is done."""
        self.send(calls.acknowledge(cursor))

    def follow(
        self,
        handle: Callable[[Change], None],
        cursor: str | None = None,
        *,
        wait_seconds: float = 0,
    ) -> str:
        """Handle everything there is to hear, acknowledging each page once it was handled.

        Args:
            handle: called for each entry, in order; where it raises, nothing of its page is
                acknowledged, and the page comes again.
            cursor: where the last call ended; None: from the beginning.
            wait_seconds: how long to wait where there is nothing yet, at most 30.

        Returns:
            Where to go on: keep it.

        Raises:
            FeedBrokenError: an entry is missing.
        """
        last: int | None = None
        while True:
            page = self.changes(cursor, wait_seconds=wait_seconds)
            last = followed(page, last)
            for entry in page.changes:
                handle(entry)
            if page.changes:
                self.acknowledge(page.next_cursor)
            cursor = page.next_cursor
            if not page.has_more:
                return cursor

    def appeal(
        self, match_id: str, outcome: AppealOutcome, reason: AppealReason, decided_at: datetime
    ) -> Appeal:
        """Tell how an uploader's appeal was judged; upheld, what hit is matched no more."""
        return self.send(calls.appeal(match_id, outcome, reason, decided_at))

    def sweeps(self) -> Iterator[Sweep]:
        """Look-backs that the service asks for, the newest first."""
        cursor = None
        while True:
            page, cursor = self.send(calls.sweeps(cursor, limit=_PAGE))
            yield from page
            if cursor is None:
                return

    def keep_sweep_receipt(self, sweep_id: str, receipt: SweepReceipt) -> None:
        """Say what a look back found."""
        self.send(calls.sweep_receipt(sweep_id, receipt))

    def statistics(self, period: str) -> Mapping[str, Any]:
        """The public figures of a month such as 2026-11."""
        return self.send(calls.statistics(period))


def better(whole: MatchAnswer, inside: MatchAnswer) -> MatchAnswer:
    """The service answers a reference with the best of all that was asked about it."""
    return inside if inside.verdict is Verdict.REVIEW else whole


def followed(page: ChangesPage, last: int | None) -> int | None:
    """The number of a page's last entry, once it is known that none is missing.

    Args:
        page: a stretch of the feed.
        last: number of the last entry before it, where that is known.

    Raises:
        FeedBrokenError: an entry is missing.
    """
    expected = last
    for entry in page.changes:
        if expected is not None and entry.seq != expected + 1:
            raise FeedBrokenError
        expected = entry.seq
    return expected

"""What people concluded after looking. Without one of them a match is a lead and nothing more."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from hashsvc.scan.custody_log import Action, CustodyLog, Event
from hashsvc.scan.errors import MinorStopError, ReviewError
from hashsvc.scan.journal import Journal

ESCALATION = (
    "Somebody shown may be under 18. Stop looking. Tell the Anti-Human Trafficking and Child"
    " Protection Unit of the DCI, which uses INTERPOL's ICSE, and Childline Kenya on 116."
    " Nothing was sent to anybody."
)
_GO_ON = " A second person with authority may let the work go on: `hashsvc report continue`."


class Finding(StrEnum):
    """What somebody saw."""

    SAME_PHOTO = "same_photo"
    NOT_SAME = "not_same"
    CANNOT_TELL = "cannot_tell"
    SUSPECTED_MINOR = "suspected_minor"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The last finding about a photo."""

    finding: Finding
    by: str
    at: str  # RFC 3339, UTC
    second_by: str | None = None  # somebody else who found the same after
    second_at: str | None = None

    @property
    def confirmed(self) -> bool:
        """A person looked, and it is the photo."""
        return self.finding is Finding.SAME_PHOTO

    def then(self, finding: Finding, by: str, at: str) -> Self:
        """After one more look."""
        if finding is self.finding and not _same_person(by, self.by):
            return replace(self, second_by=by, second_at=at)
        return type(self)(finding, by, at)


@dataclass(frozen=True, slots=True)
class Review:
    """All conclusions of a scan, by the SHA-256 of the photo."""

    conclusions: dict[str, Conclusion] = field(default_factory=dict)
    minors: frozenset[str] = frozenset()  # whoever said so, at any time
    stopped: bool = False  # for a minor, and nobody let it go on

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """As the custody log has it."""
        conclusions: dict[str, Conclusion] = {}
        minors: set[str] = set()
        stopped = False
        for event in events:
            if event.action is Action.FINDING:
                sha256, finding = event.details["sha256"], Finding(event.details["finding"])
                before = conclusions.get(sha256, Conclusion(finding, event.by, event.at))
                conclusions[sha256] = before.then(finding, event.by, event.at)
                if finding is Finding.SUSPECTED_MINOR:
                    minors.add(sha256)
                    stopped = True
            elif event.action is Action.CONTINUE:
                stopped = False
        return cls(conclusions, frozenset(minors), stopped)

    def with_minors(self, found: frozenset[str]) -> Self:
        """With those that the pack says it of."""
        return replace(self, minors=self.minors | found)

    def check(self) -> None:
        """See that work may go on.

        Raises:
            MinorStopError: it was stopped.
        """
        if self.stopped:
            raise MinorStopError(ESCALATION + _GO_ON)


def open_review(journal: Journal, log: CustodyLog) -> Review:
    """The review of a scan.

    Raises:
        IntegrityError: the custody log was altered.
        MinorStopError: work was stopped.
    """
    review = Review.of(log.events()).with_minors(journal.minors())
    review.check()
    return review


def conclude(
    journal: Journal, log: CustodyLog, sha256: str, finding: Finding, *, by: str, at: datetime
) -> None:
    """Write down what somebody found; a suspected minor stops everything else.

    Args:
        journal: of the scan.
        log: of the scan.
        sha256: of a photo that matched.
        finding: what was seen.
        by: name of who looked.
        at: now.

    Raises:
        MinorStopError: work was stopped before.
        ReviewError: nobody is named, or the photo is not one to look at.
    """
    review = open_review(journal, log)
    if not by.strip():
        raise ReviewError("Say who looked.")
    if not journal.is_match(sha256):
        raise ReviewError("No photo of this SHA-256 matched anything in this scan.")
    if sha256 in review.minors:
        raise ReviewError(ESCALATION)
    log.add(Action.FINDING, by=by.strip(), at=at, sha256=sha256, finding=finding)
    if finding is Finding.SUSPECTED_MINOR:
        log.add(Action.STOP_MINOR, by=by.strip(), at=at, sha256=[sha256])


def let_go_on(log: CustodyLog, *, authority: str, by: str, approved_by: str, at: datetime) -> None:
    """Note that a second person lets work go on after a stop.

    Args:
        log: of the scan.
        authority: what allows it.
        by: who goes on.
        approved_by: who lets them.
        at: now.

    Raises:
        ReviewError: nothing was stopped, or it is not two people with an authority.
    """
    if not Review.of(log.events()).stopped:
        raise ReviewError("Nothing was stopped here.")
    if not (authority.strip() and by.strip() and approved_by.strip()):
        raise ReviewError("Say the authority, who goes on, and who approved it.")
    if _same_person(by, approved_by):
        raise ReviewError("A second person has to approve it.")
    log.add(Action.CONTINUE, by=by.strip(), at=at, authority=authority, approved_by=approved_by)


def _same_person(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()

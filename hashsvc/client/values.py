"""What platforms send and are told, as frozen typed values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from hashsvc.closed_sets import (
    ClockState,
    Decision,
    FeedKind,
    ListedState,
    Location,
    MatchState,
    Reason,
    Restriction,
    Surface,
)
from hashsvc.policies import Tier, Verdict
from hashsvc.signatures import Signature
from hashsvc.times import now

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Upload:
    """One photo that a platform asks about."""

    ref: str  # the platform's own id, 1-64 of A-Z a-z 0-9 . _ : -
    signatures: Sequence[Signature]  # at most 256
    surface: Surface = Surface.UPLOAD

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        signatures = [one.to_json() for one in self.signatures]
        return {"ref": self.ref, "surface": self.surface, "signatures": signatures}


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """What the service says of one photo; the strongest verdict is `review`."""

    ref: str
    verdict: Verdict
    tier: Tier | None  # None: no match
    match_id: str | None
    list_state: ListedState | None
    state: MatchState | None  # `decided`: no second review is needed
    decision: Decision | None  # the latest one
    due_at: datetime | None  # of the soonest clock
    skipped: str | None  # why nothing was searched


def answer_of(item: Mapping[str, Any]) -> MatchAnswer:
    """One line of the service's answer."""
    return MatchAnswer(
        ref=item["ref"],
        verdict=Verdict(item["verdict"]),
        tier=_word(Tier, item["tier"]),
        match_id=item["match_id"],
        list_state=_word(ListedState, item["list_state"]),
        state=_word(MatchState, item["state"]),
        decision=_word(Decision, item["decision"]),
        due_at=_moment(item["due_at"]),
        skipped=item["skipped"],
    )


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """Which of the platform's matches to list."""

    state: MatchState | None = None
    tier: Tier | None = None
    surface: Surface | None = None

    def query(self) -> dict[str, str | int | float]:
        """As it is sent."""
        named = {"state": self.state, "tier": self.tier, "surface": self.surface}
        return {name: str(word) for name, word in named.items() if word is not None}


@dataclass(frozen=True, slots=True)
class Clock:
    """Time that runs under a law or rule."""

    regime: str
    version: int
    state: ClockState
    started_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class PastDecision:
    """One entry of a match's history."""

    decision: Decision
    reason: Reason
    automated: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class OwnMatch:
    """One of the platform's matches."""

    match_id: str
    ref: str | None
    surface: Surface | None
    tier: Tier
    state: MatchState
    list_state: ListedState | None  # None: nothing it rests on is live
    opened_at: datetime
    due_at: datetime | None
    decision: Decision | None
    reason: Reason | None
    clocks: tuple[Clock, ...] = ()  # empty in lists
    history: tuple[PastDecision, ...] = ()  # empty in lists


def match_of(told: Mapping[str, Any]) -> OwnMatch:
    """One of the platform's matches, from a list or alone."""
    return OwnMatch(
        match_id=told["match_id"],
        ref=told["ref"],
        surface=_word(Surface, told["surface"]),
        tier=Tier(told["tier"]),
        state=MatchState(told["state"]),
        list_state=_word(ListedState, told["list_state"]),
        opened_at=_known(told["opened_at"]),
        due_at=_moment(told["due_at"]),
        decision=_word(Decision, told["decision"]),
        reason=_word(Reason, told["reason"]),
        clocks=tuple(_clock_of(clock) for clock in told.get("clocks", ())),
        history=tuple(_past_of(past) for past in told.get("history", ())),
    )


@dataclass(frozen=True, slots=True)
class MatchesPage:
    """A page of the platform's matches, the soonest clock first."""

    matches: tuple[OwnMatch, ...]
    next_cursor: str | None  # None: this was the last page

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        return cls(tuple(match_of(item) for item in told["items"]), told["next_cursor"])


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What a platform decided about a match."""

    decision: Decision
    reason: Reason
    automated: bool = False  # no person looked: counted, but no vote
    decided_at: datetime | None = None  # None: now
    restriction: Restriction | None = None  # how, where it was restricted
    located_in: Location | None = None
    copies_removed: int | None = None

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {
            "decision": self.decision,
            "reason": self.reason,
            "automated": self.automated,
            "decided_at": (self.decided_at or now()).astimezone(UTC).isoformat(),
            "restriction": self.restriction,
            "located_in": self.located_in,
            "copies_removed": self.copies_removed,
        }


@dataclass(frozen=True, slots=True)
class Notice:
    """A kept notice; it started its clock where nothing is missing."""

    notice_id: str
    regime: str
    missing: tuple[str, ...]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        return cls(told["notice_id"], told["regime"], tuple(told["missing"]))


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a platform must hear."""

    seq: int  # the platform's own number, gap-free from 1
    kind: FeedKind
    match_id: str | None
    about: Mapping[str, str | int]
    at: datetime


def change_of(told: Mapping[str, Any]) -> Change:
    """One entry of the feed."""
    return Change(
        seq=told["seq"],
        kind=FeedKind(told["kind"]),
        match_id=told["match_id"],
        about=told["about"],
        at=_known(told["at"]),
    )


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """A stretch of the feed."""

    changes: tuple[Change, ...]
    next_cursor: str
    has_more: bool

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As the service sends it."""
        entries = tuple(change_of(item) for item in told["items"])
        return cls(entries, told["next_cursor"], bool(told["has_more"]))


def _clock_of(told: Mapping[str, Any]) -> Clock:
    return Clock(
        regime=told["regime"],
        version=told["version"],
        state=ClockState(told["state"]),
        started_at=_known(told["started_at"]),
        due_at=_moment(told["due_at"]),
    )


def _past_of(told: Mapping[str, Any]) -> PastDecision:
    return PastDecision(
        decision=Decision(told["decision"]),
        reason=Reason(told["reason"]),
        automated=told["automated"],
        decided_at=_known(told["decided_at"]),
    )


def _word(words: type[Word], text: str | None) -> Word | None:
    return None if text is None else words(text)


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

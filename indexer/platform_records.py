"""Frozen values about what platforms were asked to look at, what they did, and what they hear."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from hashsvc import Tier
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
from indexer.records import MatchId, PlatformId, Side


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What a platform decided about a match, as it comes in."""

    decision: Decision
    reason: Reason
    automated: bool  # no person looked
    decided_at: datetime
    restriction: Restriction | None = None
    located_in: Location | None = None
    copies_removed: int | None = None


@dataclass(frozen=True, slots=True)
class PastDecision:
    """One entry of a match's history."""

    decision: Decision
    reason: Reason
    automated: bool
    decided_at: datetime
    received_at: datetime
    key_id: str  # whose key sent it


@dataclass(frozen=True, slots=True)
class Votes:
    """How many platforms spoke for and against a listed signature."""

    confirm: int = 0
    suspend: int = 0

    def with_voices(self, side: Side, voices: int) -> "Votes":
        """The same with so many voices on one side."""
        return replace(self, **{side.value: voices})


@dataclass(frozen=True, slots=True)
class NewClock:
    """A clock about to start."""

    regime: str
    version: int
    started_at: datetime
    due_at: datetime | None  # None: recorded without a time to keep
    warn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock as it stands at the time of reading."""

    regime: str
    version: int
    started_at: datetime
    due_at: datetime | None
    state: ClockState
    changed_at: datetime
    why: str | None  # it was stopped or paused


@dataclass(frozen=True, slots=True)
class ClockWarning:
    """A platform to be told that most of a clock's time is gone."""

    platform_id: PlatformId
    match_id: MatchId
    regime: str


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A request to a platform that starts a legal clock, valid where nothing is missing."""

    notice_id: str  # "ntc_" and 26 Crockford digits
    regime: str
    received_at: datetime
    missing: tuple[str, ...]  # elements that the law asks for and it lacks


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match as its platform sees it."""

    match_id: MatchId
    ref: str | None  # None: found before references were kept
    surface: Surface | None
    tier: Tier
    state: MatchState
    list_state: ListedState | None  # None: nothing it rests on is live
    opened_at: datetime
    due_at: datetime | None
    decision: Decision | None  # the latest one
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """Which matches to list, soonest clock first."""

    states: tuple[MatchState, ...] = ()  # none named: all of them
    tier: Tier | None = None
    surface: Surface | None = None
    list_state: ListedState | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class MatchPlace:
    """Where in a list of matches a page ended."""

    due_at: datetime | None
    match_id: MatchId


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Something a platform is about to be told."""

    platform_id: PlatformId
    kind: FeedKind
    match_id: MatchId | None = None
    about: Mapping[str, str | int] = field(default_factory=dict)  # no hash, no case, no free text


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One numbered thing a platform is told."""

    seq: int
    kind: FeedKind
    match_id: MatchId | None
    about: Mapping[str, str | int]
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedHead:
    """How far a feed goes, and how far its platform acknowledged it."""

    seq: int
    acknowledged: int


@dataclass(frozen=True, slots=True)
class Request:
    """A request that may come again with the same idempotency key."""

    platform_id: PlatformId
    route: str
    key: str
    mac: bytes  # keyed digest of what was asked, 32 bytes


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What an idempotency key was answered."""

    mac: bytes
    answer: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What became of one platform's match with a case: the latest decision, and when."""

    platform_id: PlatformId
    decision: Decision | None
    reason: Reason | None
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Receipts:
    """How many platforms were told of a withdrawal, and how many acknowledged it."""

    told: int
    acknowledged: int

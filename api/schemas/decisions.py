"""Matches as their platform reads them, and what it decides about them."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.services.decisions import MatchFile
from hashsvc import Tier
from hashsvc.closed_sets import (
    ClockState,
    Decision,
    ListedState,
    Location,
    MatchState,
    Reason,
    Restriction,
    Surface,
)
from hashsvc.times import now
from indexer.platform_records import Clock, MatchView, NewDecision, NewNotice, PastDecision

_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)
_SKEW = timedelta(minutes=5)  # clocks differ
_MOST_ELEMENTS = 16


def _not_later(moment: datetime) -> None:
    if moment > now() + _SKEW:
        raise PydanticCustomError("in_the_future", "this time is yet to come")


class DecisionIn(BaseModel):
    """What a platform decided about a match."""

    model_config = _STRICT

    decision: Decision = Field(examples=["removed"])
    reason: Reason = Field(examples=["intimate_no_consent"])
    automated: bool = Field(default=False, description="No person looked: counted, but no vote.")
    decided_at: AwareDatetime = Field(examples=["2026-11-22T09:12:00Z"])
    restriction: Restriction | None = Field(None, description="How, where it was restricted.")
    located_in: Location | None = None
    copies_removed: Annotated[int, Field(ge=0, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _not_later(self.decided_at)
        if (self.restriction is not None) != (self.decision is Decision.RESTRICTED):
            raise PydanticCustomError("restriction", "only a restricted photo has a restriction")
        return self

    def value(self) -> NewDecision:
        """As the domain knows it."""
        return NewDecision(
            decision=self.decision,
            reason=self.reason,
            automated=self.automated,
            decided_at=self.decided_at,
            restriction=self.restriction,
            located_in=self.located_in,
            copies_removed=self.copies_removed,
        )


class ClockOut(BaseModel):
    """Time that runs under a law or rule."""

    regime: str = Field(examples=["service-review"])
    version: int = Field(examples=[1])
    state: ClockState
    started_at: datetime
    due_at: datetime | None = Field(description="Null: recorded without a time to keep.")
    stopped_at: datetime | None
    why: str | None = Field(description="Why it was stopped or paused.")

    @classmethod
    def of(cls, clock: Clock) -> Self:
        """As it is sent."""
        stopped = clock.state is ClockState.STOPPED
        return cls(
            regime=clock.regime,
            version=clock.version,
            state=clock.state,
            started_at=clock.started_at,
            due_at=clock.due_at,
            stopped_at=clock.changed_at if stopped else None,
            why=clock.why,
        )


class PastDecisionOut(BaseModel):
    """One entry of a match's history."""

    decision: Decision
    reason: Reason
    automated: bool
    decided_at: datetime
    received_at: datetime
    key_id: str = Field(description="The key that sent it.")

    @classmethod
    def of(cls, past: PastDecision) -> Self:
        """As it is sent."""
        return cls(
            decision=past.decision,
            reason=past.reason,
            automated=past.automated,
            decided_at=past.decided_at,
            received_at=past.received_at,
            key_id=past.key_id,
        )


class MatchLine(BaseModel):
    """One of the platform's own matches."""

    match_id: str
    ref: str | None = Field(description="The platform's own id for the photo.")
    surface: Surface | None
    tier: Tier
    state: MatchState
    list_state: ListedState | None = Field(description="Null: nothing it rests on is live.")
    opened_at: datetime
    due_at: datetime | None = Field(description="Of the soonest clock that runs.")
    decision: Decision | None = Field(description="The latest one.")
    reason: Reason | None

    @classmethod
    def of(cls, view: MatchView) -> Self:
        """As it is sent."""
        return cls(
            match_id=view.match_id,
            ref=view.ref,
            surface=view.surface,
            tier=view.tier,
            state=view.state,
            list_state=view.list_state,
            opened_at=view.opened_at,
            due_at=view.due_at,
            decision=view.decision,
            reason=view.reason,
        )


class MatchOut(MatchLine):
    """A match with its clocks and its history."""

    clocks: list[ClockOut]
    history: list[PastDecisionOut] = Field(description="The oldest decision first.")

    @classmethod
    def of_file(cls, file: MatchFile) -> Self:
        """As it is sent."""
        return cls(
            **MatchLine.of(file.view).model_dump(),
            clocks=[ClockOut.of(clock) for clock in file.clocks],
            history=[PastDecisionOut.of(past) for past in file.history],
        )


class MatchPageOut(BaseModel):
    """A page of the platform's matches, the soonest clock first."""

    items: list[MatchLine]
    next_cursor: str | None = Field(description="Null: this was the last page.")


class NoticeIn(BaseModel):
    """A request that reached the platform and starts a legal clock."""

    model_config = _STRICT

    regime: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$", examples=["us-tida"])
    received_at: AwareDatetime
    elements: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")]], Field(max_length=_MOST_ELEMENTS)
    ] = Field(description="What the notice holds of what the regime asks for.")

    @model_validator(mode="after")
    def _received(self) -> Self:
        _not_later(self.received_at)
        return self


class NoticeOut(BaseModel):
    """A kept notice."""

    notice_id: str
    regime: str
    valid: bool
    missing: list[str] = Field(description="What it lacks to be valid; the clock did not start.")

    @classmethod
    def of(cls, notice: NewNotice) -> Self:
        """As it is sent."""
        return cls(
            notice_id=notice.notice_id,
            regime=notice.regime,
            valid=not notice.missing,
            missing=list(notice.missing),
        )


class PauseIn(BaseModel):
    """Why a clock is paused."""

    model_config = _STRICT

    why: str = Field(pattern=r"^[a-z_]{1,32}$", examples=["awaiting_court"])

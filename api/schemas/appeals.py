"""An uploader's appeal on the wire."""

from datetime import timedelta
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hashsvc.closed_sets import AppealOutcome, AppealReason, ListedState, MatchState
from hashsvc.times import now
from indexer.platform_records import MatchView
from indexer.records import MatchId
from indexer.store.appeals import NewAppeal

_SKEW = timedelta(minutes=5)  # clocks differ


class AppealIn(BaseModel):
    """How a platform judged its uploader's appeal."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    match_id: str = Field(max_length=64, examples=["mat_0123456789ABCDEFGHJKMNPQRS"])
    outcome: AppealOutcome = Field(description="`upheld`: the uploader was right.")
    reason: AppealReason
    decided_at: AwareDatetime

    @model_validator(mode="after")
    def _past(self) -> Self:
        if self.decided_at > now() + _SKEW:
            raise PydanticCustomError("in_the_future", "this time is yet to come")
        return self

    def value(self, appeal_id: str) -> NewAppeal:
        """As the domain knows it."""
        return NewAppeal(
            appeal_id=appeal_id,
            match_id=MatchId(self.match_id),
            outcome=self.outcome,
            reason=self.reason,
            decided_at=self.decided_at,
        )


class AppealOut(BaseModel):
    """A kept appeal, and what it did to the match."""

    appeal_id: str
    match_id: str
    state: MatchState
    list_state: ListedState | None = Field(description="Null: nothing it rests on is live.")

    @classmethod
    def of(cls, appeal_id: str, view: MatchView) -> Self:
        """As it is sent."""
        return cls(
            appeal_id=appeal_id,
            match_id=view.match_id,
            state=view.state,
            list_state=view.list_state,
        )

"""Looking back, on the wire."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.services.sweeps import SweepPage
from indexer.store.sweeps import Sweep, SweepReceipt

Count = Annotated[int, Field(ge=0, le=10**15)]


class SweepState(StrEnum):
    """How far a sweep is."""

    OPEN = "open"
    OVERDUE = "overdue"
    COMPLETE = "complete"


class ReceiptIn(BaseModel):
    """What a platform did of a sweep; sent again, the latest one counts."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, populate_by_name=True)

    from_: AwareDatetime = Field(alias="from", description="Uploads from this time on.")
    to: AwareDatetime = Field(description="Uploads up to this time.")
    items_scanned: Count
    hits: Count = Field(description="Items that were answered `review`.")
    complete: bool = Field(default=True, description="False: the sweep goes on.")

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.from_ > self.to or self.hits > self.items_scanned:
            raise PydanticCustomError("receipt", "times or counts do not fit together")
        return self

    def value(self) -> SweepReceipt:
        """As the domain knows it."""
        return SweepReceipt(
            scanned_from=self.from_,
            scanned_to=self.to,
            items_scanned=self.items_scanned,
            hits=self.hits,
            complete=self.complete,
        )


class SweepOut(BaseModel):
    """A look back that the platform was asked for."""

    sweep_id: str
    state: SweepState
    listed_since: date = Field(
        description="Only what was listed on this day or later is searched; no finer time is kept."
    )
    lookback_days: int = Field(description="How far back uploads are to be asked about again.")
    asked_at: datetime
    due_at: datetime
    items_scanned: int | None
    hits: int | None

    @classmethod
    def of(cls, sweep: Sweep, *, at: datetime) -> Self:
        """As it is sent."""
        receipt = sweep.receipt
        return cls(
            sweep_id=sweep.sweep_id,
            state=_state(sweep, at),
            listed_since=sweep.since,
            lookback_days=sweep.lookback_days,
            asked_at=sweep.asked_at,
            due_at=sweep.due_at,
            items_scanned=None if receipt is None else receipt.items_scanned,
            hits=None if receipt is None else receipt.hits,
        )


class SweepsOut(BaseModel):
    """A page of the platform's sweeps, the newest first."""

    items: list[SweepOut]
    next_cursor: str | None = Field(description="Null: this was the last page.")

    @classmethod
    def of(cls, page: SweepPage, *, at: datetime) -> Self:
        """As it is sent."""
        return cls(
            items=[SweepOut.of(sweep, at=at) for sweep in page.sweeps],
            next_cursor=page.next_cursor,
        )


def _state(sweep: Sweep, at: datetime) -> SweepState:
    if sweep.receipt is not None and sweep.receipt.complete:
        return SweepState.COMPLETE
    return SweepState.OVERDUE if sweep.due_at <= at else SweepState.OPEN

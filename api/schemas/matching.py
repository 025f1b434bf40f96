"""A platform's question and the answer to it."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.schemas.signatures import SignatureIn
from api.services.matching import Answer, Upload
from hashsvc import Tier, Verdict
from hashsvc.closed_sets import Decision, ListedState, MatchState, Surface
from indexer.records import Match

MAX_ITEMS = 256
MAX_SIGNATURES_PER_ITEM = 256
MAX_SIGNATURES = 4_096
# Hit and miss have one size on the wire: who watches the line cannot count hits.
_ITEM_CHARACTERS = 480
_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Item(BaseModel):
    """One photo, as all the signatures of it."""

    model_config = _STRICT

    ref: str = Field(
        pattern=r"^[A-Za-z0-9._:-]{1,64}$",
        description="The platform's own id for the photo; no URL, no user name.",
        examples=["upl-8841"],
    )
    surface: Surface = Surface.UPLOAD
    signatures: Annotated[
        list[SignatureIn], Field(min_length=1, max_length=MAX_SIGNATURES_PER_ITEM)
    ] = Field(description="All regions and orientations, the whole photo first.")

    def upload(self) -> Upload:
        """As the domain knows it."""
        signatures = tuple(signature.value() for signature in self.signatures)
        return Upload(self.ref, signatures, self.surface)


class Question(BaseModel):
    """What a platform asks."""

    model_config = _STRICT

    items: Annotated[list[Item], Field(min_length=1, max_length=MAX_ITEMS)]
    sweep_id: str | None = Field(
        None,
        max_length=64,
        description="Of a look back: only what was listed since its first day counts.",
    )

    @model_validator(mode="after")
    def _within_limits(self) -> Self:
        if self.signature_count() > MAX_SIGNATURES:
            raise PydanticCustomError("too_many_signatures", "too many signatures")
        if len({item.ref for item in self.items}) < len(self.items):
            raise PydanticCustomError("duplicate_ref", "two items have one ref")
        return self

    def signature_count(self) -> int:
        """How many signatures are asked about."""
        return sum(len(item.signatures) for item in self.items)


class Detail(BaseModel):
    """Distances of the nearest pair, for keys with `matches:detail`."""

    pdq_distance: int = Field(ge=0, le=256)
    dhash_distance: int | None = Field(ge=0, le=256)

    @classmethod
    def of(cls, match: Match) -> Self:
        """The distances behind a match."""
        hit = match.nearest.hit
        return cls(pdq_distance=hit.pdq_distance, dhash_distance=hit.dhash_distance)


class ItemAnswer(BaseModel):
    """What is known of one photo: a word, never a hash, never a case."""

    ref: str
    verdict: Verdict
    tier: Tier | None = None
    match_id: str | None = None
    list_state: ListedState | None = None
    state: MatchState | None = None
    decision: Decision | None = Field(None, description="The latest one, where there is one.")
    due_at: datetime | None = Field(None, description="Of the soonest clock that runs.")
    skipped: str | None = Field(None, description="`low_quality`: nothing was fit to be searched.")
    detail: Detail | None = None
    pad: str = ""  # the last one: `padded` writes it

    @classmethod
    def of(cls, answer: Answer, *, with_detail: bool) -> Self:
        """One line of the answer.

        Args:
            answer: what the service found.
            with_detail: whether the caller may see distances.
        """
        line = cls(
            ref=answer.ref,
            verdict=Verdict.REVIEW if answer.match else Verdict.NONE,
            skipped=None if answer.searched else "low_quality",
        )
        if answer.match is not None:
            line.tier = answer.match.tier
            line.match_id = answer.match.match_id
            line.list_state = answer.match.list_state
            line.state = answer.match.state
            line.decision = answer.match.decision
            line.due_at = answer.match.due_at
            line.detail = Detail.of(answer.match) if with_detail else None
        return line

    def padded(self) -> str:
        """As JSON, of the size of every other line."""
        written = self.model_dump_json()
        pad = "." * (_ITEM_CHARACTERS - len(written))
        return f'{written[:-2]}{pad}"}}'


class Answers(BaseModel):
    """The answer to a question: one line per item, in order."""

    index_seq: int = Field(description="The newest change that this answer covers.")
    items: list[ItemAnswer]

    @staticmethod
    def written(seq: int, answers: Iterable[Answer], *, with_detail: bool) -> str:
        """As JSON: each line written once, by itself.

        Args:
            seq: the newest change that they cover.
            answers: what the service found.
            with_detail: whether the caller may see distances.
        """
        lines = ",".join([_line(answer, with_detail=with_detail) for answer in answers])
        return f'{{"index_seq":{seq},"items":[{lines}]}}'


_REF = '{"ref":"'


def _line(answer: Answer, *, with_detail: bool) -> str:
    if answer.match is not None:
        return ItemAnswer.of(answer, with_detail=with_detail).padded()
    # Nearly every line is this one: only its reference, which needs no escapes, is its own.
    return f'{_REF}{answer.ref}{_miss(searched=answer.searched)[: -len(answer.ref) - 2]}"}}'


@cache
def _miss(*, searched: bool) -> str:
    """What follows the reference of a miss, padded for one of no length."""
    nothing = Answer("", None, searched=searched)
    return ItemAnswer.of(nothing, with_detail=False).padded().removeprefix(_REF)

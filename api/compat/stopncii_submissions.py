"""What StopNCII's clients send: hashes of their own, and what they decided about ours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body

from api.compat.callers import FeedbackCaller, SubmitCaller
from api.compat.mappings import AUTOMATED_TAG, FEEDBACK, SIGNAL_TYPES, Wish
from api.compat.refusals import CompatRoute, RefusedHereError
from api.dependencies import ServicesDep
from api.document import REFUSALS
from api.services.lifecycle import EFFECTS
from hashsvc import Algorithm, Hash
from hashsvc.closed_sets import Reason
from hashsvc.errors import InvalidHashError
from hashsvc.times import now
from indexer.platform_records import NewDecision

router = APIRouter(
    prefix="/compat/stopncii/v1", tags=["compat"], route_class=CompatRoute, responses=REFUSALS
)
_MOST_RECORDS = 1_000
_HEX_DIGITS = 64
_REASONS = {reason.value: reason for reason in Reason}
Sent = Annotated[dict[str, Any], Body()]


@router.post("/SubmitHashes")
def submit_hashes(sent: Sent, caller: SubmitCaller, services: ServicesDep) -> dict[str, Any]:
    """List hashes in the platform's own bank; records that are malformed are named by index."""
    services.lists.require_on()
    read = _read(sent, "hashRecords", _submitted)
    fit = services.submissions.submit(caller, [one.value for one in read.good], at=now())
    unfit = [
        _rejected(one.index, "unfit")
        for one, was_fit in zip(read.good, fit, strict=True)
        if not was_fit
    ]
    return read.answer(unfit)


@router.post("/SubmitFeedback")
def submit_feedback(sent: Sent, caller: FeedbackCaller, services: ServicesDep) -> dict[str, Any]:
    """Say what was decided about hashes; nothing tells which of them are on the list."""
    services.lists.require_on()
    read = _read(sent, "hashFeedbacks", _told)
    at = now()
    for one in read.good:
        hash_, wish = one.value
        if wish is not None:
            services.list_feedback.tell(caller, hash_, _decision(wish, at), at=at)
    return read.answer([])


class _RecordRefusedError(Exception):
    """A record is malformed; its argument is the code that says how."""


@dataclass(frozen=True, slots=True)
class _Good:
    index: int
    value: Any


@dataclass(frozen=True, slots=True)
class _Records:
    """What a request held: the good ones, and the bad ones by index."""

    count: int
    good: Sequence[_Good]
    bad: Sequence[dict[str, Any]]

    def answer(self, more_bad: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """As it is sent: `accepted` is what was well-formed, never what is listed."""
        rejected = sorted([*self.bad, *more_bad], key=lambda one: one["index"])
        return {
            "count": self.count,
            "accepted": self.count - len(rejected),
            "rejected": rejected,
        }


def _read(sent: dict[str, Any], name: str, parse: Callable[[dict[str, Any]], Any]) -> _Records:
    records = sent.get(name)
    if not isinstance(records, list):
        raise RefusedHereError(400, f"The field {name} has to be a list.")
    if len(records) > _MOST_RECORDS:
        raise RefusedHereError(413, f"At most {_MOST_RECORDS} records at once.")
    good, bad = [], []
    for index, record in enumerate(records):
        try:
            good.append(_Good(index, parse(_fields(record))))
        except _RecordRefusedError as refused:
            bad.append(_rejected(index, refused.args[0]))
    return _Records(len(records), good, bad)


def _fields(record: object) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise _RecordRefusedError("type")
    return record


def _rejected(index: int, code: str) -> dict[str, Any]:
    return {"index": index, "code": code}


def _submitted(record: dict[str, Any]) -> Hash:
    kind = record.get("signalType")
    if not isinstance(kind, str) or kind not in SIGNAL_TYPES:
        raise _RecordRefusedError("signal_type")
    return _hash(record)


def _told(record: dict[str, Any]) -> tuple[Hash, Wish | None]:
    said = record.get("feedbackValue")
    if not isinstance(said, str) or said not in FEEDBACK:
        raise _RecordRefusedError("value")
    tags = record.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _RecordRefusedError("tags")
    return _hash(record), _wish(FEEDBACK[said], sorted(tags))


def _wish(wish: Wish | None, tags: Sequence[str]) -> Wish | None:
    """The table's, with a reason from the tags where one of them fits."""
    if wish is None:
        return None
    fitting = [
        _REASONS[tag]
        for tag in tags
        if tag in _REASONS and (wish.decision, _REASONS[tag]) in EFFECTS
    ]
    reason = fitting[0] if fitting else wish.reason
    return replace(wish, reason=reason, automated=AUTOMATED_TAG in tags)


def _decision(wish: Wish, at: datetime) -> NewDecision:
    return NewDecision(wish.decision, wish.reason, automated=wish.automated, decided_at=at)


def _hash(record: dict[str, Any]) -> Hash:
    text = record.get("hashValue")
    if not isinstance(text, str):
        raise _RecordRefusedError("type")
    if len(text) != _HEX_DIGITS:
        raise _RecordRefusedError("length")
    try:
        return Hash.from_hex(Algorithm.PDQ, text)
    except InvalidHashError as error:
        raise _RecordRefusedError("not_hex") from error

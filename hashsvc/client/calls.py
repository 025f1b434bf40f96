"""What can be asked of a service, apart from how it is sent: one description for both clients."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from hashsvc.client.office_values import Appeal, Sweep, SweepReceipt
from hashsvc.client.values import (
    ChangesPage,
    MatchAnswer,
    MatchesPage,
    MatchFilter,
    NewDecision,
    Notice,
    OwnMatch,
    Upload,
    answer_of,
    match_of,
)
from hashsvc.closed_sets import AppealOutcome, AppealReason

Answer = TypeVar("Answer")
_SIGNATURES_PER_REQUEST = 4_096
_UPLOADS_PER_REQUEST = 256


@dataclass(frozen=True, slots=True)
class Call(Generic[Answer]):
    """One request, and how its answer is read."""

    method: str
    path: str
    read: Callable[[Any], Answer]  # from JSON; a KeyError, TypeError or ValueError: not ours
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str | int | float] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def nothing(_: object) -> None:
    """Read an answer that says nothing."""


def repeatable() -> dict[str, str]:
    """A fresh idempotency key: the request, sent again, has one effect."""
    return {"Idempotency-Key": secrets.token_urlsafe(16)}


def match(uploads: Sequence[Upload], *, sweep_id: str | None = None) -> Call[list[MatchAnswer]]:
    """Ask about uploads, within the limits of one request."""
    body: dict[str, Any] = {"items": [upload.body() for upload in uploads]}
    if sweep_id is not None:
        body["sweep_id"] = sweep_id
    return Call(
        "POST", "/v1/matches", lambda told: [answer_of(item) for item in told["items"]], body
    )


def requests_of(uploads: Sequence[Upload]) -> Iterator[list[Upload]]:
    """Uploads in their order, as many to a request as its limits allow."""
    request: list[Upload] = []
    signatures = 0
    for upload in uploads:
        signatures += len(upload.signatures)
        full = len(request) == _UPLOADS_PER_REQUEST
        if request and (full or signatures > _SIGNATURES_PER_REQUEST):
            yield request
            request, signatures = [], len(upload.signatures)
        request.append(upload)
    if request:
        yield request


def matches(wanted: MatchFilter, cursor: str | None, *, limit: int) -> Call[MatchesPage]:
    """A page of the platform's own matches."""
    query = wanted.query() | {"limit": limit} | ({"cursor": cursor} if cursor else {})
    return Call("GET", "/v1/matches", MatchesPage.of, query=query)


def one_match(match_id: str) -> Call[OwnMatch]:
    """One of the platform's own matches."""
    return Call("GET", f"/v1/matches/{match_id}", match_of)


def decide(match_id: str, decision: NewDecision) -> Call[OwnMatch]:
    """Tell what was decided."""
    path = f"/v1/matches/{match_id}/decision"
    return Call("POST", path, match_of, decision.body(), headers=repeatable())


def notice(
    match_id: str, regime: str, received_at: datetime, elements: Sequence[str]
) -> Call[Notice]:
    """Keep a notice that reached the platform."""
    body = {"regime": regime, "received_at": received_at.isoformat(), "elements": list(elements)}
    return Call("POST", f"/v1/matches/{match_id}/notices", Notice.of, body)


def changes(cursor: str | None, *, limit: int, wait_seconds: float) -> Call[ChangesPage]:
    """A stretch of the feed."""
    query: dict[str, str | int | float] = {"limit": limit, "wait": wait_seconds}
    return Call(
        "GET", "/v1/changes", ChangesPage.of, query=query | ({"cursor": cursor} if cursor else {})
    )


def acknowledge(cursor: str) -> Call[None]:
    """Say that everything up to a cursor is done."""
    return Call("POST", "/v1/changes/ack", nothing, {"cursor": cursor})


def appeal(
    match_id: str, outcome: AppealOutcome, reason: AppealReason, decided_at: datetime
) -> Call[Appeal]:
    """Tell how an uploader's appeal was judged."""
    body = {
        "match_id": match_id,
        "outcome": outcome,
        "reason": reason,
        "decided_at": decided_at.isoformat(),
    }
    return Call("POST", "/v1/appeals", Appeal.of, body, headers=repeatable())


def sweeps(cursor: str | None, *, limit: int) -> Call[tuple[list[Sweep], str | None]]:
    """A page of the platform's sweeps, and where the next one begins."""
    query: dict[str, str | int | float] = {"limit": limit}
    return Call(
        "GET", "/v1/sweeps", _sweeps_of, query=query | ({"cursor": cursor} if cursor else {})
    )


def sweep_receipt(sweep_id: str, receipt: SweepReceipt) -> Call[None]:
    """Say what a look back found."""
    return Call("POST", f"/v1/sweeps/{sweep_id}/receipt", nothing, receipt.body())


def statistics(period: str) -> Call[Mapping[str, Any]]:
    """The public figures of a month such as 2026-11."""
    return Call("GET", "/v1/reports/transparency", dict, query={"period": period})


def _sweeps_of(told: Mapping[str, Any]) -> tuple[list[Sweep], str | None]:
    return [Sweep.of(item) for item in told["items"]], told["next_cursor"]

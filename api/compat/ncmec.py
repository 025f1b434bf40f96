"""A list as NCMEC's clients read it, and what they say of its entries."""

import re
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from starlette.concurrency import run_in_threadpool

from api.compat import ncmec_xml
from api.compat.callers import holding, paced
from api.compat.mappings import AFFIRMATIVE, NEGATIVE, Wish
from api.compat.ncmec_xml import XmlRefusedError
from api.compat.refusals import CompatRoute, RefusedHereError
from api.dependencies import Services, ServicesDep
from api.document import REFUSALS, answering
from api.security.api_keys import Caller, PresentedKey
from api.security.errors import KeyInvalidError
from api.security.scopes import Scope
from api.services.lists import Window
from hashsvc.closed_sets import Decision
from hashsvc.times import now
from indexer.platform_records import NewDecision
from indexer.store.list_streams import seconds_of

router = APIRouter(
    prefix="/compat/ncmec/v2", tags=["compat"], route_class=CompatRoute, responses=REFUSALS
)
_XML = answering(ncmec_xml.MEDIA_TYPE)
_PAGE = 10_000  # a window of one second holds fewer, so that it is always one page
_NEXT_SIZE = 1_000  # what clients expect to see
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z")
_basic = HTTPBasic(auto_error=False, description="User: the key's id. Password: the whole key.")


def _caller(
    services: ServicesDep, sent: Annotated[HTTPBasicCredentials | None, Depends(_basic)]
) -> Caller:
    if sent is None:
        raise KeyInvalidError
    caller = services.platforms.caller(PresentedKey.parse(sent.password), at=now())
    if caller.key_id != sent.username:
        raise KeyInvalidError
    return caller


def _reader(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
    return holding(caller, Scope.LISTS_READ)


def _voter(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
    return holding(caller, Scope.DECISIONS_WRITE)


Reader = Annotated[Caller, Depends(_reader)]
Voter = Annotated[Caller, Depends(_voter)]


@router.get("/status", response_class=Response, responses=_XML)
def read_status(caller: Reader) -> Response:
    """Who asks, in NCMEC's words."""
    platform = caller.platform
    return _xml(ncmec_xml.status(platform.platform_id, platform.name))


@router.get("/members", response_class=Response, responses=_XML)
def read_members(caller: Reader, services: ServicesDep) -> Response:
    """The banks that the caller may read, as members."""
    lists = services.lists
    return _xml(ncmec_xml.members(lists.mine(caller), source=lists.source_name))


@router.get("/feedback/PDQ/reasons", response_class=Response, responses=_XML)
def read_reasons(_caller: Reader) -> Response:
    """Why a client may speak against an entry."""
    return _xml(ncmec_xml.reasons())


@router.get("/entries", response_class=Response, responses=_XML)
def read_entries(
    caller: Reader,
    services: ServicesDep,
    begin: Annotated[str, Query(alias="from", max_length=40)] = "1970-01-01T00:00:00Z",
    end: Annotated[str | None, Query(alias="to", max_length=40)] = None,
    start: Annotated[int, Query(ge=0, lt=2**63, description="Where a page before ended.")] = 0,
) -> Response:
    """What was published in a window of time, `from` excluded and `to` included."""
    at = now()
    until = seconds_of(at) if end is None else _second(end)
    if until > seconds_of(at):
        # pytx writes local times as if they were UTC: east of it, it would miss changes for ever.
        raise RefusedHereError(400, "`to` lies ahead: set TZ=UTC and check this machine's clock.")
    window = Window(_second(begin), until, start, _PAGE, "ncmec")
    with paced(services, caller):
        handed = services.lists.read_window(caller, window, at=at)
    following = None
    if handed.page.more:
        place = {"start": handed.page.last_pos, "size": _NEXT_SIZE, "max": handed.head.pos}
        times = {"from": ncmec_xml.time_text(window.start), "to": ncmec_xml.time_text(until)}
        following = f"/v2/entries?{urlencode(times | place)}"
    source = services.lists.source_name
    return _xml(ncmec_xml.entries(handed, source=source, next_page=following))


@router.put("/entries/{member}/{entry}/PDQ/feedback", response_class=Response, responses=_XML)
async def give_feedback(
    member: Annotated[int, Path(ge=0)],  # noqa: ARG001  # the entry's id says it already
    entry: Annotated[str, Path(max_length=64)],
    request: Request,
    caller: Voter,
    services: ServicesDep,
) -> Response:
    """Say what was decided about an entry: `affirmative`, or `negative` with a reason."""
    try:
        feedback = ncmec_xml.read_feedback(await request.body())
    except XmlRefusedError as error:
        raise RefusedHereError(400, str(XmlRefusedError.__doc__)) from error
    wish = _wish(feedback)
    await run_in_threadpool(_tell, services, caller, entry, wish)
    return _xml(ncmec_xml.accepted())


def _tell(services: Services, caller: Caller, entry: str, wish: Wish) -> None:
    pdq = services.lists.hash_of(caller, entry)
    if pdq is not None:
        at = now()
        new = NewDecision(wish.decision, wish.reason, automated=wish.automated, decided_at=at)
        services.list_feedback.tell(caller, pdq, new, at=at)


def _wish(feedback: ncmec_xml.Feedback) -> Wish:
    if {"affirmative", "negative"} <= feedback.names:
        raise RefusedHereError(400, "Feedback is for or against, not both.")
    if "affirmative" in feedback.names:
        return AFFIRMATIVE
    known = [NEGATIVE[guid] for guid in feedback.guids if guid in NEGATIVE]
    if "negative" not in feedback.names or not known:
        raise RefusedHereError(400, "Feedback is `affirmative`, or `negative` with a known reason.")
    return Wish(Decision.KEPT, known[0])


def _second(text: str) -> int:
    """Seconds since 1970, 0 or more; fractions are cut off."""
    form = _TIME.fullmatch(text)
    if form is None:
        raise RefusedHereError(400, "Times are written as 2026-11-22T00:55:00Z.")
    try:
        at = datetime.strptime(form[1], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise RefusedHereError(400, "There is no such time.") from error
    return max(0, seconds_of(at))


def _xml(body: bytes) -> Response:
    return Response(body, media_type=ncmec_xml.MEDIA_TYPE)

"""Decide about one match or a selection, and undo it for ten seconds."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.console.choices import decision_of
from api.console.console import ConsoleDep
from api.console.filters import ListFilter
from api.console.forms import FormDep
from api.console.moderators import Deciding
from api.console.refusals import ConsoleRoute
from api.console.words import Said
from api.services.errors import FormUnfitError
from hashsvc.times import now
from indexer.records import MatchId

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)
_LARGEST_ID = 2**63 - 1


@router.post("/decisions")
def decide(console: ConsoleDep, moderator: Deciding, form: FormDep) -> Response:
    """Keep a decision about everything that was chosen; it is sent in ten seconds."""
    at, asked = now(), ListFilter.to_return_to(form.one("back"))
    match_ids = [MatchId(text) for text in form.every("match")]
    if not match_ids:
        raise FormUnfitError
    console.held.hold(moderator.caller, match_ids, decision_of(form, at=at), at=at)
    return _back(asked, Said.HELD)


@router.post("/undo")
def undo(console: ConsoleDep, moderator: Deciding, form: FormDep) -> Response:
    """Forget what was decided, unless it has been sent."""
    asked = ListFilter.to_return_to(form.one("back"))
    undone = console.held.undo(moderator.caller, [_held_id(text) for text in form.every("held")])
    return _back(asked, Said.UNDONE if undone else Said.LATE)


def _held_id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= _LARGEST_ID):
        raise FormUnfitError
    return int(text[:20])


def _back(asked: ListFilter, said: Said) -> Response:
    query = asked.query(cursor=asked.cursor)
    return RedirectResponse(f"/console?{query}&said={said}#list", 303)

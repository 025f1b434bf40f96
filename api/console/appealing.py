"""Tell how an uploader's appeal was judged; it counts at once, and once."""

import re

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.console.console import ConsoleDep
from api.console.filters import ListFilter
from api.console.forms import Form, FormDep
from api.console.moderators import Judging
from api.console.refusals import ConsoleRoute
from api.console.words import Said
from api.dependencies import MatchIdPath
from api.security.crockford import random_id
from api.services.appeals import Judged
from api.services.errors import FormUnfitError, KeyReusedError
from api.services.idempotency import Once
from hashsvc.closed_sets import AppealOutcome, AppealReason
from hashsvc.times import now
from indexer.records import MatchId
from indexer.store.appeals import NewAppeal

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)
_ONCE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@router.post("/matches/{match_id}/appeals")
def judge(
    match_id: MatchIdPath, console: ConsoleDep, moderator: Judging, form: FormDep
) -> Response:
    """Keep an appeal; the same form sent again has no further effect and the same answer."""
    asked = ListFilter.to_return_to(form.one("back"))
    new, once = _appeal(form, match_id), _once(form, match_id)
    try:
        answered = console.services.appeals.judge(
            moderator.caller,
            new,
            once=once,
            write=lambda judged: _said(new.outcome, judged).value,
            at=new.decided_at,
        )
        said = Said(answered.text)
    except KeyReusedError:
        said = Said.JUDGED_BEFORE
    query = asked.query(cursor=asked.cursor)
    return RedirectResponse(f"/console/matches/{match_id}?{query}&said={said}", 303)


def _appeal(form: Form, match_id: MatchId) -> NewAppeal:
    try:
        outcome, reason = AppealOutcome(form.one("outcome")), AppealReason(form.one("reason"))
    except ValueError as error:
        raise FormUnfitError from error
    return NewAppeal(random_id("app_"), match_id, outcome, reason, decided_at=now())


def _once(form: Form, match_id: MatchId) -> Once:
    """What tells this form from another: each page that is shown holds a new one."""
    key = form.one("once")
    if not _ONCE.fullmatch(key):
        raise FormUnfitError
    content = f"{match_id}\n{form.one('outcome')}\n{form.one('reason')}"
    return Once("console-appeal", key, content)


def _said(outcome: AppealOutcome, judged: Judged) -> Said:
    if outcome is AppealOutcome.REJECTED:
        return Said.REJECTED
    return Said.UPHELD if judged.stopped else Said.UPHELD_BEFORE

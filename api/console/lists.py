"""The list of matches, and one match with its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.console.batches import batches_of
from api.console.console import ConsoleDep
from api.console.filters import Asked
from api.console.links import viewer_link
from api.console.moderators import Reading
from api.console.pages import page
from api.console.refusals import ConsoleRoute
from api.console.words import Said, time_left
from api.dependencies import MatchIdPath
from api.security.crockford import random_id
from hashsvc.times import now
from indexer.console_records import HeldDecision
from indexer.platform_records import MatchView
from indexer.records import MatchId

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)
_ROWS = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A match as a line of the list."""

    view: MatchView
    link: str | None  # to the platform's own viewer
    left: str  # of the soonest clock, in words
    is_overdue: bool
    held: HeldDecision | None  # what was decided a moment ago

    @classmethod
    def of(
        cls,
        view: MatchView,
        template: str | None,
        waiting: Mapping[MatchId, HeldDecision],
        *,
        at: datetime,
    ) -> "Row":
        """A match at the time of looking."""
        return cls(
            view,
            link=viewer_link(template, view.ref),
            left=time_left(view.due_at, at=at),
            is_overdue=view.due_at is not None and view.due_at <= at,
            held=waiting.get(view.match_id),
        )


@router.get("")
def show_list(
    console: ConsoleDep,
    moderator: Reading,
    asked: Asked,
    said: Annotated[Said | None, Query()] = None,
) -> Response:
    """A page of the platform's matches, the soonest clock first."""
    at, caller = now(), moderator.caller
    found = console.services.match_lists.page(
        caller, asked.wanted(at=at), cursor=asked.cursor, limit=_ROWS
    )
    held = console.held.waiting(caller)
    waiting = _by_match(held)
    template = console.services.policies.of(caller).link_template
    return page(
        "list.html",
        moderator=moderator,
        asked=asked,
        here=asked.query(cursor=asked.cursor),
        next_page=asked.query(cursor=found.next_cursor) if found.next_cursor else None,
        rows=[Row.of(view, template, waiting, at=at) for view in found.views],
        batches=batches_of(held),
        said=said,
    )


@router.get("/matches/{match_id}")
def show_match(
    match_id: MatchIdPath,
    console: ConsoleDep,
    moderator: Reading,
    asked: Asked,
    said: Annotated[Said | None, Query()] = None,
) -> Response:
    """One match: clocks, notices, decisions and appeals. `asked` is the list to return to."""
    at, caller = now(), moderator.caller
    file = console.services.decisions.file(caller, match_id, at=at)
    held = [one for one in console.held.waiting(caller) if one.match_id == match_id]
    rules = console.services.policies.of(caller)
    regimes = console.services.decisions.regimes.with_custom(rules.custom_hours)
    return page(
        "match.html",
        moderator=moderator,
        file=file,
        appeals=console.services.appeals.past(caller, match_id),
        once=random_id("form_"),
        said=said,
        row=Row.of(file.view, rules.link_template, _by_match(held), at=at),
        batches=batches_of(held),
        titles={name: regime.title for name, regime in regimes.by_name.items()},
        here=asked.query(cursor=asked.cursor),
        at=at,
    )


def _by_match(held: list[HeldDecision]) -> Mapping[MatchId, HeldDecision]:
    """The newest for each match."""
    return {one.match_id: one for one in reversed(held)}

"""What a platform reads of its matches, and tells about them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.dependencies import (
    DecidingCaller,
    MatchIdPath,
    PageCursor,
    ReadingCaller,
    RepeatKey,
    ServicesDep,
)
from api.routes.answers import response_of
from api.schemas.decisions import (
    DecisionIn,
    MatchLine,
    MatchOut,
    MatchPageOut,
    NoticeIn,
    NoticeOut,
    PauseIn,
)
from api.services.decisions import MatchFile
from api.services.idempotency import Once
from hashsvc import Tier
from hashsvc.closed_sets import MatchState, Surface
from hashsvc.times import now
from indexer.platform_records import MatchFilter

router = APIRouter(prefix="/v1/matches", tags=["matches"])
Limit = Annotated[int, Query(ge=1, le=1_000, description="At most so many items.")]


@router.get("")
def list_matches(  # filters, each a parameter of the query
    caller: ReadingCaller,
    services: ServicesDep,
    state: MatchState | None = None,
    tier: Tier | None = None,
    surface: Surface | None = None,
    cursor: PageCursor = None,
    limit: Limit = 100,
) -> MatchPageOut:
    """The platform's matches, the soonest clock first."""
    states = () if state is None else (state,)
    wanted = MatchFilter(states=states, tier=tier, surface=surface)
    page = services.match_lists.page(caller, wanted, cursor=cursor, limit=limit)
    return MatchPageOut(
        items=[MatchLine.of(view) for view in page.views], next_cursor=page.next_cursor
    )


@router.get("/{match_id}")
def read_match(match_id: MatchIdPath, caller: ReadingCaller, services: ServicesDep) -> MatchOut:
    """A match with its clocks and everything that was decided about it."""
    return MatchOut.of_file(services.decisions.file(caller, match_id, at=now()))


@router.post("/{match_id}/decision", response_model=MatchOut)
def decide(
    match_id: MatchIdPath,
    wish: DecisionIn,
    caller: DecidingCaller,
    services: ServicesDep,
    repeat_key: RepeatKey,
) -> Response:
    """Tell what was decided about a match; telling again changes one's mind.

    Clocks, the listed signature, the survivor's status and other platforms' feeds follow.
    """
    once = Once("decide", repeat_key, f"{match_id}\n{wish.model_dump_json()}")
    answered = services.decisions.decide(
        caller, match_id, wish.value(), once=once, write=_written, at=now()
    )
    return response_of(answered)


@router.post("/{match_id}/notices", status_code=201)
def keep_notice(
    match_id: MatchIdPath, notice: NoticeIn, caller: DecidingCaller, services: ServicesDep
) -> NoticeOut:
    """Keep a notice that reached the platform; a valid one starts the clock of its regime."""
    kept = services.decisions.notice(
        caller,
        match_id,
        notice.regime,
        notice.elements,
        received_at=notice.received_at,
        at=now(),
    )
    return NoticeOut.of(kept)


@router.post("/{match_id}/clocks/{regime}/pause")
def pause_clock(
    match_id: MatchIdPath,
    regime: str,
    wish: PauseIn,
    caller: DecidingCaller,
    services: ServicesDep,
) -> MatchOut:
    """Pause a clock whose regime allows it."""
    paused = services.decisions.pause(caller, match_id, regime, why=wish.why, at=now())
    return MatchOut.of_file(paused)


@router.post("/{match_id}/clocks/{regime}/resume")
def resume_clock(
    match_id: MatchIdPath, regime: str, caller: DecidingCaller, services: ServicesDep
) -> MatchOut:
    """Let a paused clock go on; its due time moves by as long as it stood."""
    return MatchOut.of_file(services.decisions.resume(caller, match_id, regime, at=now()))


def _written(file: MatchFile) -> str:
    return MatchOut.of_file(file).model_dump_json()

"""What a platform must hear, and its word that it heard."""

import asyncio
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from api.dependencies import FollowingCaller, PageCursor, ServicesDep
from api.schemas.changes import Acknowledgement, ChangesOut
from hashsvc.times import now

router = APIRouter(prefix="/v1/changes", tags=["changes"])
_LOOK_SECONDS = 0.5
Limit = Annotated[int, Query(ge=1, le=1_000, description="At most so many items.")]
Wait = Annotated[
    float, Query(ge=0, le=30, description="Seconds to wait where there is nothing yet.")
]


@router.get("")
async def read_changes(
    caller: FollowingCaller,
    services: ServicesDep,
    cursor: PageCursor = None,
    limit: Limit = 100,
    wait: Wait = 0,
) -> ChangesOut:
    """Everything after a cursor, in order and without a gap; without one, from the beginning."""
    until = monotonic() + wait
    while True:
        page = await run_in_threadpool(services.feeds.page, caller, cursor, limit=limit)
        if page.entries or monotonic() >= until:
            return ChangesOut.of(page)
        await asyncio.sleep(min(_LOOK_SECONDS, max(0, until - monotonic())))


@router.post("/ack", status_code=204)
def acknowledge(
    acknowledgement: Acknowledgement, caller: FollowingCaller, services: ServicesDep
) -> None:
    """Say that everything up to a cursor is done: what was withdrawn is dropped."""
    services.feeds.acknowledge(caller, acknowledgement.cursor, at=now())

"""What a platform calls for each upload."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from api.dependencies import KeyBearer, MatchCaller, MinIndexSeq, Services, ServicesDep
from api.direct import direct_route, header, posted
from api.schemas.matching import Answers, Question
from api.schemas.rate_fields import rate_fields
from api.security.rate_limits import Lane
from api.security.scopes import Scope
from api.services.coverage import Coverage
from api.services.matching import Found, Upload
from hashsvc.times import now

_KEY = KeyBearer(Scope.MATCHES_WRITE)
_MIN_INDEX_SEQ: TypeAdapter[int | None] = TypeAdapter(MinIndexSeq)
# A thread costs 0.2 ms of CPU, more than searching a few signatures does; but whatever is searched
# without one keeps every other request waiting.
_SMALL_SIGNATURES = 16
_INLINE_SECONDS = 0.005
_SLICE_SIGNATURES = 64


async def ask(
    question: Annotated[Question, Body()],
    caller: MatchCaller,
    services: ServicesDep,
    min_index_seq: MinIndexSeq = None,
) -> Response:
    """Ask whether uploads resemble reported photos; the strongest answer is `review`."""
    matching, metrics, size = services.matching, services.metrics, question.signature_count()
    small = size <= _SMALL_SIGNATURES
    inline = small and matching.seconds_for(size) <= _INLINE_SECONDS
    listed_since, lane = 0, Lane.SIGNATURES
    if question.sweep_id is not None:
        sweeps, lane = services.sweeps, Lane.SWEEP
        listed_since = await run_in_threadpool(sweeps.listed_since, caller, question.sweep_id)
    asking = services.limits.asking(caller.kept, size, lane=lane, at=now())
    timing = (metrics.small_match_seconds if small else metrics.large_match_seconds).time()
    with asking as quotas, timing:
        covered = Coverage(matching.sequence())
        if min_index_seq is not None and min_index_seq > covered.seq:
            covered = await run_in_threadpool(matching.covering, min_index_seq)
        uploads = [item.upload() for item in question.items]
        if inline:
            found = matching.find(uploads, covered.newer)
        else:
            found = await _found(uploads, services, covered)
        if matching.touches_store(found, caller):
            confirm = partial(matching.confirm, found, caller, at=now(), listed_since=listed_since)
            answers = await run_in_threadpool(confirm)
        else:
            answers = matching.misses(found, caller, at=now())
    services.floods.questions.count(caller.platform.platform_id, len(uploads), at=now())
    detail = Scope.MATCHES_DETAIL in caller.scopes
    return Response(
        Answers.written(covered.seq, answers, with_detail=detail),
        headers={"Index-Seq": str(covered.seq), **rate_fields(quotas)},
        media_type="application/json",
    )


async def _asked(request: Request) -> Response:
    """`ask`, with its arguments."""
    return await ask(
        caller=await _KEY(request),
        question=posted(request, Question),
        services=request.app.state.services,
        min_index_seq=header(request, "min-index-seq", _MIN_INDEX_SEQ),
    )


def add_route(router: APIRouter) -> None:
    """Let `ask` be asked: at the top, for each router below costs a question 10 us."""
    router.add_api_route(
        "/v1/matches",
        ask,
        methods=["POST"],
        tags=["matches"],
        response_model=Answers,
        route_class_override=direct_route(_asked),
    )


async def _found(uploads: Sequence[Upload], services: Services, covered: Coverage) -> list[Found]:
    """Search outside of the event loop, in slices between which others have their turn."""
    found: list[Found] = []
    for some in slices(uploads):
        async with services.searching:
            found += await run_in_threadpool(services.matching.find, some, covered.newer)
    return found


def slices(uploads: Iterable[Upload], *, most: int = _SLICE_SIGNATURES) -> Iterator[list[Upload]]:
    """The uploads in their order, together by no more than so many signatures where they can be."""
    some: list[Upload] = []
    size = 0
    for upload in uploads:
        if some and size + len(upload.signatures) > most:
            yield some
            some, size = [], 0
        some.append(upload)
        size += len(upload.signatures)
    if some:
        yield some

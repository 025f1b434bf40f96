"""What routes ask for, as annotated types: who calls, and which services answer."""

from asyncio import Semaphore, get_running_loop
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request, Response
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.concurrency import run_in_threadpool

from api.metrics import Metrics
from api.schemas.rate_fields import rate_fields
from api.security.api_keys import Caller, PresentedKey
from api.security.errors import KeyInvalidError, ScopeMissingError, SecurityError
from api.security.message_signatures import SentRequest
from api.security.rate_limits import Lane, RateLimits
from api.security.scopes import Scope
from api.security.webhook_signatures import WebhookSigner
from api.security.work import SOLUTION
from api.services.admission import Admission, Presented
from api.services.appeals import AppealService
from api.services.cases import CaseService
from api.services.cursors import MAX_CHARACTERS
from api.services.decisions import DecisionService
from api.services.errors import IdempotencyKeyMissingError
from api.services.feeds import FeedService
from api.services.floods import FloodService
from api.services.hash_lookups import HashLookups
from api.services.list_feedback import ListFeedback
from api.services.lists import ListService
from api.services.match_lists import MatchLists
from api.services.matching import MatchingService
from api.services.platform_policies import PolicyService
from api.services.platforms import PlatformService
from api.services.statistics import StatisticsService
from api.services.submissions import Submissions
from api.services.sweeps import SweepService
from api.services.waiting_figures import WaitingFigures
from api.services.webhooks import WebhookService
from hashsvc.times import now
from indexer.errors import IndexerError
from indexer.records import MatchId


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that routes call."""

    admission: Admission
    cases: CaseService
    matching: MatchingService
    hash_lookups: HashLookups
    match_lists: MatchLists
    decisions: DecisionService
    feeds: FeedService
    floods: FloodService
    policies: PolicyService
    platforms: PlatformService
    lists: ListService
    statistics: StatisticsService
    appeals: AppealService
    sweeps: SweepService
    webhooks: WebhookService
    signer: WebhookSigner
    waiting: WaitingFigures
    require_audit: Callable[[], None]  # raises where the audit streams are not what was signed
    metrics: Metrics
    limits: RateLimits
    public_url: str | None  # under which clients reach the service; None: as they say themselves
    # One search at a time beside the event loop: several cost more each, for they share the caches.
    searching: Semaphore = field(default_factory=Semaphore)

    @property
    def submissions(self) -> Submissions:
        """Takes what platforms list themselves."""
        cases = self.cases
        return Submissions(cases.store, cases.intake, self.platforms.pepper, cases.changed)

    @property
    def list_feedback(self) -> ListFeedback:
        """Takes what recipients of lists decided."""
        return ListFeedback(self.matching, self.decisions, self.platforms.pepper)


# Asynchronous, all of these: FastAPI hands plain functions to a thread, at 0.2 ms each.
async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]


class KeyBearer(SecurityBase):
    """Who calls, by the API key that came along.

    One dependency: FastAPI works out each of a chain anew for each request, at 20 us apiece.
    """

    model = HTTPBearer(description="An API key: `hsk_live_...`")
    scheme_name = "HTTPBearer"

    def __init__(self, scope: Scope | None = None) -> None:
        """Take keys with this scope alone; None: every key."""
        self._scope = scope

    async def __call__(self, request: Request) -> Caller:
        """The holder of the key.

        Raises:
            KeyInvalidError: there is none, or it is not good.
            SignatureInvalidError: it must sign, and did not.
            ScopeMissingError: it may not do this.
        """
        caller = await _caller(request, request.app.state.services)
        if self._scope is not None and self._scope not in caller.scopes:
            raise ScopeMissingError
        return caller


async def _caller(request: Request, services: Services) -> Caller:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise KeyInvalidError
    presented = PresentedKey.parse(key)
    platforms = services.platforms
    renew = partial(_renew, platforms, presented)
    remembered = platforms.remembered_caller(presented, at=now(), renew=renew)
    if remembered is not None:
        return remembered
    signable = _signable(request, services.public_url)
    return await run_in_threadpool(platforms.caller, presented, at=now(), request=signable)


def _renew(platforms: PlatformService, presented: PresentedKey) -> None:
    """Read a key while its request goes on; what is found counts for those that come after."""

    def renew() -> None:
        with suppress(SecurityError, IndexerError):  # they will read it themselves, and be told
            platforms.caller(presented, at=now())

    get_running_loop().run_in_executor(None, renew)


def _signable(request: Request, public_url: str | None) -> SentRequest:
    origin = public_url or f"{request.url.scheme}://{request.url.netloc}"
    target = request.scope["raw_path"].decode("ascii", "replace")
    query = request.scope["query_string"].decode("ascii", "replace")
    return SentRequest(
        method=request.method,
        url=f"{origin}{target}?{query}" if query else f"{origin}{target}",
        headers=request.headers,
        body=request.scope["hashsvc_body"],
    )


MatchCaller = Annotated[Caller, Depends(KeyBearer(Scope.MATCHES_WRITE))]
ReadingCaller = Annotated[Caller, Depends(KeyBearer(Scope.MATCHES_READ))]
DecidingCaller = Annotated[Caller, Depends(KeyBearer(Scope.DECISIONS_WRITE))]
FollowingCaller = Annotated[Caller, Depends(KeyBearer(Scope.CHANGES_READ))]
OwnFiguresCaller = Annotated[Caller, Depends(KeyBearer(Scope.REPORTS_READ))]
AppealCaller = Annotated[Caller, Depends(KeyBearer(Scope.APPEALS_WRITE))]
SweepCaller = Annotated[Caller, Depends(KeyBearer(Scope.SWEEPS_WRITE))]
WebhookCaller = Annotated[Caller, Depends(KeyBearer(Scope.WEBHOOKS_WRITE))]
PolicyCaller = Annotated[Caller, Depends(KeyBearer(Scope.POLICY_WRITE))]
ListCaller = Annotated[Caller, Depends(KeyBearer(Scope.LISTS_READ))]


async def _managing(
    caller: Annotated[Caller, Depends(KeyBearer(Scope.KEYS_MANAGE))],
    services: ServicesDep,
    response: Response,
) -> AsyncIterator[Caller]:
    with services.limits.asking(caller.kept, 1, lane=Lane.MANAGEMENT, at=now()) as quotas:
        response.headers.update(rate_fields(quotas))
        yield caller


KeyManagingCaller = Annotated[Caller, Depends(_managing)]
AnyCaller = Annotated[Caller, Depends(KeyBearer())]
MinIndexSeq = Annotated[
    int | None,
    Header(
        ge=0,
        lt=2**63,
        description="`Index-Seq` of an earlier answer: this one covers that change too, or is 503.",
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern=r"^[A-Za-z0-9_-]{16,64}$",
        description="Random; the same key with the same request opens one case, however often.",
    ),
]


async def _presented(
    request: Request,
    idempotency_key: IdempotencyKey = None,
    work: Annotated[
        str | None,
        Header(
            pattern=SOLUTION,
            description="After 429 `work-needed`: its challenge, a point, and 4 bytes in "
            "hexadecimal digits with which the SHA-256 of both begins with so many zero bits.",
        ),
    ] = None,
) -> Presented:
    return Presented(request.client.host if request.client else None, idempotency_key, work)


PresentedDep = Annotated[Presented, Depends(_presented)]


async def _repeat_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=r"^[A-Za-z0-9_-]{1,64}$",
            description="The same key with the same request has one effect and one answer.",
        ),
    ] = None,
) -> str:
    if idempotency_key is None:
        raise IdempotencyKeyMissingError
    return idempotency_key


RepeatKey = Annotated[str, Depends(_repeat_key)]
PageCursor = Annotated[
    str | None,
    Query(min_length=1, max_length=MAX_CHARACTERS, description="`next_cursor` of the page before."),
]


async def _match_id(match_id: Annotated[str, Path(max_length=64)]) -> MatchId:
    return MatchId(match_id)


MatchIdPath = Annotated[MatchId, Depends(_match_id)]

"""What routes ask for, as annotated types: who calls, and which services answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from api.metrics import Metrics
from api.security.api_keys import Caller, PresentedKey
from api.security.errors import KeyInvalidError, ScopeMissingError
from api.security.scopes import Scope
from api.services.cases import CaseService
from api.services.matching import MatchingService
from api.services.platforms import PlatformService
from hashsvc.times import now


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that routes call."""

    cases: CaseService
    matching: MatchingService
    platforms: PlatformService
    metrics: Metrics


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]
_bearer = HTTPBearer(auto_error=False, description="An API key: `hsk_live_...`")


async def _caller(
    services: ServicesDep,
    sent: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller:
    if sent is None:
        raise KeyInvalidError
    presented = PresentedKey.parse(sent.credentials)
    if services.platforms.is_remembered(presented):
        return services.platforms.caller(presented, at=now())
    return await run_in_threadpool(services.platforms.caller, presented, at=now())


def _holding(scope: Scope) -> Callable[[Caller], Awaitable[Caller]]:
    async def holding(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
        if scope not in caller.scopes:
            raise ScopeMissingError
        return caller

    return holding


MatchCaller = Annotated[Caller, Depends(_holding(Scope.MATCHES_WRITE))]
ReadingCaller = Annotated[Caller, Depends(_holding(Scope.MATCHES_READ))]
DecidingCaller = Annotated[Caller, Depends(_holding(Scope.DECISIONS_WRITE))]
FollowingCaller = Annotated[Caller, Depends(_holding(Scope.CHANGES_READ))]
IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern=r"^[A-Za-z0-9_-]{16,64}$",
        description="Random; the same key with the same request opens one case, however often.",
    ),
]

"""Bad days for integrators to try their clients on; only sandboxes have them."""

import asyncio
import secrets
from dataclasses import dataclass
from enum import StrEnum

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem_response

_SLOW_SECONDS = 2.0
_RETRY_SECONDS = 1
_HEADER = "Sandbox-Chaos"
_SPARED = ("/healthz", "/readyz", "/metrics", "/openapi.json")


class Mishap(StrEnum):
    """What may happen to a request."""

    RATE_LIMITED = "429"
    OVERLOADED = "503"
    BEHIND = "behind"  # the index lost touch with the store
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    name: str
    detail: str


_REFUSALS = {
    Mishap.RATE_LIMITED: _Refusal(429, "rate-limited", "Too many requests: a mishap on purpose."),
    Mishap.OVERLOADED: _Refusal(503, "overloaded", "Too busy: a mishap on purpose."),
    Mishap.BEHIND: _Refusal(503, "index-behind", "The index is behind: a mishap on purpose."),
}


class SandboxChaos:
    """Lets mishaps happen to requests that ask for one, and to a share of all others."""

    def __init__(self, app: ASGIApp, *, share: float) -> None:
        """Wrap `app`.

        Args:
            app: what answers where nothing happens.
            share: of requests that something happens to, 0 to 1.
        """
        self._app = app
        self._share = share

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it for no good reason."""
        mishap = self._mishap(scope) if scope["type"] == "http" else None
        if mishap in _REFUSALS:
            refusal = _REFUSALS[mishap]
            answer = problem_response(
                refusal.status,
                refusal.name,
                refusal.detail,
                request_id=scope.get("hashsvc_request_id", ""),
                headers={"Retry-After": str(_RETRY_SECONDS)},
            )
            await answer(scope, receive, send)
            return
        if mishap is Mishap.SLOW:
            await asyncio.sleep(_SLOW_SECONDS)
        await self._app(scope, receive, send)

    def _mishap(self, scope: Scope) -> Mishap | None:
        wished = Headers(scope=scope).get(_HEADER)
        if wished in set(Mishap):
            return Mishap(wished)
        by_chance = secrets.randbelow(1_000) < 1_000 * self._share
        return secrets.choice(list(Mishap)) if by_chance and scope["path"] not in _SPARED else None

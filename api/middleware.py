"""Around every request: an id, a place, a body limit, headers, one count and one log line."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.crowding import BodyTooLargeError, Held, Places, TooSlowError
from api.metrics import Metrics
from api.problems import PROBLEMS, problem_response, unexpected_problem
from api.security.crockford import random_id
from api.security.errors import OverloadedError, SecurityError

_log = logging.getLogger("hashsvc.requests")
BODY_SECONDS = 20.0  # in which a body arrives whole
_RETRY_SECONDS = 1
_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains; preload"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Largest bodies, in bytes."""

    survivor: int
    platform: int

    def of(self, path: str) -> int:
        """The limit of a route; a survivor's requests are small."""
        return self.survivor if path.startswith("/v1/cases") else self.platform


class RequestMiddleware:
    """Wraps the application; holds no bodies, no addresses, no paths with parameters."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: BodyLimits,
        places: Places,
        metrics: Metrics,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        """Wrap `app`."""
        self._app = app
        self._limits = limits
        self._places = places
        self._body_seconds = body_seconds
        self._metrics = metrics
        self._untold: list[_Answer] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = random_id("req_", signs=16)
        scope["hashsvc_request_id"] = request_id
        answered = _Answered(send, request_id)
        started = perf_counter()
        # Once round the loop: sockets are read again before this is worked on. Else whoever asked
        # last in one round is read last in the next, and waits for two.
        await asyncio.sleep(0)
        try:
            await self._admitted(scope, receive, answered)
        except (OverloadedError, TooSlowError, BodyTooLargeError) as error:
            await _refusal(error, request_id)(scope, receive, answered)
        except Exception:  # noqa: BLE001  # whatever it was, the answer has our form
            # Starlette's own last handler stands outside of this one: its answer has no headers.
            _log.exception("request failed", extra={"request_id": request_id})
            if not answered.begun:
                await unexpected_problem(request_id)(scope, receive, answered)
        finally:
            self._tell_soon(scope, answered, perf_counter() - started)

    async def _admitted(self, scope: Scope, receive: Receive, send: "_Answered") -> None:
        """Let it in where there is a place for it, once its body is there.

        Errors of the application never come here: it answers them itself.
        """
        path = scope["path"]
        self._places.require_free(path)  # before anything is waited for
        with self._places.holding() as held:
            body = await self._read(receive, held, limit=self._limits.of(path))
            scope["hashsvc_body"] = body
            with self._places.taken(path):
                await self._app(scope, _replay(body, receive), send)

    async def _read(self, receive: Receive, held: Held, *, limit: int) -> bytes:
        try:
            async with asyncio.timeout(self._body_seconds):
                return await _read(receive, held, limit=limit)
        except TimeoutError as error:
            raise TooSlowError from error

    def _tell_soon(self, scope: Scope, answered: "_Answered", seconds: float) -> None:
        if not self._untold:
            asyncio.get_running_loop().call_soon(self._tell)
        # The route's template, never the path: a path is what somebody typed.
        route = getattr(scope.get("route"), "path", "none")
        self._untold.append(_Answer(route, answered.status, seconds, answered.request_id))

    def _tell(self) -> None:
        """Tell of all that were answered in this round: together they cost half."""
        untold, self._untold = self._untold, []
        for one in untold:
            self._metrics.requests.labels(one.route, str(one.status)).inc()
            _log.info(
                "request",
                extra={
                    "route": one.route,
                    "status": one.status,
                    "duration_ms": round(one.seconds * 1000, 1),
                    "request_id": one.request_id,
                },
            )


class _Answer(NamedTuple):
    """What is told of a request."""

    route: str
    status: int
    seconds: float
    request_id: str


class _Answered:
    """Passes an answer on with our headers, and remembers its status."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self.request_id = request_id
        self.status = 500
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun, self.status = True, message["status"]
            headers = message["headers"]  # the response's own, which may be sent again
            told = {name for name, _ in headers}
            ours = [header for header in _HEADERS if header[0] not in told]
            message["headers"] = [*headers, *ours, (b"request-id", self.request_id.encode())]
        await self._send(message)


def _refusal(error: SecurityError, request_id: str) -> Response:
    """The answer, after which nothing more of the request is read."""
    problem = PROBLEMS[type(error)]
    headers = {"Retry-After": str(_RETRY_SECONDS)} if problem.retry else {"Connection": "close"}
    detail = type(error).__doc__ or ""
    return problem_response(
        problem.status, problem.name, detail, request_id=request_id, headers=headers
    )


async def _read(receive: Receive, held: Held, *, limit: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLargeError: it is longer than `limit` bytes; the rest is not read.
        OverloadedError: all bodies together are too large.
    """
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        piece = message.get("body", b"")
        held.more(len(piece))
        body += piece
        more = message.get("more_body", False)
        if len(body) > limit:
            raise BodyTooLargeError
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the application the body that was read, then whatever comes after it."""
    waiting: list[Callable[[], Message]] = [
        lambda: {"type": "http.request", "body": body, "more_body": False}
    ]

    async def replay() -> Message:
        return waiting.pop()() if waiting else await receive()

    return replay

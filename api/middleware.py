"""Around every request: an id, a body limit, headers, one count and one log line."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import problem_response, unexpected_problem
from api.security.crockford import random_id

_log = logging.getLogger("hashsvc.requests")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
}


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

    def __init__(self, app: ASGIApp, *, limits: BodyLimits, metrics: Metrics) -> None:
        """Wrap `app`."""
        self._app = app
        self._limits = limits
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = random_id("req_", signs=16)
        scope["hashsvc_request_id"] = request_id
        answered = _Answered(send, request_id)
        started = perf_counter()
        try:
            await self._limited(scope, receive, answered)
        except Exception:  # noqa: BLE001  # whatever it was, the answer has our form
            # Starlette's own last handler stands outside of this one: its answer has no headers.
            _log.exception("request failed", extra={"request_id": request_id})
            if not answered.begun:
                await unexpected_problem(request_id)(scope, receive, answered)
        finally:
            self._tell(scope, answered, perf_counter() - started)

    async def _limited(self, scope: Scope, receive: Receive, send: "_Answered") -> None:
        body = await _read(receive, limit=self._limits.of(scope["path"]))
        if body is None:
            detail = "The request body is too large: send less at once."
            refusal = problem_response(413, "body-too-large", detail, request_id=send.request_id)
            await refusal(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    def _tell(self, scope: Scope, answered: "_Answered", seconds: float) -> None:
        # The route's template, never the path: a path is what somebody typed.
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.requests.labels(route, str(answered.status)).inc()
        _log.info(
            "request",
            extra={
                "route": route,
                "status": answered.status,
                "duration_ms": round(seconds * 1000, 1),
                "request_id": answered.request_id,
            },
        )


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
            headers = MutableHeaders(scope=message)
            headers["Request-Id"] = self.request_id
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


async def _read(receive: Receive, *, limit: int) -> bytes | None:
    """The whole body, or None as soon as it is longer than `limit` bytes."""
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return body
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            return None
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the application the body that was read, then whatever comes after it."""
    waiting: list[Callable[[], Message]] = [
        lambda: {"type": "http.request", "body": body, "more_body": False}
    ]

    async def replay() -> Message:
        return waiting.pop()() if waiting else await receive()

    return replay

"""One service over HTTP: retries, and its refusals as errors of ours; in a thread or in a loop."""

import asyncio
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from hashsvc.client.calls import Call
from hashsvc.errors import RefusedError, ServiceUnreachableError, WorkNeededError

TIMEOUT_SECONDS = 10.0
PAUSE_SECONDS = 0.5  # or what the service asks for
_TRIES = 4
_LONGEST_PAUSE_SECONDS = 10.0
_NO_ADDRESS = "This is no service's address: write it as https://example.org."
_NOT_THE_SERVICE = "This address does not answer like the service."
_UNREACHABLE = (
    "The service could not be reached: check the address and the network, then try again."
)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service is, who asks, and how patiently."""

    base_url: str  # https://..., without a path
    key: str | None = None  # an API key, for platforms
    timeout_seconds: float = TIMEOUT_SECONDS  # for each try
    pause_seconds: float = PAUSE_SECONDS  # after the first try; doubled after each further one

    def headers(self) -> dict[str, str]:
        """Sent with every request."""
        return {} if self.key is None else {"Authorization": f"Bearer {self.key}"}

    def pauses(self) -> Iterator[float | None]:
        """What to wait after each try that failed; None after the last."""
        for doubled in range(_TRIES - 1):
            # A little chance: a thousand clients do not come back at the same moment.
            yield self.pause_seconds * 2**doubled * _chance()
        yield None


class Connection:
    """Sends calls one after the other, in the calling thread."""

    def __init__(self, service: Service) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            ServiceUnreachableError: this is no address.
        """
        self._service = service
        try:
            self._http = httpx.Client(
                base_url=service.base_url,
                timeout=service.timeout_seconds,
                headers=service.headers(),
            )
        except httpx.InvalidURL as error:
            raise ServiceUnreachableError(_NO_ADDRESS) from error

    def __enter__(self) -> Self:
        """Use as a context: connections are closed at its end."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close connections."""
        self.close()

    def close(self) -> None:
        """Close connections."""
        self._http.close()

    def send(self, call: Call[Answer]) -> Answer:
        """Send, again where nothing or "not now" came back, and read the answer.

        Raises:
            RefusedError: the service refused.
            ServiceUnreachableError: it did not answer.
        """
        for pause in self._service.pauses():
            try:
                answer = self._http.request(**_request(call))
            except httpx.UnsupportedProtocol as error:
                raise ServiceUnreachableError(_NO_ADDRESS) from error
            except httpx.TransportError:
                time.sleep(pause or 0)
                continue
            wait = None if pause is None else _asked_wait(answer, pause)
            if wait is None:
                return _read(answer, call)
            time.sleep(wait)
        raise ServiceUnreachableError(_UNREACHABLE)


class AsyncConnection:
    """Sends calls without holding up the event loop."""

    def __init__(self, service: Service) -> None:
        """Prepare; nothing is sent yet.

        Raises:
            ServiceUnreachableError: this is no address.
        """
        self._service = service
        try:
            self._http = httpx.AsyncClient(
                base_url=service.base_url,
                timeout=service.timeout_seconds,
                headers=service.headers(),
            )
        except httpx.InvalidURL as error:
            raise ServiceUnreachableError(_NO_ADDRESS) from error

    async def __aenter__(self) -> Self:
        """Use as a context: connections are closed at its end."""
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close connections."""
        await self.close()

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()

    async def send(self, call: Call[Answer]) -> Answer:
        """Send, again where nothing or "not now" came back, and read the answer.

        Raises:
            RefusedError: the service refused.
            ServiceUnreachableError: it did not answer.
        """
        for pause in self._service.pauses():
            try:
                answer = await self._http.request(**_request(call))
            except httpx.UnsupportedProtocol as error:
                raise ServiceUnreachableError(_NO_ADDRESS) from error
            except httpx.TransportError:
                await asyncio.sleep(pause or 0)
                continue
            wait = None if pause is None else _asked_wait(answer, pause)
            if wait is None:
                return _read(answer, call)
            await asyncio.sleep(wait)
        raise ServiceUnreachableError(_UNREACHABLE)


def _chance() -> float:
    """Between 3/4 and 5/4."""
    return 0.75 + secrets.randbelow(501) / 1_000


def _request(call: Call[Any]) -> dict[str, Any]:
    return {
        "method": call.method,
        "url": call.path,
        "json": call.body,
        "params": dict(call.query),
        "headers": dict(call.headers),
    }


def _asked_wait(answer: httpx.Response, pause: float) -> float | None:
    """How long to wait before asking again; None: this answer stands."""
    asked = answer.headers.get("Retry-After", "")
    seconds = float(asked) if asked.isdecimal() else pause
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return min(seconds, _LONGEST_PAUSE_SECONDS)
    # Whoever was too quick waits; who is to wait for long, as after wrong PINs, is told so.
    too_quick = answer.status_code == httpx.codes.TOO_MANY_REQUESTS
    return seconds if too_quick and seconds <= _LONGEST_PAUSE_SECONDS else None


def _read(answer: httpx.Response, call: Call[Answer]) -> Answer:
    try:
        if answer.is_success:
            return call.read(answer.json() if answer.content else None)
        refusal = _refusal(answer.json(), answer.status_code)
    except (ValueError, KeyError, TypeError):
        refusal = RefusedError(_NOT_THE_SERVICE, status=answer.status_code, problem="unknown")
    raise refusal


def _refusal(body: Mapping[str, Any], status: int) -> RefusedError:
    detail, name = str(body["detail"]), str(body["type"]).rpartition("/")[2]
    if name == "work-needed":
        challenge, bits = str(body["work"]["challenge"]), int(body["work"]["bits"])
        return WorkNeededError(detail, status=status, challenge=challenge, bits=bits)
    return RefusedError(detail, status=status, problem=name)

"""One service over HTTP: retries, and its refusals as errors of ours."""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from hashsvc.errors import RefusedError, ServiceUnreachableError

TIMEOUT_SECONDS = 10.0
_TRIES = 4
PAUSE_SECONDS = 0.5  # or what the service asks for
_LONGEST_PAUSE_SECONDS = 10.0
_NO_ADDRESS = "This is no service's address: write it as https://example.org."
_NOT_THE_SERVICE = "This address does not answer like the service."


class Connection:
    """What survivors and platforms have in common: one service, retries, errors of ours."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            base_url: `https://...`, without a path.
            timeout_seconds: for each try.
            pause_seconds: after the first try that failed; doubled after each further one.

        Raises:
            ServiceUnreachableError: this is no address.
        """
        self._pauses = [pause_seconds * 2**doubled for doubled in range(_TRIES - 1)]
        try:
            self._http = httpx.Client(base_url=base_url, timeout=timeout_seconds)
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

    def authorise(self, key: str) -> None:
        """Send an API key with every request from now on."""
        self._http.headers["Authorization"] = f"Bearer {key}"

    def close(self) -> None:
        """Close connections."""
        self._http.close()

    def post(self, path: str, body: Mapping[str, Any], **headers: str) -> Any:  # noqa: ANN401  # JSON
        """Send, again where nothing or "not now" came back, and read the answer.

        Raises:
            RefusedError: the service refused.
            ServiceUnreachableError: it did not answer.
        """
        for pause in (*self._pauses, None):
            try:
                answer = self._http.post(path, json=body, headers=headers)
            except httpx.UnsupportedProtocol as error:
                raise ServiceUnreachableError(_NO_ADDRESS) from error
            except httpx.TransportError:
                time.sleep(pause or 0)
                continue
            if pause is None or answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return _read(answer)
            time.sleep(_asked_pause(answer, pause))
        raise ServiceUnreachableError(
            "The service could not be reached: check the address and the network, then try again."
        )


def _asked_pause(answer: httpx.Response, pause: float) -> float:
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_PAUSE_SECONDS) if asked.isdecimal() else pause


def _read(answer: httpx.Response) -> Any:  # noqa: ANN401  # JSON
    try:
        if answer.is_success:
            return answer.json() if answer.content else None
        body = answer.json()
        detail, name = str(body["detail"]), str(body["type"]).rpartition("/")[2]
    except (ValueError, KeyError, TypeError):
        detail, name = _NOT_THE_SERVICE, "unknown"
    raise RefusedError(detail, status=answer.status_code, problem=name)

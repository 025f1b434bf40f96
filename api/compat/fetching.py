"""Pages from another network's server: bounded, never redirected, asked for again where it helps.

Whatever the server sends is hostile until it was read. No message repeats it, nor a credential.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from time import monotonic, sleep
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

Page = TypeVar("Page")
WAITS = (1.0, 5.0, 25.0)  # seconds before the second try, the third, ...
_MOST_BYTES = 64 * 2**20  # of a page, unpacked
_MOST_SECONDS = 300.0  # for one page
_LONGEST_WAIT = 60.0  # that a server may ask for


class ListBrokenError(Exception):
    """A page of another network's list could not be had; what came before it is kept."""

    def __init__(self, why: str, *, again: bool = True, wait: float | None = None) -> None:
        """Say why.

        Args:
            why: the end of a sentence; nothing that the server sent.
            again: whether another try may help.
            wait: seconds that the server asked for.
        """
        super().__init__(f"The other server {why}.")
        self.again = again
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Fetching:
    """Asks one server."""

    client: httpx.Client
    waits: Sequence[float] = WAITS

    def page(
        self, url: str, parameters: Mapping[str, str | int] | None, read: Callable[[bytes], Page]
    ) -> Page:
        """Ask until a page can be read, or every wait is over.

        Args:
            url: where.
            parameters: None: they stand in `url`.
            read: raises `ListBrokenError` where it cannot read a body.

        Raises:
            ListBrokenError: the last try's.
        """
        for wait in (*self.waits, None):
            try:
                return read(self._body(url, parameters))
            except ListBrokenError as error:
                if wait is None or not error.again:
                    raise
                sleep(wait if error.wait is None else error.wait)
        raise AssertionError  # the last wait is None

    def _body(self, url: str, parameters: Mapping[str, str | int] | None) -> bytes:
        try:
            with self.client.stream("GET", url, params=parameters) as answer:
                _require_success(answer)
                return _bounded(answer)
        except (OSError, httpx.HTTPError, httpx.InvalidURL) as error:
            raise ListBrokenError("could not be reached, or broke off") from error


def open_client(
    *, headers: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
) -> httpx.Client:
    """A client that sends these credentials, to whom it is told to alone."""
    return httpx.Client(
        headers={"User-Agent": "hashsvc", **(headers or {})},
        auth=auth,
        follow_redirects=False,
        timeout=30,
        trust_env=False,
    )


def is_safe(url: str) -> bool:
    """Whether credentials may be sent there: https, or this machine; no query, no user."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        return bool(host) and plain and parts.port != 0 and _is_kept_secret(parts.scheme, host)
    except ValueError:
        return False


def _is_kept_secret(scheme: str, host: str | None) -> bool:
    if scheme == "https":
        return True
    if scheme != "http" or host is None:
        return False
    return host == "localhost" or ip_address(host).is_loopback


def _require_success(answer: httpx.Response) -> None:
    status = answer.status_code
    if status == httpx.codes.OK:
        return
    if answer.is_redirect:
        raise ListBrokenError("sends us elsewhere, where we do not go", again=False)
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise ListBrokenError("does not take the credentials", again=False)
    patience = status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
    again = patience or status == httpx.codes.REQUEST_TIMEOUT or answer.is_server_error
    raise ListBrokenError(
        f"answers with status {status}", again=again, wait=_asked(answer) if patience else None
    )


def _asked(answer: httpx.Response) -> float | None:
    """How long a server asks to wait, in seconds."""
    told = answer.headers.get("Retry-After", "")
    return min(float(told), _LONGEST_WAIT) if told.isascii() and told.isdigit() else None


def _bounded(answer: httpx.Response) -> bytes:
    begun, body = monotonic(), bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > _MOST_BYTES:
            raise ListBrokenError("sends a page that is too large", again=False)
        if monotonic() - begun > _MOST_SECONDS:
            raise ListBrokenError("takes too long for a page")
    return bytes(body)

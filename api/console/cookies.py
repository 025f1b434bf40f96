"""The console's two cookies: sent to this host alone, never with another site's request."""

from enum import StrEnum

from fastapi import Request, Response

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Cookie(StrEnum):
    """What a cookie is for."""

    SESSION = "console"
    FORM = "console-form"  # binds the sign-in form to a browser, before there is a session


def given(request: Request, cookie: Cookie) -> str:
    """What the browser sent, or nothing."""
    return request.cookies.get(_name(request, cookie), "")


def give(request: Request, response: Response, cookie: Cookie, value: str) -> None:
    """Give a browser something to show again until it is closed."""
    response.set_cookie(
        _name(request, cookie),
        value,
        path="/",
        secure=not _is_plain_loopback(request),
        httponly=True,
        samesite="strict",
    )


def take_back(request: Request, response: Response, cookie: Cookie) -> None:
    """Make a browser forget."""
    response.delete_cookie(
        _name(request, cookie),
        path="/",
        secure=not _is_plain_loopback(request),
        httponly=True,
        samesite="strict",
    )


def _name(request: Request, cookie: Cookie) -> str:
    # The prefix makes browsers refuse it from other hosts of the domain, or without TLS.
    return cookie.value if _is_plain_loopback(request) else f"__Host-{cookie}"


def _is_plain_loopback(request: Request) -> bool:
    return request.url.scheme == "http" and request.url.hostname in _LOOPBACK

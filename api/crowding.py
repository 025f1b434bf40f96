"""How many requests a process works on at once; whoever comes beyond that is told at once.

Work that waits is work that is answered late: without a bound the queue, and with it every answer,
grows for as long as more comes in than goes out.
"""

from dataclasses import dataclass, field
from typing import Self

from api.security.errors import OverloadedError, SecurityError

# Machines ask in thousands; the last quarter is for people, who open, check and withdraw cases.
_MACHINES = ("/v1/matches", "/compat/")
# Who asks these wants to know just then; who follows a feed waits there, and does no work.
_ALWAYS = ("/healthz", "/readyz", "/metrics", "/v1/changes")
_BODY_BYTES = 64 * 1024 * 1024  # held at once, of requests being read or worked on


class TooSlowError(SecurityError):
    """The request took too long to arrive: send it at once."""


class BodyTooLargeError(SecurityError):
    """The request body is too large: send less at once."""


@dataclass(slots=True)
class Places:
    """Counted on the event loop alone, so without a lock."""

    limit: int
    body_bytes: int = _BODY_BYTES
    worked_on: int = field(default=0, init=False)
    held_bytes: int = field(default=0, init=False)

    def require_free(self, path: str) -> None:
        """Refuse a request for which there is no place now.

        Raises:
            OverloadedError: too many are being worked on.
        """
        if path in _ALWAYS:
            return
        limit = self.limit * 3 // 4 if path.startswith(_MACHINES) else self.limit
        if self.worked_on >= max(1, limit):
            raise OverloadedError

    def taken(self, path: str) -> "Taken":
        """Work on a request, from entering to leaving it.

        Raises:
            OverloadedError: on entering, too many are being worked on.
        """
        return Taken(self, path)

    def holding(self) -> "Held":
        """Count the bytes of one body, until the request was answered."""
        return Held(self)


# Classes: a generator that is entered and left for each request costs three times as much.
@dataclass(slots=True)
class Taken:
    """The place of one request."""

    places: Places
    path: str

    def __enter__(self) -> None:
        """Take it."""
        self.places.require_free(self.path)
        self.places.worked_on += self._count

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self.places.worked_on -= self._count

    @property
    def _count(self) -> int:
        return 0 if self.path in _ALWAYS else 1


@dataclass(slots=True)
class Held:
    """What is held of one body."""

    places: Places
    size: int = 0

    def __enter__(self) -> Self:
        """Nothing is held yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held any more."""
        self.places.held_bytes -= self.size

    def more(self, size: int) -> None:
        """So many bytes came.

        Raises:
            OverloadedError: all bodies together are too large.
        """
        if self.places.held_bytes + size > self.places.body_bytes:
            raise OverloadedError
        self.places.held_bytes += size
        self.size += size

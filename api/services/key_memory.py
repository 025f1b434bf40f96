"""What the store said of API keys a moment ago: requests do not ask it each time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from api.security.api_keys import Caller

_FORGET_SECONDS = 0.9  # a revoked key stops working within a second
_RENEW_SECONDS = 0.45
_MOST_KEYS = 10_000


@dataclass(slots=True)
class Remembered:
    """What was read of one key id."""

    holder: Caller | None  # whoever shows the secret too; None: there is no such key
    read_at: float  # seconds of the memory's clock, before it was read
    renewing: bool = False  # somebody has gone to read it again
    shown: bytes = b""  # SHA-256 of the key that was shown, and was good


class KeyMemory:
    """Holds what was read for less than a second."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """Remember nothing yet."""
        self._clock = clock
        self._remembered: dict[str, Remembered] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many keys were read, forgotten ones included."""
        return len(self._remembered)

    def clear(self) -> None:
        """Forget everything."""
        self._remembered.clear()

    def now(self) -> float:
        """The moment to give to `keep`, taken before the store is asked."""
        return self._clock()

    def recall(self, key_id: str) -> Remembered | None:
        """What is remembered of a key; None: read it."""
        found = self._remembered.get(key_id)
        fresh = found is not None and self._clock() - found.read_at <= _FORGET_SECONDS
        return found if fresh else None

    def renewal_due(self, found: Remembered) -> bool:
        """Whether to read a remembered key again now; true once, in the second half of its time.

        At its end all requests that are in progress would go.
        """
        if found.renewing or self._clock() - found.read_at <= _RENEW_SECONDS:
            return False
        with self._lock:
            due, found.renewing = not found.renewing, True
        return due

    def keep(self, key_id: str, holder: Caller | None, *, read_at: float) -> None:
        """Remember what was read of a key."""
        with self._lock:
            if len(self._remembered) >= _MOST_KEYS:  # someone is guessing ids
                self.clear()
            self._remembered[key_id] = Remembered(holder, read_at)

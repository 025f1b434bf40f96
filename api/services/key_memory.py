"""What the store said of API keys a moment ago: requests do not ask it each time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from indexer.records import ApiKey

_FORGET_SECONDS = 0.9  # a revoked key stops working within a second
_RENEW_SECONDS = 0.45
_MOST_KEYS = 10_000


@dataclass(slots=True)
class Remembered:
    """What was read of one key id."""

    key: ApiKey | None  # None: there is no such key
    read_at: float  # seconds of the memory's clock, before it was read
    renewing: bool = False  # one request has gone to read it again


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
        """What is remembered of a key; None: read it.

        In the second half of its time one request alone is sent to read it: at its end all that
        are in progress would go.
        """
        with self._lock:
            found = self._remembered.get(key_id)
            age = self._clock() - found.read_at if found else 0.0
            if found is None or age > _FORGET_SECONDS:
                return None
            if age > _RENEW_SECONDS and not found.renewing:
                found.renewing = True
                return None
            return found

    def keep(self, key_id: str, key: ApiKey | None, *, read_at: float) -> None:
        """Remember what was read of a key."""
        with self._lock:
            if len(self._remembered) >= _MOST_KEYS:  # someone is guessing ids
                self.clear()
            self._remembered[key_id] = Remembered(key, read_at)

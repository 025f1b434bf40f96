"""How many wrong keys came from where, for a few minutes: in memory alone, and as digests."""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

from api.security.errors import KeyInvalidError
from api.services.errors import TooManyWrongKeysError

_LIMIT = 10
_WINDOW_SECONDS = 300.0
_MOST_SOURCES = 10_000


@dataclass(slots=True)
class _Count:
    begun: float  # on the monotonic clock
    wrong: int = 0

    def seconds_left(self) -> float:
        return self.begun + _WINDOW_SECONDS - monotonic()


@dataclass(frozen=True, slots=True)
class WrongKeys:
    """Ten wrong keys in five minutes, then no more from there until they are over.

    A key cannot be guessed; this spares the database, and shows who tries.
    """

    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _counts: dict[bytes, _Count] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def counting(self, source: str) -> Iterator[None]:
        """Count a wrong key that shows in the block.

        Raises:
            TooManyWrongKeysError: there were too many; the block is not run.
        """
        digest = hashlib.blake2b(source.encode(), key=self._salt, digest_size=16).digest()
        self._require_room(digest)
        try:
            yield
        except KeyInvalidError:
            self._count(digest)
            raise

    def _require_room(self, digest: bytes) -> None:
        with self._lock:
            count = self._counts.get(digest)
            if count is None or count.wrong < _LIMIT:
                return
            left = count.seconds_left()
            if left > 0:
                raise TooManyWrongKeysError(ceil(left))
            del self._counts[digest]

    def _count(self, digest: bytes) -> None:
        with self._lock:
            count = self._counts.get(digest)
            if count is None or count.seconds_left() <= 0:
                if len(self._counts) >= _MOST_SOURCES:  # somebody has very many addresses
                    self._counts.clear()
                count = self._counts[digest] = _Count(monotonic())
            count.wrong += 1

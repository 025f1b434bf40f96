"""A photo's bytes to its matches: estimated, asked exactly where that is not enough, compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Self

from hashsvc.packs import Pack
from hashsvc.scan.answers import Asked, HashedPhoto
from hashsvc.scan.estimates import near
from hashsvc.scan.found import FoundMatch, found_in
from hashsvc.scan.records import Reason
from hashsvc.scan.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of a photo."""

    size: tuple[int, int] | None  # width and height upright, in pixels; None: it failed
    reason: Reason | None
    matches: Sequence[FoundMatch] = ()

    @classmethod
    def of(cls, pack: Pack, photo: HashedPhoto | Reason) -> Self:
        """Compare exact signatures with a pack."""
        if isinstance(photo, Reason):
            return cls(None, photo)
        return cls((photo.width, photo.height), None, found_in(pack, photo))


def judged(pack: Pack, photo: HashedPhoto | Reason) -> Examined | None:
    """What became of a photo; None where it has to be looked at exactly.

    Only exact distances count: an estimate says that nothing is near, or nothing at all.
    """
    if isinstance(photo, Reason) or not photo.estimated:
        return Examined.of(pack, photo)
    return None if near(pack, photo) else Examined((photo.width, photo.height), None)


class Examiner:
    """Sandboxes that threads share, and what is looked for."""

    def __init__(self, pack: Pack, sandboxes: Sequence[Sandbox], *, asked: Asked) -> None:
        """As many threads are served at once as there are sandboxes.

        Args:
            pack: what is looked for.
            sandboxes: one for each thread.
            asked: of each photo first.
        """
        self._pack, self._asked = pack, asked
        self._free: SimpleQueue[Sandbox] = SimpleQueue()
        for sandbox in sandboxes:
            self._free.put(sandbox)

    def examine(self, body: bytes) -> Examined:
        """Look at a photo, exactly where an estimate is not enough."""
        examined = judged(self._pack, self._hashed(body, self._asked))
        return examined or Examined.of(self._pack, self._hashed(body, Asked.FULL))

    def _hashed(self, body: bytes, asked: Asked) -> HashedPhoto | Reason:
        sandbox = self._free.get()
        try:
            return sandbox.hash(body, asked)
        finally:
            self._free.put(sandbox)

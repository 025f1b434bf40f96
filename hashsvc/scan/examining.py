"""A photo's bytes to its matches: estimated, asked exactly where that is not enough, compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from queue import SimpleQueue

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
        """Only exact distances count, whatever is asked first."""
        photo = self._hashed(body, self._asked)
        if isinstance(photo, HashedPhoto) and photo.estimated:
            if not near(self._pack, photo):
                return Examined((photo.width, photo.height), None)
            photo = self._hashed(body, Asked.FULL)
        if isinstance(photo, Reason):
            return Examined(None, photo)
        return Examined((photo.width, photo.height), None, found_in(self._pack, photo))

    def _hashed(self, body: bytes, asked: Asked) -> HashedPhoto | Reason:
        sandbox = self._free.get()
        try:
            return sandbox.hash(body, asked)
        finally:
            self._free.put(sandbox)

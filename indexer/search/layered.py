"""The live index at any size: a short list is FAISS's alone, a long one has a base and a delta."""

import threading
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from hashsvc import Hit, Listed, Signature, SignatureId
from indexer.search.columns import columns_of, joined
from indexer.search.flat import FlatIndex

if TYPE_CHECKING:
    from indexer.search.layers import Layers

# Below, FAISS answers a photo's 31 questions within 8 ms, and exactly in every tier.
BASE_FROM = 200_000
DELTA_ROWS = 65_536  # each query compares them all: 0.1 ms
TOMBSTONE_SHARE = 0.01  # of the base


class LayeredIndex:
    """Add and remove take effect at once; readers hold one unchanging state and never wait.

    Exact up to 31 bits at every size. Once the list has been longer than `base_from`, tiers beyond
    are found as `CsrBase` says, and it stays that way when the list shrinks.

    A new base is built in a thread, not in a process: its loops run without the interpreter's lock,
    so queries go on, and nothing has to be sent back.
    """

    def __init__(
        self,
        listed: Iterable[Listed] = (),
        *,
        base_from: int = BASE_FROM,
        delta_rows: int = DELTA_ROWS,
    ) -> None:
        """Start with these signatures.

        Args:
            listed: what can be found at first.
            base_from: longest list that FAISS holds alone.
            delta_rows: most changes beside a base before a new one is built.
        """
        self._base_from = base_from
        self._delta_rows = delta_rows
        self._now: FlatIndex | Layers = FlatIndex()
        self._writing = threading.Lock()
        self._compacting = threading.Lock()
        self._compactor: threading.Thread | None = None
        self.add(listed)

    def __len__(self) -> int:
        """How many signatures can be found."""
        return len(self._now)

    def find(self, query: Signature, *, threshold: int) -> list[Hit]:
        """See `Matcher.find`."""
        return self.find_many([query], threshold=threshold)[0]

    def find_many(self, queries: Sequence[Signature], *, threshold: int) -> list[list[Hit]]:
        """See `SignatureIndex.find_many`."""
        now = self._now
        if isinstance(now, FlatIndex):
            return now.find_many(queries, threshold=threshold)
        return [now.find(query, threshold) for query in queries]

    def add(self, listed: Iterable[Listed]) -> None:
        """See `SignatureIndex.add`; a long list becomes part of a new base before this returns."""
        rest = iter(listed)
        with self._writing:
            now = self._now
            short = isinstance(now, FlatIndex)
            room = max(0, self._base_from - len(now)) if short else self._delta_rows
            fresh = list(islice(rest, room + 1))
            if len(fresh) > room:
                self._now = self._rebuilt(chain(fresh, rest))
            elif isinstance(now, FlatIndex):
                now.add(fresh)
            elif fresh:
                self._now = now.plus(columns_of(fresh))
            self._compact_when_due()

    def remove(self, ids: Iterable[SignatureId]) -> None:
        """See `SignatureIndex.remove`."""
        with self._writing:
            if isinstance(self._now, FlatIndex):
                self._now.remove(ids)
            else:
                self._now = self._now.without(np.array([*ids], dtype=np.int64))
            self._compact_when_due()

    def compact(self) -> None:
        """Build a new base from what can be found; it runs by itself when that is due."""
        with self._compacting:
            before = self._now
            if isinstance(before, FlatIndex):
                return
            base = type(before.base)(before.live_columns())
            with self._writing:
                now = self._now
                # A long list that was added meanwhile has brought a base of its own.
                if not isinstance(now, FlatIndex) and now.base is before.base:
                    self._now = now.moved_to(base, before)

    def _compact_when_due(self) -> None:
        now = self._now
        if isinstance(now, FlatIndex):
            return
        many_tombstones = now.tombstones > TOMBSTONE_SHARE * len(now.base)
        if not many_tombstones and len(now.delta) <= self._delta_rows:
            return
        if self._compactor is None or not self._compactor.is_alive():
            self._compactor = threading.Thread(target=self.compact, name="compact", daemon=True)
            self._compactor.start()

    def _rebuilt(self, listed: Iterable[Listed]) -> "Layers":
        from indexer.search.csr import CsrBase  # noqa: PLC0415  # numba: a second, if needed at all
        from indexer.search.layers import Layers  # noqa: PLC0415

        now = self._now
        before = columns_of(now.listed()) if isinstance(now, FlatIndex) else now.live_columns()
        return Layers.of(CsrBase(joined([before, columns_of(listed)])))

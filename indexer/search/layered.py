"""The live index at any size: a short list is FAISS's alone, a long one has a base and a delta."""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hashsvc import Hit, Listed, Signature, SignatureId, times
from indexer.search.columns import columns_of, joined
from indexer.search.flat import FlatIndex

if TYPE_CHECKING:
    from indexer.search.csr import CsrBase
    from indexer.search.layers import Layers

# Below, FAISS answers a photo's 31 questions within 8 ms, and exactly in every tier.
BASE_FROM = 200_000
DELTA_ROWS = 65_536  # each query compares them all: 0.1 ms
TOMBSTONE_SHARE = 0.01  # of the base
TOMBSTONE_AGE = timedelta(hours=24)  # what was withdrawn leaves memory and disk within a day


class LayeredIndex:
    """Add and remove take effect at once; readers hold one unchanging state and never wait.

    Exact up to 31 bits at every size. Once the list has been longer than `base_from`, tiers beyond
    are found as `CsrBase` says, and it stays that way when the list shrinks.
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
            delta_rows: most changes beside a base before a new one is due.
        """
        self._base_from = base_from
        self._delta_rows = delta_rows
        self._now: FlatIndex | Layers = FlatIndex()
        self._writing = threading.Lock()
        self.add(listed)

    def another(self) -> "LayeredIndex":
        """An empty index with the same limits."""
        return LayeredIndex(base_from=self._base_from, delta_rows=self._delta_rows)

    def upon(self, base: "CsrBase", *, built_at: datetime) -> "LayeredIndex":
        """An index with the same limits that holds what a base holds."""
        from indexer.search.layers import Layers  # noqa: PLC0415  # numba: a second, if needed

        index = self.another()
        index._now = Layers.of(base, built_at)  # noqa: SLF001  # its own kind
        return index

    def become(self, other: "LayeredIndex") -> None:
        """Hold what another index holds; readers see the old list or the new, never half."""
        with self._writing:
            self._now = other._now  # noqa: SLF001  # its own kind

    def __len__(self) -> int:
        """How many signatures can be found."""
        return len(self._now)

    def ids(self) -> NDArray[np.int64]:
        """(n,): of everything that can be found, in no order."""
        now = self._now
        if isinstance(now, FlatIndex):
            return np.array([listed.signature_id for listed in now.listed()], dtype=np.int64)
        return now.live_columns().ids

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

    def remove(self, ids: Iterable[SignatureId]) -> None:
        """See `SignatureIndex.remove`."""
        with self._writing:
            if isinstance(self._now, FlatIndex):
                self._now.remove(ids)
            else:
                self._now = self._now.without(np.array([*ids], dtype=np.int64))

    def seconds_for(self, queries: int) -> float:
        """See `SignatureIndex.seconds_for`."""
        return self._now.seconds_for(queries)

    def compaction_due(self, *, at: datetime) -> bool:
        """Whether a new base should take the place of base and changes."""
        now = self._now
        if isinstance(now, FlatIndex):
            return False
        many = now.tombstones > TOMBSTONE_SHARE * len(now.base)
        old = now.tombstones > 0 and at - now.built_at >= TOMBSTONE_AGE
        return many or old or len(now.delta) > self._delta_rows

    def is_changed(self) -> bool:
        """Whether there is a base, and anything was listed or withdrawn since."""
        now = self._now
        return not isinstance(now, FlatIndex) and bool(now.tombstones or len(now.delta))

    def compacted(self) -> "CsrBase | None":
        """A base of what can be found now; None where FAISS holds the list alone."""
        now = self._now
        if isinstance(now, FlatIndex):
            return None
        return type(now.base).built(now.live_columns()) if self.is_changed() else now.base

    def _rebuilt(self, listed: Iterable[Listed]) -> "Layers":
        from indexer.search.csr import CsrBase  # noqa: PLC0415  # numba: a second, if needed at all
        from indexer.search.layers import Layers  # noqa: PLC0415

        now = self._now
        before = columns_of(now.listed()) if isinstance(now, FlatIndex) else now.live_columns()
        return Layers.of(CsrBase.built(joined([before, columns_of(listed)])), times.now())

"""A base and the changes since it was built."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from hashsvc import Hit, Signature
from hashsvc.matching import nearest_first
from indexer.search.columns import Columns, joined, newest_by_id
from indexer.search.csr import CsrBase, near_rows, no_tombstones

# Measured: what a question costs in any list, and for each row of base and delta.
_QUERY_SECONDS, _BASE_ROW_SECONDS, _DELTA_ROW_SECONDS = 5e-5, 2.5e-10, 1.4e-9


@dataclass(frozen=True, slots=True)
class Layers:
    """Everything that can be found at one moment; never altered, so readers need no lock.

    A row with a tombstone is not found. Of the rows under one id at most one has none.
    """

    base: CsrBase
    built_at: datetime
    base_gone: NDArray[np.uint8]  # tombstones, bit `row % 8` of byte `row // 8`
    delta: Columns  # listed since, in the order of their listing
    delta_gone: NDArray[np.uint8]
    live: int  # rows without a tombstone

    @classmethod
    def of(cls, base: CsrBase, built_at: datetime) -> "Layers":
        """A base without changes."""
        nothing = base.columns.take(np.arange(0))
        return cls(base, built_at, no_tombstones(len(base)), nothing, no_tombstones(0), len(base))

    def __len__(self) -> int:
        """How many signatures can be found."""
        return self.live

    @property
    def tombstones(self) -> int:
        """How many rows are no longer found."""
        return len(self.base) + len(self.delta) - self.live

    def find(self, query: Signature, threshold: int) -> list[Hit]:
        """See `Matcher.find`; exact as `CsrBase` says, and always in the delta."""
        hits = self.base.hits(query, threshold, self.base_gone)
        if len(self.delta):
            rows = near_rows(self.delta.pdq, query.pdq.words(), threshold, self.delta_gone)
            hits += self.delta.hits(query, rows)
        return nearest_first(hits)

    def seconds_for(self, queries: int) -> float:
        """See `SignatureIndex.seconds_for`; for questions to 72 bits, the dearest in use."""
        rows = _BASE_ROW_SECONDS * len(self.base) + _DELTA_ROW_SECONDS * len(self.delta)
        return queries * (_QUERY_SECONDS + rows)

    def without(self, ids: NDArray[np.int64]) -> "Layers":
        """The same, these ids no longer found; unknown ids are passed over."""
        in_base = _unmarked(self.base.places(np.unique(ids)), self.base_gone)
        in_delta = _unmarked(np.flatnonzero(np.isin(self.delta.ids, ids)), self.delta_gone)
        if not len(in_base) + len(in_delta):
            return self
        return replace(
            self,
            base_gone=_marked(self.base_gone, in_base),
            delta_gone=_marked(self.delta_gone, in_delta),
            live=self.live - len(in_base) - len(in_delta),
        )

    def plus(self, listed: Columns) -> "Layers":
        """The same with these, which take the place of rows under their ids."""
        kept, fresh = self.without(listed.ids), newest_by_id(listed)
        delta = joined([kept.delta, fresh])
        gone = _grown(kept.delta_gone, len(delta))
        return replace(kept, delta=delta, delta_gone=gone, live=kept.live + len(fresh))

    def live_columns(self) -> Columns:
        """What can be found, in no order."""
        base, delta = self.base.columns, self.delta
        return joined(
            [
                base.take(~_flags(self.base_gone, len(base))),
                delta.take(~_flags(self.delta_gone, len(delta))),
            ]
        )


def _flags(gone: NDArray[np.uint8], rows: int) -> NDArray[np.bool_]:
    """(rows,): which rows have a tombstone."""
    return np.unpackbits(gone, count=rows, bitorder="little").view(np.bool_)


def _unmarked(places: NDArray[np.int64], gone: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Those rows that have no tombstone yet."""
    unmarked: NDArray[np.bool_] = (gone[places >> 3] >> (places & 7)) & 1 == 0
    return places[unmarked]


def _marked(gone: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.uint8]:
    """A copy in which these rows have a tombstone too."""
    marked = gone.copy()
    np.bitwise_or.at(marked, places >> 3, (1 << (places & 7)).astype(np.uint8))
    return _closed(marked)


def _grown(gone: NDArray[np.uint8], rows: int) -> NDArray[np.uint8]:
    """The same tombstones with room for more rows."""
    grown = np.zeros((rows + 7) // 8, dtype=np.uint8)
    grown[: len(gone)] = gone
    return _closed(grown)


def _closed(gone: NDArray[np.uint8]) -> NDArray[np.uint8]:
    gone.setflags(write=False)
    return gone

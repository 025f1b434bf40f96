"""The base: an immutable list in tables of 16-bit chunks, which a query reads in 272 places."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashsvc import Hit, Listed, Signature
from hashsvc.matching import nearest_first
from indexer.search.columns import Columns, columns_of, newest_by_id
from indexer.search.kernels import (
    CHUNKS,
    VALUES,
    HighBits,
    fill_tables,
    near_by_dhash,
    near_by_pdq,
    near_by_scan,
)

# 16 chunks share 31 flips: one of them has at most one, so one flipped bit finds every such pair.
EXACT_BITS = 31
# Beyond, hardly a pair shares a chunk but for one bit; nobody asks so far, and a scan is exact.
TABLE_BITS = 72
_USUAL_HITS = 256
_COLUMNS = ("ids", "pdq", "dhash", "kind")
_PDQ_TABLES = ("pdq_starts", "pdq_low", "pdq_high")
_DHASH_TABLES = ("dhash_starts", "dhash_low", "dhash_high")
_THREE_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Tables:
    """Row numbers by the value of each chunk, as `fill_tables` leaves them; read-only."""

    starts: NDArray[np.uint32]  # (16, 65,537)
    low: NDArray[np.uint16]  # (16, m) the lower 16 bits of row numbers
    high: HighBits  # (16, m) the bits above

    @classmethod
    def built(cls, hashes: NDArray[np.uint64], members: NDArray[np.uint32]) -> "Tables":
        """The tables of some rows.

        Args:
            hashes: (n, 4).
            members: (m,) numbers of the rows that belong into them, ascending.
        """
        starts = np.zeros((CHUNKS, VALUES + 1), dtype=np.uint32)
        low = np.empty((CHUNKS, len(members)), dtype=np.uint16)
        # Three bytes a row number, for as long as they do.
        upper = np.uint8 if len(hashes) <= _THREE_BYTES else np.uint16
        high: HighBits = np.empty((CHUNKS, len(members)), dtype=upper)
        members.setflags(write=False)
        fill_tables(hashes, members, starts, low, high)
        for array in (starts, low, high):
            array.setflags(write=False)
        return cls(starts, low, high)

    def arrays(self) -> tuple[NDArray[np.uint32], NDArray[np.uint16], HighBits]:
        """The three arrays, in the order of their names above."""
        return self.starts, self.low, self.high


@dataclass(frozen=True, slots=True)
class CsrBase:
    """Exact to 31 bits of PDQ; from 32 to 72 what PDQ's or dHash's tables reach; exact above.

    A query visits 0.4 % of the rows up to 31 bits and 0.8 % up to 72. Memory: 80 bytes a
    signature for PDQ, 48 more for dHash, 41 that only rows near a query touch; from 16.7 million
    rows on 96 and 64.
    """

    columns: Columns  # ascending by id, no id twice
    pdq_tables: Tables
    dhash_tables: Tables

    @classmethod
    def built(cls, listed: Columns) -> "CsrBase":
        """Build the tables; of rows under one id the last stays."""
        columns = newest_by_id(listed)
        everyone = np.arange(len(columns), dtype=np.uint32)
        return cls(
            columns,
            Tables.built(columns.pdq, everyone),
            Tables.built(columns.dhash, columns.with_dhash()),
        )

    @classmethod
    def of(cls, listed: Iterable[Listed]) -> "CsrBase":
        """The base of these signatures."""
        return cls.built(columns_of(listed))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Every array by its name; `from_arrays` makes the same base of them."""
        return {
            **dict(zip(_COLUMNS, self.columns.arrays(), strict=True)),
            **dict(zip(_PDQ_TABLES, self.pdq_tables.arrays(), strict=True)),
            **dict(zip(_DHASH_TABLES, self.dhash_tables.arrays(), strict=True)),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "CsrBase":
        """The base whose `arrays` these are; nothing is copied."""
        return cls(
            Columns(*(arrays[name] for name in _COLUMNS)),
            Tables(*(arrays[name] for name in _PDQ_TABLES)),
            Tables(*(arrays[name] for name in _DHASH_TABLES)),
        )

    def __len__(self) -> int:
        """How many rows there are, tombstones included."""
        return len(self.columns)

    def find(self, query: Signature, *, threshold: int) -> list[Hit]:
        """See `Matcher.find`; exact as the class says."""
        return nearest_first(self.hits(query, threshold, no_tombstones(len(self))))

    def find_many(self, queries: Sequence[Signature], *, threshold: int) -> list[list[Hit]]:
        """`find` for each query."""
        return [self.find(query, threshold=threshold) for query in queries]

    def hits(self, query: Signature, threshold: int, gone: NDArray[np.uint8]) -> list[Hit]:
        """Hits on rows without a tombstone, in no order.

        Args:
            query: one signature of the photo that is asked about.
            threshold: bits, inclusive.
            gone: (ceil(n / 8),) tombstones, bit `row % 8` of byte `row // 8`.
        """
        return self.columns.hits(query, self._rows(query, threshold, gone))

    def places(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row numbers of those ids that are here, tombstones included."""
        at = np.searchsorted(self.columns.ids, ids)
        inside = at < len(self)
        here: NDArray[np.int64] = at[inside][self.columns.ids[at[inside]] == ids[inside]]
        return here

    def _rows(
        self, query: Signature, threshold: int, gone: NDArray[np.uint8]
    ) -> NDArray[np.uint32]:
        pdq, bits = self.columns.pdq, query.pdq.words()
        if threshold > TABLE_BITS:
            return near_rows(pdq, bits, threshold, gone)
        tables = self.pdq_tables
        near = _all_found(
            lambda found: near_by_pdq(*tables.arrays(), pdq, gone, bits, threshold, found)
        )
        if threshold <= EXACT_BITS or query.dhash is None:
            return near
        other, dhash = query.dhash.words(), self.columns.dhash
        others = self.dhash_tables
        more = _all_found(
            lambda found: near_by_dhash(
                *others.arrays(), pdq, dhash, gone, bits, other, threshold, found
            )
        )
        return np.concatenate([near, more])


def near_rows(
    pdq: NDArray[np.uint64], query: NDArray[np.uint64], threshold: int, gone: NDArray[np.uint8]
) -> NDArray[np.uint32]:
    """The rows without a tombstone within the threshold: every row is compared.

    Args:
        pdq: (n, 4).
        query: (4,).
        threshold: bits, inclusive.
        gone: (at least ceil(n / 8),) tombstones.
    """
    return _all_found(lambda found: near_by_scan(pdq, gone, query, threshold, found))


def no_tombstones(rows: int) -> NDArray[np.uint8]:
    """Room for the tombstones of so many rows, none of them set."""
    gone = np.zeros((rows + 7) // 8, dtype=np.uint8)
    gone.setflags(write=False)
    return gone


def _all_found(kernel: Callable[[NDArray[np.uint32]], int]) -> NDArray[np.uint32]:
    """What a kernel finds, however much that is."""
    found = np.empty(_USUAL_HITS, dtype=np.uint32)
    count = kernel(found)
    if count > len(found):
        found = np.empty(count, dtype=np.uint32)
        kernel(found)
    return found[:count]

"""The live index: FAISS compares every query with every listed PDQ hash."""

import threading
from collections.abc import Iterable, Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from hashsvc import Hit, Listed, Signature, SignatureId
from hashsvc.matching import hit_of, nearest_first

_BITS = 256
_ROW_SECONDS = 1.4e-9  # measured: to compare one query with one row
# Two OpenMP threads gain nothing on one query and make a forked child hang.
faiss.omp_set_num_threads(1)


class FlatIndex:
    """Exact in every tier; add and remove take effect at once."""

    def __init__(self, listed: Iterable[Listed] = ()) -> None:
        """Start with these signatures."""
        self._faiss = faiss.IndexBinaryIDMap2(faiss.IndexBinaryFlat(_BITS))
        self._listed: dict[SignatureId, Listed] = {}
        # FAISS releases the interpreter's lock while it searches, and add beside search is unsafe.
        self._lock = threading.Lock()
        self.add(listed)

    def __len__(self) -> int:
        """How many signatures can be found."""
        return len(self._listed)

    def listed(self) -> list[Listed]:
        """Everything that can be found, in no order."""
        with self._lock:
            return list(self._listed.values())

    def add(self, listed: Iterable[Listed]) -> None:
        """See `SignatureIndex.add`."""
        fresh = {entry.signature_id: entry for entry in listed}
        with self._lock:
            # FAISS would take a second row under the same id without a word.
            self._drop(fresh.keys() & self._listed.keys())
            if fresh:
                ids = np.fromiter(fresh, dtype=np.int64, count=len(fresh))
                rows = _rows_of([entry.signature for entry in fresh.values()])
                self._faiss.add_with_ids(rows, ids)
                self._listed.update(fresh)

    def remove(self, ids: Iterable[SignatureId]) -> None:
        """See `SignatureIndex.remove`."""
        with self._lock:
            self._drop(self._listed.keys() & set(ids))

    def find(self, query: Signature, *, threshold: int) -> list[Hit]:
        """See `Matcher.find`."""
        return self.find_many([query], threshold=threshold)[0]

    def find_many(self, queries: Sequence[Signature], *, threshold: int) -> list[list[Hit]]:
        """See `SignatureIndex.find_many`."""
        if not queries:
            return []
        with self._lock:
            limits, ids = self._range_search(_rows_of(queries), threshold)
            return [
                nearest_first(
                    hit_of(query, self._listed[SignatureId(id_)])
                    for id_ in ids[limits[row] : limits[row + 1]].tolist()
                )
                for row, query in enumerate(queries)
            ]

    def seconds_for(self, queries: int) -> float:
        """See `SignatureIndex.seconds_for`."""
        return queries * _ROW_SECONDS * len(self)

    def _range_search(
        self, rows: NDArray[np.uint8], threshold: int
    ) -> tuple[list[int], NDArray[np.int64]]:
        # FAISS keeps distance < radius; our threshold is inclusive.
        limits, _, ids = self._faiss.range_search(rows, threshold + 1)
        return limits.tolist(), ids

    def _drop(self, ids: Iterable[SignatureId]) -> None:
        gone = list(ids)
        if gone:
            self._faiss.remove_ids(faiss.IDSelectorBatch(np.array(gone, dtype=np.int64)))
            for id_ in gone:
                del self._listed[id_]


def _rows_of(signatures: Sequence[Signature]) -> NDArray[np.uint8]:
    """(n, 32): one PDQ hash a row, in the order of its hexadecimal digits."""
    joined = b"".join(signature.pdq.digest for signature in signatures)
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, _BITS // 8)

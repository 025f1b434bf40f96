"""Listed signatures in fixed-length records, and searching them where they lie."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashsvc.hashes import Algorithm, Hash
from hashsvc.matching import (
    Hit,
    Listed,
    Search,
    SignatureId,
    hit_of,
    linear_search,
    nearest_first,
    words_of,
)
from hashsvc.packs.errors import PackRefusedError, Refusal
from hashsvc.signatures import MAX_QUALITY, RegionKind, Signature

ENTRY_ID_BYTES = 16
RECORD_BYTES = 83  # entry id 16, region, quality, flags, pdq 32, dhash 32 (zeros if none)
_HAS_DHASH, _STRONG_ONLY, _UNDER_18 = 1, 2, 4
_KINDS = (RegionKind.FULL, RegionKind.CROP, RegionKind.ANCHOR)  # the place is the code
_FLAGS, _PDQ = 18, slice(19, 51)


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed signature under an id that means something to the operator alone."""

    entry_id: bytes  # 16 bytes
    signature: Signature
    strong_only: bool = False
    under_18: bool = False  # shows somebody who may be: details are for a child-protection unit


def packed(entries: Iterable[Entry]) -> bytes:
    """All of them, by id: ids look random, so the order tells nothing."""
    return b"".join(sorted(map(_packed, entries)))


def _packed(entry: Entry) -> bytes:
    signature = entry.signature
    flags = (
        (_HAS_DHASH if signature.dhash else 0)
        | (_STRONG_ONLY if entry.strong_only else 0)
        | (_UNDER_18 if entry.under_18 else 0)
    )
    dhash = signature.dhash.digest if signature.dhash else bytes(32)
    head = bytes((_KINDS.index(signature.region), signature.quality, flags))
    return entry.entry_id + head + signature.pdq.digest + dhash


class PackedMatcher:
    """Compares a query with every record; a record becomes an object only when it is near."""

    def __init__(self, records: bytes, search: Search = linear_search) -> None:
        """Hold the records of a pack whose digest holds.

        Args:
            records: of fixed length, one after the other.
            search: how rows are compared; a compiled one is faster and finds the same.

        Raises:
            PackRefusedError: they are of another form.
        """
        if len(records) % RECORD_BYTES:
            raise PackRefusedError(Refusal.DAMAGED)
        self._rows = np.frombuffer(records, np.uint8).reshape(-1, RECORD_BYTES)
        _check(self._rows)
        self._pdq = np.ascontiguousarray(self._rows[:, _PDQ]).view("<u8")
        self._search = search

    def searched_by(self, search: Search) -> "PackedMatcher":
        """The same records, compared in another way."""
        return PackedMatcher(self._rows.tobytes(), search)

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, query: Signature, *, threshold: int) -> list[Hit]:
        """See `Matcher.find`; a signature's id is the number of its record, from 1."""
        return self.find_many([query], threshold=threshold)[0]

    def find_many(self, queries: Sequence[Signature], *, threshold: int) -> list[list[Hit]]:
        """What `find` says of each query, in one walk through the records."""
        words = words_of([query.pdq for query in queries])
        near = self._search(self._pdq, words, threshold)
        return [
            nearest_first(hit_of(query, self._listed(row)) for row in rows)
            for query, rows in zip(queries, near, strict=True)
        ]

    def entry_id(self, signature_id: SignatureId) -> bytes:
        """Under which the operator knows what was hit."""
        return self._rows[signature_id - 1, :ENTRY_ID_BYTES].tobytes()

    def under_18(self, signature_id: SignatureId) -> bool:
        """Whether what was hit may show somebody under 18."""
        return bool(self._rows[signature_id - 1, _FLAGS] & _UNDER_18)

    def _listed(self, row: int) -> Listed:
        record = self._rows[row].tobytes()
        region, quality, flags = record[ENTRY_ID_BYTES : _PDQ.start]
        signature = Signature(
            region=_KINDS[region],
            pdq=Hash(Algorithm.PDQ, record[_PDQ]),
            dhash=Hash(Algorithm.DHASH, record[_PDQ.stop :]) if flags & _HAS_DHASH else None,
            quality=quality,
        )
        return Listed(SignatureId(row + 1), signature, bool(flags & _STRONG_ONLY))


def _check(rows: NDArray[np.uint8]) -> None:
    largest = (len(_KINDS) - 1, MAX_QUALITY, _HAS_DHASH | _STRONG_ONLY | _UNDER_18)
    if (rows[:, ENTRY_ID_BYTES : _PDQ.start] > largest).any():
        raise PackRefusedError(Refusal.DAMAGED)

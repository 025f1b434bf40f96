"""Find every listed signature within a threshold: exact, and without FAISS."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NewType, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hashsvc.distances import distance, hamming
from hashsvc.hashes import Hash
from hashsvc.signatures import RegionKind, Signature

SignatureId = NewType("SignatureId", int)  # random, positive, below 2**63
# Blocks stay in cache: 5 million hashes in one pass take 15 times as long.
_BLOCK_ROWS = 65_536
# For each of (m, 4) queries the numbers of those of (n, 4) rows within a threshold, ascending.
Search: TypeAlias = Callable[[NDArray[np.uint64], NDArray[np.uint64], int], list[list[int]]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A signature held in a bank, with its id."""

    signature_id: SignatureId
    signature: Signature
    strong_only: bool = False  # flagged at enrolment: answers at tier strong alone


@dataclass(frozen=True, slots=True)
class Hit:
    """One listed signature within the threshold of a query; not yet a match."""

    signature_id: SignatureId
    region: RegionKind  # of the listed signature
    query_region: RegionKind
    pdq_distance: int  # bits, 0-256
    dhash_distance: int | None  # bits, 0-256; None: one side has no dHash
    strong_only: bool


class Matcher(Protocol):
    """Something that finds listed signatures."""

    def find(self, query: Signature, *, threshold: int) -> list[Hit]:
        """Every listed signature whose PDQ is at most `threshold` bits away, nearest first.

        Args:
            query: one signature of the photo that is asked about.
            threshold: bits, 0 to 256, inclusive.

        Returns:
            Hits sorted by (pdq_distance, signature_id).
        """
        ...


def hit_of(query: Signature, listed: Listed) -> Hit:
    """Both distances of one pair."""
    one, other = query.dhash, listed.signature.dhash
    return Hit(
        signature_id=listed.signature_id,
        region=listed.signature.region,
        query_region=query.region,
        pdq_distance=distance(query.pdq, listed.signature.pdq),
        dhash_distance=None if one is None or other is None else distance(one, other),
        strong_only=listed.strong_only,
    )


def nearest_first(hits: Iterable[Hit]) -> list[Hit]:
    """The order in which every matcher answers."""
    return sorted(hits, key=lambda hit: (hit.pdq_distance, hit.signature_id))


class LinearMatcher:
    """Compares a query with every listed signature: the reference, and the offline matcher."""

    def __init__(self, listed: Sequence[Listed]) -> None:
        """Hold the signatures that are searched."""
        self._listed = tuple(listed)
        self._pdq = words_of([entry.signature.pdq for entry in listed])

    def find(self, query: Signature, *, threshold: int) -> list[Hit]:
        """See `Matcher.find`."""
        near = within(self._pdq, query.pdq.words(), threshold)
        return nearest_first(hit_of(query, self._listed[row]) for row in near)


def words_of(hashes: Sequence[Hash]) -> NDArray[np.uint64]:
    """(n, 4): one hash a row."""
    joined = b"".join(hash_.digest for hash_ in hashes)
    return np.frombuffer(joined, dtype="<u8").reshape(-1, 4)


def linear_search(
    rows: NDArray[np.uint64], queries: NDArray[np.uint64], threshold: int
) -> list[list[int]]:
    """The `Search` that runs everywhere: one query after the other."""
    return [within(rows, query, threshold) for query in queries]


def within(rows: NDArray[np.uint64], query: NDArray[np.uint64], threshold: int) -> list[int]:
    """The numbers of the rows at most `threshold` bits from the query, ascending.

    Args:
        rows: (n, 4).
        query: (4,).
        threshold: bits, inclusive.
    """
    near: list[int] = []
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = hamming(rows[start : start + _BLOCK_ROWS], query)
        near.extend((np.flatnonzero(block <= threshold) + start).tolist())
    return near

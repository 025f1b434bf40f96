"""Merkle trees over the rows of a log, hashed as RFC 6962 says.

A row is known by its digest; row n of a log is the leaf with index n - 1. A tree of any size is
remembered by the roots of its full subtrees, which is all it takes to make it grow.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from hashsvc.transparency.errors import ProofWrongError

HASH_BYTES = 32
MAX_PROOF = 63  # hashes: a log of 2**63 rows needs no more


@dataclass(frozen=True, slots=True)
class Root:
    """What a whole tree comes to."""

    size: int
    hash: bytes  # 32 bytes


@dataclass(frozen=True, slots=True)
class Tree:
    """The first `size` rows, by the roots of the full subtrees they make, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, digests: Iterable[bytes]) -> "Tree":
        """With these rows after its own.

        Args:
            digests: 32 bytes a row.
        """
        size, peaks = self.size, list(self.peaks)
        for digest in digests:
            node, full = leaf(digest), size
            while full & 1:  # two subtrees of one size make the next larger one
                node = parent(peaks.pop(), node)
                full >>= 1
            peaks.append(node)
            size += 1
        return replace(self, size=size, peaks=tuple(peaks))

    @property
    def root(self) -> Root:
        """The hash of the whole tree."""
        if not self.peaks:
            return EMPTY
        *others, node = self.peaks
        for peak in reversed(others):
            node = parent(peak, node)
        return Root(self.size, node)

    def to_bytes(self) -> bytes:
        """The peaks, one after the other."""
        return b"".join(self.peaks)

    @classmethod
    def read(cls, size: int, body: bytes) -> "Tree":
        """From what `to_bytes` gave.

        Raises:
            ValueError: a tree of that size has another number of peaks.
        """
        if size < 0 or len(body) != size.bit_count() * HASH_BYTES:
            raise ValueError("The peaks do not fit the size.")
        starts = range(0, len(body), HASH_BYTES)
        return cls(size, tuple(body[start : start + HASH_BYTES] for start in starts))


def leaf(digest: bytes) -> bytes:
    """The hash of a row."""
    return hashlib.sha256(b"\x00" + digest).digest()


def parent(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def inclusion_ranges(index: int, size: int) -> list[range]:
    """Whose roots prove that a leaf is in a tree, from the leaf's neighbour upwards.

    Args:
        index: of the leaf, from 0.
        size: of the tree, greater than the index.
    """
    ranges, low, high = [], 0, size
    while high - low > 1:
        middle = low + _left_part(high - low)
        if index < middle:
            ranges.append(range(middle, high))
            high = middle
        else:
            ranges.append(range(low, middle))
            low = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[range]:
    """Whose roots prove that a tree begins with an older one, in the order of RFC 6962.

    Args:
        old: size of the older tree.
        new: of the newer one, not smaller.
    """
    if old in {0, new}:
        return []
    ranges, low, high = [], 0, new
    while old != high:
        middle = low + _left_part(high - low)
        if old <= middle:
            ranges.append(range(middle, high))
            high = middle
        else:
            ranges.append(range(low, middle))
            low = middle
    if low:  # else the whole older tree, whose root the verifier has
        ranges.append(range(low, high))
    return ranges[::-1]


def roots_of(ranges: Sequence[range], digests: Iterable[bytes]) -> list[bytes]:
    """The root of the rows in each range; the rows are read once.

    Args:
        ranges: of indexes, none of them in two.
        digests: of all rows from the first on, up to the end of the last range at least.

    Raises:
        ValueError: there are fewer rows.
    """
    source, place = iter(digests), 0
    roots: dict[range, bytes] = {}
    for rows in sorted(ranges, key=lambda rows: rows.start):
        deque(islice(source, rows.start - place), maxlen=0)
        tree = Tree().grown(islice(source, len(rows)))
        if tree.size != len(rows):
            raise ValueError("The log has fewer rows than the proof is about.")
        roots[rows] = tree.root.hash
        place = rows.stop
    return [roots[rows] for rows in ranges]


def require_included(digest: bytes, index: int, root: Root, proof: Sequence[bytes]) -> None:
    """Check that a row is in a tree.

    Args:
        digest: of the row.
        index: of its leaf, from 0.
        root: of the tree.
        proof: the roots of `inclusion_ranges`.

    Raises:
        ProofWrongError: that is not proven.
    """
    if not 0 <= index < root.size:
        raise ProofWrongError
    node, place, last = leaf(digest), index, root.size - 1
    for neighbour in proof:
        if last == 0:
            raise ProofWrongError
        if place & 1 or place == last:
            node = parent(neighbour, node)
            place, last = _below_a_pair(place, last)
        else:
            node = parent(node, neighbour)
        place, last = place >> 1, last >> 1
    if last != 0 or node != root.hash:
        raise ProofWrongError


def require_consistent(old: Root, new: Root, proof: Sequence[bytes]) -> None:
    """Check that a tree begins with an older one: nothing in it was altered or taken away.

    Args:
        old: of the older tree.
        new: of the newer one.
        proof: the roots of `consistency_ranges`.

    Raises:
        ProofWrongError: that is not proven.
    """
    if old.size in {0, new.size} or not proof:
        if proof or old not in {EMPTY, new}:
            raise ProofWrongError
        return
    if old.size > new.size:
        raise ProofWrongError
    # An older tree that is one full subtree needs no hash to be built from: its root is known.
    whole = old.size & (old.size - 1) == 0
    first, *others = [old.hash, *proof] if whole else proof
    if _grown_from(first, others, old.size, new.size) != (old.hash, new.hash):
        raise ProofWrongError


def _grown_from(
    first: bytes, proof: Sequence[bytes], old: int, new: int
) -> tuple[bytes, bytes] | None:
    """The roots of the older and the newer tree; None where the proof has another length."""
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = first
    for neighbour in proof:
        if last == 0:
            return None
        if place & 1 or place == last:
            older, newer = parent(neighbour, older), parent(neighbour, newer)
            place, last = _below_a_pair(place, last)
        else:
            newer = parent(newer, neighbour)
        place, last = place >> 1, last >> 1
    return (older, newer) if last == 0 else None


def _below_a_pair(place: int, last: int) -> tuple[int, int]:
    """Pass over levels on which a node at the edge has no neighbour to be paired with."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _left_part(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


EMPTY = Root(0, hashlib.sha256(b"").digest())

"""Listed signatures as columns of numbers: 73 bytes each instead of several Python objects."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from hashsvc import Hit, Listed, Signature, SignatureId
from hashsvc.distances import hamming
from hashsvc.matching import words_of
from hashsvc.signatures import RegionKind

_BLOCK = 65_536  # objects alive at a time while a long list becomes columns
_REGIONS = (RegionKind.FULL, RegionKind.CROP, RegionKind.ANCHOR)  # by bits 0-1 of `kind`
_HAS_DHASH = 4
_STRONG_ONLY = 8
_NO_DHASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Columns:
    """n signatures; the arrays are read-only, so that whoever holds them may share them."""

    ids: NDArray[np.int64]  # (n,)
    pdq: NDArray[np.uint64]  # (n, 4) little-endian words
    dhash: NDArray[np.uint64]  # (n, 4), zeros where there is none
    kind: NDArray[np.uint8]  # (n,) bits 0-1 region, bit 2 has a dHash, bit 3 strong tier only

    def __post_init__(self) -> None:
        """Close the arrays."""
        for column in self.arrays():
            column.setflags(write=False)

    def __len__(self) -> int:
        """How many signatures these are."""
        return len(self.ids)

    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """The four columns, in the order of their names above."""
        return self.ids, self.pdq, self.dhash, self.kind

    def take(self, places: NDArray[np.integer] | NDArray[np.bool_]) -> "Columns":
        """Some of the rows: by number, or by a mask."""
        return Columns(self.ids[places], self.pdq[places], self.dhash[places], self.kind[places])

    def with_dhash(self) -> NDArray[np.uint32]:
        """The numbers of the rows that have a dHash, ascending."""
        return np.flatnonzero(self.kind & _HAS_DHASH).astype(np.uint32)

    def hits(self, query: Signature, rows: NDArray[np.uint32]) -> list[Hit]:
        """Both distances between the query and each of these rows, in the rows' order."""
        if not len(rows):
            return []
        near = self.take(rows)
        dhash_bits: list[int | None] = [None] * len(near)
        if query.dhash is not None:
            counted = hamming(near.dhash, query.dhash.words()).tolist()
            present = (near.kind & _HAS_DHASH).tolist()
            dhash_bits = [bits if has else None for bits, has in zip(counted, present, strict=True)]
        pdq_bits = hamming(near.pdq, query.pdq.words()).tolist()
        return [
            Hit(
                signature_id=SignatureId(id_),
                region=_REGIONS[kind & 3],
                query_region=query.region,
                pdq_distance=pdq,
                dhash_distance=dhash,
                strong_only=bool(kind & _STRONG_ONLY),
            )
            for id_, kind, pdq, dhash in zip(
                near.ids.tolist(), near.kind.tolist(), pdq_bits, dhash_bits, strict=True
            )
        ]


def columns_of(listed: Iterable[Listed]) -> Columns:
    """The same signatures as columns, in their order."""
    rest = iter(listed)
    blocks = [_block([])]
    while some := list(islice(rest, _BLOCK)):
        blocks.append(_block(some))
    return joined(blocks)


def joined(parts: Iterable[Columns]) -> Columns:
    """One after the other; at least one part."""
    ids, pdq, dhash, kind = zip(
        *((one.ids, one.pdq, one.dhash, one.kind) for one in parts), strict=True
    )
    return Columns(
        np.concatenate(ids), np.concatenate(pdq), np.concatenate(dhash), np.concatenate(kind)
    )


def newest_by_id(columns: Columns) -> Columns:
    """Ascending by id; of rows under one id the last alone."""
    order = np.argsort(columns.ids, kind="stable")
    ids = columns.ids[order]
    last = np.ones(len(ids), dtype=np.bool_)
    last[:-1] = ids[1:] != ids[:-1]
    return columns.take(order[last])


def _block(listed: list[Listed]) -> Columns:
    dhashes = (entry.signature.dhash for entry in listed)
    digests = b"".join(dhash.digest if dhash else _NO_DHASH for dhash in dhashes)
    return Columns(
        ids=np.array([entry.signature_id for entry in listed], dtype=np.int64),
        pdq=words_of([entry.signature.pdq for entry in listed]).astype(np.uint64),
        dhash=np.frombuffer(digests, dtype="<u8").reshape(-1, 4).astype(np.uint64),
        kind=np.array([_kind_of(entry) for entry in listed], dtype=np.uint8),
    )


def _kind_of(entry: Listed) -> int:
    code = _REGIONS.index(entry.signature.region)
    has_dhash = _HAS_DHASH if entry.signature.dhash else 0
    return code | has_dhash | (_STRONG_ONLY if entry.strong_only else 0)

"""The structures that are compared, each with the questions it answers."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.index.data import Question
from hashsvc import times
from indexer.search.columns import Columns
from indexer.search.csr import CsrBase
from indexer.search.layers import Layers
from indexer.search.manifests import Label, SnapshotKeys
from indexer.search.snapshots import Snapshots

_BITS = 256
Ids: TypeAlias = set[int]
DELTA_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Way:
    """A structure that holds a list."""

    name: str
    held: Any
    ask: Callable[[list[Question], int], list[Ids]]  # questions and threshold in bits, inclusive


def flat(columns: Columns) -> Way:
    """FAISS compares every row; the yardstick."""
    index = faiss.IndexBinaryIDMap2(faiss.IndexBinaryFlat(_BITS))
    return _faiss_way("FAISS flat", index, columns)


def multi_hash(columns: Columns) -> Way:
    """FAISS MultiHash as `PDQIndex` of the package `threatexchange` sets it up for 31 bits."""
    tables = faiss.IndexBinaryMultiHash(_BITS, 16, 16)
    tables.nflip = 31 // 16
    return _faiss_way("FAISS MultiHash", faiss.IndexBinaryIDMap2(tables), columns)


def base(columns: Columns) -> Way:
    """Ours just after a compaction."""
    return _base_way(CsrBase.built(columns))


def served(built: Way) -> Way:
    """The same as a worker holds it: published, and mapped from a folder in memory."""
    with TemporaryDirectory(dir="/dev/shm") as folder:  # private: the system sees to it
        keys = SnapshotKeys.derived(secrets.token_bytes(32))
        snapshots = Snapshots(Path(folder) / "plain", Path(folder) / "sealed", keys)
        snapshots.publish(built.held, Label(1, bytes(32)), at=times.now())
        snapshot = snapshots.load()
    if snapshot is None:
        raise RuntimeError("nothing was published")
    return _base_way(snapshot.base)  # its files are gone, its pages stay


def changed(held: CsrBase, delta: Columns) -> Way:
    """Ours just before a compaction: the delta is full, and every hundredth row withdrawn."""
    listed = Columns(delta.ids + 2**62, *delta.arrays()[1:])  # type: ignore[arg-type]
    layers = Layers.of(held, times.now()).without(held.columns.ids[::100]).plus(listed)

    def ask(asked: list[Question], bits: int) -> list[Ids]:
        return [
            {hit.signature_id for hit in layers.find(question.query, bits)} for question in asked
        ]

    return Way("hashsvc, 65k delta, 1 % tombstones", layers, ask)


WAYS = {"FAISS flat": flat, "FAISS MultiHash": multi_hash, "hashsvc": base}


def _base_way(held: CsrBase) -> Way:
    return Way("hashsvc", held, lambda asked, bits: _ids_of(held.find_many, asked, bits))


def _faiss_way(name: str, index: Any, columns: Columns) -> Way:  # noqa: ANN401  # FAISS is untyped
    index.add_with_ids(columns.pdq.view(np.uint8), columns.ids)

    def ask(asked: list[Question], bits: int) -> list[Ids]:
        limits, _, ids = index.range_search(digests(asked), bits + 1)
        return [set(ids[limits[i] : limits[i + 1]].tolist()) for i in range(len(asked))]

    return Way(name, index, ask)


def digests(asked: list[Question]) -> NDArray[np.uint8]:
    """(n, 32), as FAISS takes them."""
    joined = b"".join(question.query.pdq.digest for question in asked)
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, _BITS // 8)


def _ids_of(find_many: Callable[..., Any], asked: list[Question], bits: int) -> list[Ids]:
    answers = find_many([question.query for question in asked], threshold=bits)
    return [{hit.signature_id for hit in hits} for hits in answers]

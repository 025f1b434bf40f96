"""What is measured at one length of list: asking, building, changing, memory, recall."""

import gc
import time
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from typing import TypeAlias

import faiss
import numpy as np
import psutil

from benchmarks.index.data import (
    Kind,
    Question,
    flipped,
    make_columns,
    make_questions,
    signature_of,
)
from benchmarks.index.ways import DELTA_ROWS, WAYS, Way, base, changed, flat, multi_hash, served
from benchmarks.results import Value
from indexer.search.columns import Columns
from indexer.search.csr import CsrBase

Rows: TypeAlias = list[dict[str, Value]]
_TURN = 64  # questions to one way before the next has its turn
_PHOTO = 31  # questions about one photo, its eight turns included
_PAIRS = 1_000
CELLS = [(31, 64), (40, 40), (50, 45), (50, 64), (60, 50), (72, 60), (72, 64)]


def size_rows(kind: Kind, count: int, questions: int) -> Rows:
    """Asking, building and changing; every way holds the same list."""
    columns = make_columns(kind, count)
    seconds, ways = {}, []
    for make in (flat, multi_hash, base):
        started = time.thread_time()
        ways.append(make(columns))
        seconds[ways[-1].name] = [time.thread_time() - started]
    ways[-1] = served(ways[-1])
    full = changed(ways[-1].held, make_columns(kind, DELTA_ROWS, seed=3))
    rows = _rows("build", "s", kind, count, seconds)
    asked = make_questions(columns, questions)
    for what, bits, at_once in (
        ("one question to 31 bits", 31, 1),
        ("64 questions to 31 bits", 31, 64),
        ("a photo's 31 questions to 72 bits", 72, _PHOTO),
    ):
        # With one flip FAISS' tables are exact to 31 bits and say nothing of what they lose above.
        compared = [*ways, full] if bits == 31 else [ways[0], ways[2], full]
        rows += _asking(what, bits, at_once, kind, count, compared, asked)
    return rows + _changing(kind, count, ways, full, make_columns(kind, 1_500, seed=4))


def _asking(
    what: str,
    bits: int,
    at_once: int,
    kind: Kind,
    count: int,
    ways: list[Way],
    asked: list[Question],
) -> Rows:
    spent: dict[str, list[float]] = {way.name: [] for way in ways}
    found: dict[str, list[bool]] = {way.name: [] for way in ways}
    for start in range(-_TURN, len(asked), _TURN):  # the first turn warms caches up
        turn = asked[max(start, 0) : max(start, 0) + _TURN]
        for way in ways:
            for first in range(0, len(turn) - at_once + 1, at_once):
                some = turn[first : first + at_once]
                began = time.thread_time()
                answers = way.ask(some, bits)
                if start >= 0:
                    spent[way.name].append(1000 * (time.thread_time() - began))
                    found[way.name] += _found(some, answers, way)
    shares = {name: sum(hits) / len(hits) for name, hits in found.items()}
    return _rows(what, "ms", kind, count, spent, shares)


def _found(asked: list[Question], answers: list[set[int]], way: Way) -> list[bool]:
    """Of each planted neighbour that is not withdrawn, whether it was found."""
    withdrawn = 100 if "tombstones" in way.name else 2**62
    return [
        question.row + 1 in answer
        for question, answer in zip(asked, answers, strict=True)
        if question.row is not None and question.row % withdrawn
    ]


def _changing(kind: Kind, count: int, ways: list[Way], full: Way, new: Columns) -> Rows:
    """One case of 15 signatures listed, then withdrawn; ours with a full delta."""
    cases = [new.take(np.arange(start, start + 15)) for start in range(0, len(new), 15)]
    ids = [case.ids + 2**61 for case in cases]
    add, remove = {}, {}
    for way in ways[:2]:
        add[way.name] = [
            _timed(partial(way.held.add_with_ids, case.pdq.view(np.uint8), own))
            for case, own in zip(cases, ids, strict=True)
        ]
    remove["FAISS flat"] = [
        _timed(partial(ways[0].held.remove_ids, faiss.IDSelectorBatch(own))) for own in ids[:20]
    ]
    ours = [Columns(own, *case.arrays()[1:]) for own, case in zip(ids, cases, strict=True)]  # type: ignore[arg-type]
    add[full.name] = [_timed(partial(full.held.plus, case)) for case in ours]
    own = full.held.base.columns.ids[1:16]
    remove[full.name] = [_timed(partial(full.held.without, own)) for _ in range(20)]
    return [
        *_rows("list 15 signatures", "ms", kind, count, add),
        *_rows("withdraw 15 signatures", "ms", kind, count, remove),
    ]


def _timed(call: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    began = time.thread_time()
    call()
    return 1000 * (time.thread_time() - began)


def memory_bytes(name: str, count: int) -> int:
    """What one structure adds to a fresh process, without what it was made from."""
    WAYS[name](make_columns(Kind.RANDOM, 100))  # libraries and first allocations
    before: int = psutil.Process().memory_info().rss
    way = WAYS[name](make_columns(Kind.RANDOM, count))
    gc.collect()
    after: int = psutil.Process().memory_info().rss
    del way
    return after - before


def memory_rows(counts: Mapping[str, int], count: int) -> Rows:
    """Bytes for each signature."""
    each = {name: [total / count] for name, total in counts.items()}
    return _rows("resident memory of one signature", "B", Kind.RANDOM, count, each)


def recall_rows() -> Rows:
    """Of pairs at given distances with flips anywhere, the share that ours finds; flat: all."""
    random, listed = np.random.default_rng(5), make_columns(Kind.RANDOM, _PAIRS, seed=6)
    held, rows = CsrBase.built(listed), []
    for pdq, dhash in CELLS:
        hits = 0
        for row in range(_PAIRS):
            query = signature_of(
                flipped(listed.pdq[row], pdq, random), flipped(listed.dhash[row], dhash, random)
            )
            hits += any(hit.signature_id == row + 1 for hit in held.find(query, threshold=72))
        what = f"pairs at PDQ {pdq}, dHash {dhash}"
        rows += _rows(what, "", Kind.RANDOM, _PAIRS, {"hashsvc": []}, {"hashsvc": hits / _PAIRS})
    return rows


def _rows(
    what: str,
    unit: str,
    kind: Kind,
    count: int,
    spent: Mapping[str, list[float]],
    found: Mapping[str, float] | None = None,
) -> Rows:
    yardstick = median(spent["FAISS flat"]) if "FAISS flat" in spent else None
    return [
        {
            "what": what,
            "list": f"{count:,} {kind}",
            "flat / way": yardstick / median(values) if yardstick and median(values) else None,
            "way": name,
            "p50": median(values) if values else None,
            "p99": float(np.percentile(values, 99)) if len(values) >= 20 else None,
            "unit": unit,
            "found": None if found is None else found[name],
        }
        for name, values in spent.items()
    ]

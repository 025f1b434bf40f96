"""Whether memory stays flat while bases are built and swapped again and again.

One process builds and follows, so that whatever either keeps shows in its resident memory.
"""

import argparse
import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TypeAlias

import numpy as np
import psutil

from benchmarks import results
from benchmarks.index.data import Kind, make_columns, signature_of
from hashsvc.times import now
from indexer.builder import Plan, build
from indexer.follower import Follower
from indexer.records import BankKind, CaseId, Enrolment, NewCase
from indexer.search import LayeredIndex
from indexer.store import Store
from indexer.store.sealing import KEY_BYTES, KeyRing

_CASE = 30  # signatures that come and go with each swap: more than 1 %, so that one is due
_WARM = 0.1  # of the swaps, before memory is looked at
_HOUR = 3600
Rows: TypeAlias = list[results.Row]


@dataclass(frozen=True, slots=True)
class Sample:
    """The process after a swap."""

    seconds: float
    resident: int  # bytes
    mapped: int  # files of snapshots
    descriptors: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--swaps", type=int, default=1_000, help="new bases")
    parser.add_argument("--signatures", type=int, default=2_000, help="length of the list")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")


def run(arguments: argparse.Namespace) -> None:
    """Swap, and write down what memory did."""
    with TemporaryDirectory(dir="/dev/shm") as folder:  # private: the system sees to it
        samples = list(soak(Path(folder), arguments.swaps, arguments.signatures))
    rows = rows_of(samples)
    measured_in = results.environment(("numpy", "numba", "faiss-cpu"))
    results.show(_TITLE, rows)
    results.write_json_lines(arguments.out / "soak.jsonl", rows, measured_in)
    results.write_markdown(arguments.out / "soak.md", _TITLE, rows, measured_in, _NOTES)


_TITLE = "Memory while bases are swapped"
_NOTES = (
    "One process that lists and withdraws cases, builds each base, publishes it in both forms and"
    " moves its index to it. The\nslope is a straight line through all samples but the first tenth."
)


def soak(folder: Path, swaps: int, signatures: int) -> Iterator[Sample]:
    """Swap so many times, and look after each.

    Raises:
        RuntimeError: a swap did not happen, or the index does not hold what the store does.
    """
    ring = KeyRing("soak", {"soak": secrets.token_bytes(KEY_BYTES)})
    url = f"sqlite:///{folder / 'hashsvc.db'}"
    plan = Plan(url, ring, folder / "plain", folder / "sealed", base_from=0)
    began = monotonic()
    with closing(Store.at(url, ring)) as store:
        store.migrate()
        _open_case(store, signatures, seed=0)
        case = _open_case(store, _CASE, seed=1)
        build(plan)
        index = LayeredIndex(base_from=0)
        kind = BankKind.REPORTED
        follower = Follower(store, {kind: index}, {kind: plan.snapshots()[kind]})
        for turn in range(swaps):
            with store.transaction() as tx:
                tx.cases.withdraw(case, at=now())
            case = _open_case(store, _CASE, seed=turn + 2)
            follower.catch_up()
            _swap(plan, follower)
            if len(index) != signatures + _CASE:
                raise RuntimeError("the index lost something")
            yield _sample(folder, monotonic() - began)


def _swap(plan: Plan, follower: Follower) -> None:
    snapshots = plan.snapshots()[BankKind.REPORTED]
    before = snapshots.newest()
    build(plan)
    follower.rebase()
    if snapshots.newest() == before:
        raise RuntimeError("no base was built")


def _open_case(store: Store, count: int, *, seed: int) -> CaseId:
    columns = make_columns(Kind.RANDOM, count, seed=seed + 1)
    pairs = zip(columns.pdq, columns.dhash, strict=True)
    enrolments = [Enrolment(signature_of(pdq, dhash)) for pdq, dhash in pairs]
    new = NewCase(secrets.token_bytes(32), "soak", "none", bytes(32))
    with store.transaction() as tx:
        tx.cases.open(new, enrolments, at=now())
        case = tx.cases.find(new.number_mac)
    if case is None:
        raise RuntimeError("the case was not kept")
    return case.case_id


def _sample(folder: Path, seconds: float) -> Sample:
    maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return Sample(
        seconds=seconds,
        resident=psutil.Process().memory_info().rss,
        mapped=sum(str(folder / "plain") in line for line in maps),
        descriptors=len(os.listdir("/proc/self/fd")),  # noqa: PTH208  # no file of ours
    )


def rows_of(samples: list[Sample]) -> Rows:
    """What is written down."""
    warm = samples[int(len(samples) * _WARM) :]
    level = warm[0].resident
    turns = np.polyfit(range(len(warm)), [one.resident for one in warm], 1)[0] * 1_000
    hours = np.polyfit([one.seconds for one in warm], [one.resident for one in warm], 1)[0] * _HOUR
    figures = {
        "swaps": (float(len(samples)), ""),
        "resident memory after the first tenth": (level / 2**20, "MiB"),
        "resident memory at the end": (samples[-1].resident / 2**20, "MiB"),
        "growth in 1,000 swaps": (100 * float(turns) / level, "%"),
        "growth in an hour at this pace": (100 * float(hours) / level, "%"),
        "seconds for a swap": (samples[-1].seconds / len(samples), "s"),
        "files of snapshots mapped at most": (float(max(one.mapped for one in samples)), ""),
        "descriptors open at most": (float(max(one.descriptors for one in samples)), ""),
    }
    return [{"what": what, "value": value, "unit": unit} for what, (value, unit) in figures.items()]

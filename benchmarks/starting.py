"""How soon a long list can be asked after a start, and what its snapshot takes."""

import argparse
import gc
import secrets
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import results
from benchmarks.hashing.timing import in_child
from benchmarks.index.data import Kind, make_columns, make_questions
from hashsvc.times import now
from indexer.builder import Plan
from indexer.follower import Follower
from indexer.records import BankKind, Enrolment, NewCase
from indexer.search import LayeredIndex
from indexer.search.csr import CsrBase
from indexer.search.manifests import Label
from indexer.search.snapshots import Snapshots
from indexer.store import Store
from indexer.store.sealing import KEY_BYTES, KeyRing

_KIND = BankKind.REPORTED


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; seconds are those of a clock, with other programs about."""

    what: str
    value: float
    unit: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument(
        "--sizes", default="100000,1000000,10000000", help="lengths of lists, between commas"
    )
    parser.add_argument("--sealed", type=Path, help="a folder on a disk; else the system's")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")


def run(arguments: argparse.Namespace) -> None:
    """Measure each length in fresh processes, and write it down."""
    rows: list[results.Row] = []
    for size in (int(float(word)) for word in arguments.sizes.split(",")):
        with (
            TemporaryDirectory(dir="/dev/shm") as plain,
            TemporaryDirectory(dir=arguments.sealed) as sealed,
        ):
            plan = _plan(Path(plain), Path(sealed))
            figures = [*in_child(publish, plan, size), *in_child(start, plan, size)]
        rows += [
            {"list": f"{size:,}", "what": one.what, "value": one.value, "unit": one.unit}
            for one in figures
        ]
    measured_in = results.environment(("numpy", "numba", "faiss-cpu", "cryptography"))
    results.show(_TITLE, rows)
    results.write_json_lines(arguments.out / "starting.jsonl", rows, measured_in)
    results.write_markdown(arguments.out / "starting.md", _TITLE, rows, measured_in, _NOTES)


_TITLE = "Starting with a long list"
_NOTES = (
    "Seconds by the clock. `first` start: every digest is checked, as once on each machine; later"
    " ones look at forms only. A start is a\nfollower in a fresh process, from the plain snapshot"
    " to the newest change in the store, libraries apart. Memory is what the\nprocess has for"
    " itself after 1,024 questions; the mapped tables are shared by all processes of the machine."
)


def _plan(plain: Path, sealed: Path) -> Plan:
    ring = KeyRing("bench", {"bench": secrets.token_bytes(KEY_BYTES)})
    url = f"sqlite:///{sealed / 'hashsvc.db'}"
    return Plan(url, ring, plain / "plain", sealed / "sealed", base_from=0)


def publish(plan: Plan, size: int) -> list[Figure]:
    """Build and publish a list under the label of a store that holds one signature."""
    columns = make_columns(Kind.RANDOM, size)
    (question,) = make_questions(columns, 2)[:1]
    with closing(Store.at(plan.url, plan.ring)) as store:
        store.migrate()
        with store.transaction() as tx:
            new = NewCase(secrets.token_bytes(32), "bench", "none", bytes(32))
            tx.cases.open(new, [Enrolment(question.query)], at=now())
        with store.snapshot() as tx:
            head = tx.changes.head()
    bases: list[CsrBase] = []
    snapshots = plan.snapshots()[_KIND]
    label = Label(head.seq, head.digest)
    return [
        _timed("build", lambda: bases.append(CsrBase.built(columns))),
        _timed("publish", lambda: snapshots.publish(bases[0], label, at=now())),
        _timed("seal", snapshots.seal),
        _timed("unseal", snapshots.unseal),
        Figure("files in memory", _bytes(snapshots) / size, "B a signature"),
    ]


def start(plan: Plan, size: int) -> list[Figure]:
    """Start from what `unseal` left, then once more."""
    with closing(Store.at(plan.url, plan.ring)) as store:
        figures, index = [], LayeredIndex(base_from=0)
        for what in ("first start", "start"):
            index = LayeredIndex(base_from=0)
            follower = Follower(store, {_KIND: index}, {_KIND: plan.snapshots()[_KIND]})
            figures.append(_timed(what, follower.catch_up))
            if len(index) != size:
                raise RuntimeError("the snapshot was not taken")
        for question in make_questions(make_columns(Kind.RANDOM, 1_024, seed=9), 1_024):
            index.find(question.query, threshold=72)
        gc.collect()
    return [*figures, Figure("memory of its own", _anonymous() / 2**20, "MiB a process")]


def _anonymous() -> float:
    """Bytes of this process that no file gave: mapped tables are not among them."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("RssAnon:"))
    return float(line.split()[1]) * 1024


def _timed(what: str, call: Callable[[], object]) -> Figure:
    began = time.perf_counter()
    call()
    return Figure(what, time.perf_counter() - began, "s")


def _bytes(snapshots: Snapshots) -> float:
    newest = snapshots.plain / (snapshots.newest() or "")
    return float(sum(path.stat().st_size for path in newest.iterdir()))

"""`python -m benchmarks index`."""

import argparse
import os
from pathlib import Path

from benchmarks import results
from benchmarks.hashing.timing import in_child
from benchmarks.index.data import Kind
from benchmarks.index.measures import Rows, memory_bytes, memory_rows, recall_rows, size_rows
from benchmarks.index.plot import draw
from benchmarks.index.ways import WAYS

PACKAGES = ("numpy", "numba", "faiss-cpu")
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument(
        "--sizes", default="100000,1000000", help="lengths of lists, between commas"
    )
    parser.add_argument("--data", default="random,skewed", help="kinds of lists, between commas")
    parser.add_argument("--questions", type=int, default=1_024, help="questions at each length")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")


def run(arguments: argparse.Namespace) -> None:
    """Measure everything and write it down."""
    for name in _ONE_THREAD:  # read by the children when they import numpy and FAISS
        os.environ[name] = "1"
    sizes = [int(float(size)) for size in arguments.sizes.split(",")]
    rows: Rows = []
    for kind in map(Kind, arguments.data.split(",")):
        for size in sizes:
            rows += in_child(size_rows, kind, size, arguments.questions)
    for size in sizes:
        rows += memory_rows({name: in_child(memory_bytes, name, size) for name in WAYS}, size)
    rows += in_child(recall_rows)
    _report(rows, arguments.out)


def _report(rows: Rows, folder: Path) -> None:
    title = "Finding a listed signature"
    notes = (
        "CPU time of one thread, blocks of 64 questions interleaved, ours from tables mapped as"
        " workers map them. `flat / way`: how many times\ncheaper than FAISS flat in the same run."
        " FAISS is called directly; ours from signature to sorted hits. FAISS MultiHash: 16"
        " tables of 16\nbits, one flip, as `PDQIndex` of `threatexchange` sets it; it cannot"
        " withdraw. `found`: the share of planted neighbours found, 0 to 31\nbits away; in the"
        " last rows of 1,000 pairs with flips spread at random, the worst case, of which flat"
        " finds all. Listing and\nwithdrawing are ours with a full delta, the dearest moment."
        "\n\n![Cost against length](index.png)"
    )
    measured_in = results.environment(PACKAGES)
    ordered = sorted(rows, key=lambda row: [r["what"] for r in rows].index(row["what"]))
    results.show(title, ordered)
    results.write_json_lines(folder / "index.jsonl", ordered, measured_in)
    results.write_markdown(folder / "index.md", title, ordered, measured_in, notes)
    draw(ordered, folder / "index.png")

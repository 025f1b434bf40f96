"""`python -m benchmarks scan`."""

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import results
from benchmarks.hashing.photo_files import JPEG_QUALITY, NOISE_SIGMA, SIZES, make_photos
from benchmarks.hashing.timing import in_child
from benchmarks.scan.drift import drift_rows
from benchmarks.scan.files import file_rows
from benchmarks.scan.ledger import ledger_rows
from benchmarks.scan.rows import Rows
from benchmarks.scan.whole import search_rows, whole_rows
from hashsvc.scan.answers import Asked

PACKAGES = (
    "imagehash",
    "numba",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "pyseccomp",
    "threatexchange",
)
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--photos", type=Path, help="folder of photos; else scikit-image's")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")
    parser.add_argument("--rounds", type=int, default=5, help="times each photo is hashed")
    parser.add_argument("--small", type=int, default=12, help="photos of 0.2 and of 1 megapixel")
    parser.add_argument("--large", type=int, default=4, help="photos of 12 megapixels")
    parser.add_argument("--files", type=int, default=3_000, help="scanned at once")
    parser.add_argument("--ledger", type=int, default=1_000_000, help="files in the journal")
    parser.add_argument("--entries", type=int, default=100_000, help="in the pack")


def run(arguments: argparse.Namespace) -> None:
    """Measure everything and write it down."""
    counts = dict(zip(SIZES, (arguments.small, arguments.small, arguments.large), strict=True))
    for name in _ONE_THREAD:  # read by the children when they import numpy
        os.environ[name] = "1"
    with TemporaryDirectory() as name:
        photos = in_child(make_photos, Path(name), arguments.photos, counts)
        rows = [
            *_of_files(photos, arguments.rounds),
            *_of_scans(photos, arguments.files, arguments.entries),
            *in_child(search_rows, photos["1 MP"], arguments.entries),
        ]
        ledger = Path(name, "ledger")
        ledger.mkdir()
        rows += in_child(ledger_rows, ledger, arguments.ledger)
    _report(rows, arguments)


def _of_files(photos: dict[str, list[Path]], rounds: int) -> Rows:
    rows = [
        one
        for size in ("12 MP", "0.2 MP")
        for one in in_child(file_rows, size, photos[size], rounds)
    ]
    return rows + [one for size in photos for one in in_child(drift_rows, size, photos[size])]


def _of_scans(photos: dict[str, list[Path]], files: int, entries: int) -> Rows:
    small, large = photos["0.2 MP"], photos["12 MP"]
    scans = (
        ("0.2 MP", small, Asked.ESTIMATE, files // len(small)),
        ("0.2 MP", small, Asked.FULL, files // len(small)),
        ("0.2 MP", small, Asked.ALL, files // len(small) // 10),
        ("12 MP", large, Asked.ESTIMATE, files // len(large) // 10),
    )
    return [one for scan in scans for one in in_child(whole_rows, *scan, entries)]


def _report(rows: Rows, arguments: argparse.Namespace) -> None:
    title = "Scanning evidence"
    source = "the photos of scikit-image" if arguments.photos is None else "a folder of photos"
    notes = (
        f"JPEG, quality {JPEG_QUALITY}, 4:2:0, made of {source} by scaling and adding noise of"
        f" sigma {NOISE_SIGMA}: not camera\noriginals. CPU time, one thread, medians of"
        " interleaved rounds; whole scans once, with the time of all processes. `ratio`: the\n"
        "time of the way against that of ours, more than 1 is better for us. Ours hashes eight"
        " orientations with PDQ and dHash, the\npeers one. Estimates decide nothing: whatever is"
        " near an entry is hashed exactly. Entropy decoding cannot be timed alone:\nthe floor is"
        " a decoder that makes one grey sample of each block of 64. Load of the machine at the end:"
        f" {os.getloadavg()[0]:.1f}."
    )
    measured_in = results.environment(PACKAGES)
    results.show(title, rows)
    results.write_json_lines(arguments.out / "scan.jsonl", rows, measured_in)
    results.write_markdown(arguments.out / "scan.md", title, rows, measured_in, notes)

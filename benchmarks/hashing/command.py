"""`python -m benchmarks hashing`."""

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import results
from benchmarks.hashing.measures import (
    Rows,
    enrolment_rows,
    file_rows,
    memory_rows,
    operator_rows,
    query_rows,
)
from benchmarks.hashing.photo_files import JPEG_QUALITY, NOISE_SIGMA, SIZES, make_photos
from benchmarks.hashing.timing import in_child

PACKAGES = (
    "numpy",
    "opencv-python-headless",
    "pillow",
    "pdqhash",
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


def run(arguments: argparse.Namespace) -> None:
    """Measure everything and write it down."""
    counts = dict(zip(SIZES, (arguments.small, arguments.small, arguments.large), strict=True))
    for name in _ONE_THREAD:  # read by the children when they import numpy
        os.environ[name] = "1"
    with TemporaryDirectory() as folder:
        photos = in_child(make_photos, Path(folder), arguments.photos, counts)
        rounds = arguments.rounds
        rows = [
            *in_child(operator_rows, photos["12 MP"], rounds),
            *in_child(file_rows, "0.2 MP", photos["0.2 MP"], rounds),
            *in_child(file_rows, "12 MP", photos["12 MP"], rounds),
            *in_child(enrolment_rows, photos["12 MP"], rounds),
            *in_child(query_rows, photos["1 MP"], rounds),
            *memory_rows(photos["12 MP"][0]),
        ]
    source = "the photos of scikit-image" if arguments.photos is None else "a folder of photos"
    _report(rows, source, arguments.out)


def _report(rows: Rows, source: str, folder: Path) -> None:
    title = "Hashing a photo"
    notes = (
        f"JPEG, quality {JPEG_QUALITY}, 4:2:0, made of {source} by scaling and adding noise of"
        f" sigma {NOISE_SIGMA}: not camera\noriginals. CPU time, one thread, medians of"
        " interleaved rounds. `ratio`: the peer's figure against ours, more than 1 is\nbetter for"
        " us. `same hash`: photos whose PDQ is the one of hashsvc. Memory: the peak of a fresh"
        " process above what it\nneeded before, without the decoded picture of 36 MB."
    )
    measured_in = results.environment(PACKAGES)
    results.show(title, rows)
    results.write_json_lines(folder / "hashing.jsonl", rows, measured_in)
    results.write_markdown(folder / "hashing.md", title, rows, measured_in, notes)

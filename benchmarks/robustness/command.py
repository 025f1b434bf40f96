"""`python -m benchmarks robustness --photos DIR`."""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.results import FOLDER, environment
from benchmarks.robustness import report
from benchmarks.robustness.leak import leaks
from benchmarks.robustness.measuring import Measured, measure, workers
from benchmarks.robustness.photo_set import TooFewPhotosError, photo_set
from benchmarks.robustness.tables import (
    prices,
    recall_by_edit,
    recall_by_group,
    strangers,
    tail,
)
from hashsvc.policies import Tier

_PACKAGES = ("numpy", "opencv-python-headless", "pillow", "pdqhash", "imagehash", "threatexchange")
_LEAST_MACRO = 91.0  # per cent, all tiers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--photos", type=Path, required=True, help="folder with 200 or more photos")
    parser.add_argument("--reported", type=int, help="photos reported; default 150 or a tenth")
    parser.add_argument("--seed", type=int, default=7, help="of the split; default 7")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the results")


def run(arguments: argparse.Namespace) -> None:
    """Measure, write, and exit with 1 where a goal is missed."""
    try:
        photos = photo_set(arguments.photos, reported=arguments.reported, seed=arguments.seed)
    except TooFewPhotosError as error:
        sys.exit(str(error))
    measured_in = environment(_PACKAGES)
    with workers(arguments.jobs) as pool:
        measured = measure(photos, pool)
        leaked = leaks(photos.negatives, photos.reported, pool)
    findings = report.Findings(
        by_edit=recall_by_edit(measured.trials),
        tally=measured.false_matches,
        strangers=strangers(measured.false_matches),
        tail=tail(measured.false_matches),
        prices=prices(measured),
        leaks=leaked,
        stored_a_photo=len(measured.listed) / len(photos.reported),
        photos=_described(measured, arguments.seed),
    )
    report.write(findings, arguments.out, measured_in)
    missed = _missed(findings)
    Console().print(*missed or ["Every goal is met."], sep="\n")
    sys.exit(1 if missed else 0)


def _described(measured: Measured, seed: int) -> str:
    photos = measured.photos
    return (
        f"{len(photos.reported)} reported photos and {len(photos.negatives)} negatives, seed "
        f"{seed}, list {photos.digest[:16]}."
    )


def _missed(findings: report.Findings) -> list[str]:
    """The goals that this run misses, a sentence each."""
    macro = recall_by_group(findings.by_edit)[-1].found["hashsvc all tiers"]
    missed = []
    if macro < _LEAST_MACRO:
        missed.append(f"Macro recall is {macro:.1f} %, below {_LEAST_MACRO} %.")
    missed.extend(
        f"{count} false matches at {tier.value}."
        for tier, count in findings.tally.tiers.items()
        if tier is not Tier.POSSIBLE
    )
    return missed

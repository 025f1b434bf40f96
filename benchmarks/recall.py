"""Whether the tables of a long list lose photos that comparing every row would find.

Beyond 31 bits of PDQ the tables are not exact, and how much they lose hangs on where real edits
put the distances. So real edits of real photos are asked about twice: of a plain scan, and of the
tables, which do for each pair what they would do in a list of millions.
"""

import argparse
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rich.progress import track

from benchmarks import results
from benchmarks.edits import EDITS, INVERT
from benchmarks.robustness.measuring import workers
from benchmarks.robustness.ours import asked, stored, tier_of
from benchmarks.robustness.photo_set import photo_set, read
from benchmarks.robustness.recall import Task
from hashsvc.matching import LinearMatcher
from hashsvc.policies import Tier

_TITLE = "What the index's tables find of what a scan finds"
_PACKAGES = ("numpy", "numba", "opencv-python-headless")


@dataclass(frozen=True, slots=True)
class Pair:
    """The best tier of one upload, found in both ways."""

    scan: Tier | None
    tables: Tier | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--photos", type=Path, required=True, help="folder with 200 or more photos")
    parser.add_argument("--reported", type=int, default=40, help="photos reported")
    parser.add_argument("--seed", type=int, default=7, help="of the split; default 7")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")


def run(arguments: argparse.Namespace) -> None:
    """Ask twice about every edit, and write it down."""
    photos = photo_set(arguments.photos, reported=arguments.reported, seed=arguments.seed)
    tasks = [
        Task(number, photo, companions)
        for number, (photo, companions) in enumerate(
            zip(photos.reported, photos.companions, strict=True)
        )
    ]
    with workers(arguments.jobs) as pool:
        found = list(track(pool.map(pairs, tasks), "Photos", len(tasks)))
    rows = table([pair for of_photo in found for pair in of_photo])
    notes = (
        f"{len(EDITS) + 1} edits of {len(tasks)} photos, each asked about as a platform does: all"
        " regions, turns and both hashes. `scan` compares\nevery row, as FAISS flat does; `tables`"
        " is the base of lists above 200,000 signatures."
    )
    measured_in = results.environment(_PACKAGES)
    results.show(_TITLE, rows)
    results.write_json_lines(arguments.out / "recall.jsonl", rows, measured_in)
    results.write_markdown(arguments.out / "recall.md", _TITLE, rows, measured_in, notes)


def pairs(task: Task) -> list[Pair]:
    """Every edit of one photo, against what was stored of it."""
    from indexer.search.csr import CsrBase  # noqa: PLC0415  # numba: compiled in each process

    photo = read(task.photo)
    companions = [read(path) for path in task.companions]
    listed = stored(photo)
    scan, tables = LinearMatcher(listed), CsrBase.of(listed)
    found = []
    for edit in (*EDITS, INVERT):
        upload = edit.apply(photo, number=task.number, companions=companions)
        queries = asked(upload).signatures
        found.append(Pair(tier_of(queries, scan), tier_of(queries, tables)))
    return found


def table(found: list[Pair]) -> list[results.Row]:
    """A row for each tier of the scan, and one for all of them."""
    scanned = Counter(pair.scan for pair in found)
    kept = Counter(pair.scan for pair in found if pair.tables is not None)
    same = Counter(pair.scan for pair in found if pair.tables is pair.scan)
    tiers = [[tier] for tier in Tier]
    return [
        {
            "best tier by scan": ", ".join(some) if len(some) == 1 else "any",
            "uploads": (count := sum(scanned[tier] for tier in some)),
            "found by tables": sum(kept[tier] for tier in some),
            "share": sum(kept[tier] for tier in some) / count if count else None,
            "at the same tier": sum(same[tier] for tier in some),
        }
        for some in [*tiers, list(Tier)]
    ]

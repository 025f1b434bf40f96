"""A journal of many files: writing it, and finding what is left to do when a scan goes on."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.scan.rows import Rows, row
from hashsvc.digests import Digests
from hashsvc.scan.journal import Journal, open_journal
from hashsvc.scan.records import FoundFile, Outcome

_COMMIT_FILES = 200  # as the scanner does
_LEFT = 10  # files without an outcome when the scan is resumed
_A_FOLDER = 1_000  # files
_BEGUN_NS = 1_700_000_000_000_000_000


def ledger_rows(folder: Path, files: int) -> Rows:
    """List so many files, give all but a few their outcome, and resume."""
    what = f"journal of {files:,} files"
    before = _memory()
    with open_journal(folder) as journal:
        begun = time.perf_counter()
        journal.enumerate(1, _files(files))
        listed = time.perf_counter()
        _finish(journal, files)
        finished = time.perf_counter()
    grown = _memory() - before
    begun_again = time.perf_counter()
    with open_journal(folder) as journal:
        totals = journal.totals()
        left = sum(1 for _ in journal.pending(1))
    resumed = time.perf_counter() - begun_again
    if (totals.pending, left) != (_LEFT, _LEFT):
        raise AssertionError("the journal lost files")
    return [
        row(what, "listed", files / (listed - begun), "files/s"),
        row(what, "outcomes written", (files - _LEFT) / (finished - listed), "files/s"),
        row(what, "opened, counted, and what is left found", resumed, "s"),
        row(what, "memory added", grown / 1e6, "MB"),
        row(what, "on disk", sum(one.stat().st_size for one in folder.iterdir()) / 1e6, "MB"),
    ]


def _finish(journal: Journal, files: int) -> None:
    for number, (file_id, _) in enumerate(journal.pending(1), start=1):
        if number > files - _LEFT:
            break
        digest = hashlib.sha256(b"%d" % file_id).hexdigest()
        known, _ = journal.photo(digest)
        if not known:
            journal.add_photo(digest, size=(4_000, 3_000), reason=None, matches=[])
        digests = Digests(digest[:32], digest[:40], digest)
        journal.done(file_id, Outcome.HASHED, None, digests)
        if number % _COMMIT_FILES == 0:
            journal.commit()
    journal.commit()


def _files(count: int) -> Iterator[FoundFile]:
    for number in range(count):
        path = b"DCIM/%04d/IMG_%07d.jpg" % (number // _A_FOLDER, number)
        yield FoundFile(path, size=number, modified_ns=_BEGUN_NS + number)


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)

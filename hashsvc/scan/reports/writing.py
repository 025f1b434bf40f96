"""Write a report beside the journal, and the manifest that lists every report."""

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, assert_never

from hashsvc.digests import digests_of
from hashsvc.files import replacing
from hashsvc.scan.errors import IntegrityError
from hashsvc.scan.journal import Journal
from hashsvc.scan.reports import csv_report, html_report, jsonl_report
from hashsvc.scan.reports.rows import rows_of

_PRIVATE = 0o600
MANIFEST = "manifest.json"


class ReportFormat(StrEnum):
    """What a report is for: programs, spreadsheets, people."""

    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


_NAMES = {
    ReportFormat.JSONL: "files.jsonl",
    ReportFormat.CSV: "files.csv",
    ReportFormat.HTML: "report.html",
}


def write_report(journal: Journal, folder: Path, format_: ReportFormat) -> Path:
    """Write one report whole, then the manifest anew.

    Returns:
        The report's file.

    Raises:
        IntegrityError: the scan has not finished, so totals would not add up.
    """
    summary = _summary(journal)
    path = folder / _NAMES[format_]
    with (
        replacing(path, mode=_PRIVATE) as draft,
        draft.open("w", encoding="utf-8", newline="") as file,
    ):
        file.writelines(_lines(journal, format_, summary))
    reports = [_listed(folder / name) for name in _NAMES.values() if (folder / name).exists()]
    with replacing(folder / MANIFEST, mode=_PRIVATE) as draft:
        text = json.dumps(summary | {"reports": reports}, indent=2, sort_keys=True)
        draft.write_text(text + "\n", encoding="utf-8")
    return path


def _lines(journal: Journal, format_: ReportFormat, summary: dict[str, Any]) -> Iterator[str]:
    match format_:
        case ReportFormat.JSONL:
            return jsonl_report.lines(rows_of(journal))
        case ReportFormat.CSV:
            return csv_report.lines(rows_of(journal))
        case ReportFormat.HTML:
            return html_report.lines(rows_of(journal), summary)
        case _:
            assert_never(format_)


def _summary(journal: Journal) -> dict[str, Any]:
    """What was scanned, how and with which totals."""
    scans = list(journal.rows("SELECT options, created_at, finished_at FROM scan"))
    totals = journal.totals()
    if not scans or scans[0]["finished_at"] is None or totals.pending:
        raise IntegrityError("The scan has not finished: run it again to its end.")
    counted = {outcome.value: count for outcome, count in totals.outcomes.items()}
    return {
        "order": json.loads(scans[0]["options"]),
        "created_at": scans[0]["created_at"],
        "finished_at": scans[0]["finished_at"],
        "sources": list(journal.rows("SELECT exhibit, locator, kind, read_only FROM source")),
        "segments": list(
            journal.rows("SELECT started_at, ended_at, ended, host, version FROM segment")
        ),
        "totals": counted | {"files": totals.enumerated, "matched": totals.matched},
    }


def _listed(path: Path) -> dict[str, Any]:
    return {
        "name": path.name,
        "bytes": path.stat().st_size,
        "sha256": digests_of(path).sha256,
    }

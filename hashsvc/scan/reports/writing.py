"""Write reports beside the journal, then the manifest that lists everything in the folder."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, assert_never

from hashsvc.files import replacing
from hashsvc.scan.custody_log import Action, CustodyLog
from hashsvc.scan.errors import IntegrityError, JournalRefusedError
from hashsvc.scan.journal import NAME, Journal, open_journal
from hashsvc.scan.manifest import body_digest, write_manifest
from hashsvc.scan.manifest_keys import ReportKey
from hashsvc.scan.reports import csv_report, html_report, jsonl_report
from hashsvc.scan.reports.rows import rows_of
from hashsvc.scan.review import Review

_PRIVATE = 0o600


class ReportFormat(StrEnum):
    """What a report is for: programs, spreadsheets, people."""

    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


FILE_NAMES = {
    ReportFormat.JSONL: "files.jsonl",
    ReportFormat.CSV: "files.csv",
    ReportFormat.HTML: "report.html",
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes reports of which scan."""

    folder: Path
    by: str = ""  # empty: the investigator of the scan
    key: ReportKey | None = None  # signs

    def write(self, formats: Collection[ReportFormat], *, at: datetime) -> list[Path]:
        """Write reports whole, then the manifest anew.

        Args:
            formats: those that are wanted.
            at: now.

        Returns:
            The reports' files.

        Raises:
            IntegrityError: the scan has not finished, or the custody log was altered.
            JournalRefusedError: there is no journal, or it is in use.
            MinorStopError: work was stopped.
        """
        if not (self.folder / NAME).exists():
            raise JournalRefusedError("There is no journal of a scan in this folder.")
        log = CustodyLog(self.folder)
        review = Review.of(log.events())
        review.check()
        with open_journal(self.folder) as journal:
            facts = facts_of(journal)
            paths = [self._write(journal, review, facts, one) for one in formats]
        by = self.by or facts["order"]["investigator"]
        log.add(Action.REPORT, by=by, at=at, files=[path.name for path in paths])
        write_manifest(self.folder, facts, self.key)
        return paths

    def _write(
        self, journal: Journal, review: Review, facts: dict[str, Any], format_: ReportFormat
    ) -> Path:
        path = self.folder / FILE_NAMES[format_]
        said = facts | {
            "signer": self.key.public if self.key else None,
            "custody_log": [event.to_json() for event in CustodyLog(self.folder).events()],
        }
        with (
            replacing(path, mode=_PRIVATE) as draft,
            draft.open("w", encoding="utf-8", newline="") as file,
        ):
            file.writelines(_lines(journal, review, said, format_))
        return path


def _lines(
    journal: Journal, review: Review, facts: dict[str, Any], format_: ReportFormat
) -> Iterator[str]:
    rows = rows_of(journal, review)
    match format_:
        case ReportFormat.JSONL:
            return jsonl_report.lines(rows)
        case ReportFormat.CSV:
            return csv_report.lines(rows)
        case ReportFormat.HTML:
            return html_report.lines(rows, facts)
        case _:
            assert_never(format_)


def facts_of(journal: Journal) -> dict[str, Any]:
    """What was scanned, how and with which totals.

    Raises:
        IntegrityError: the scan has not finished, so totals would not add up.
    """
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
        "body_sha256": body_digest(jsonl_report.lines(rows_of(journal))),
    }

"""Write reports beside the journal, then the manifest that lists everything in the folder."""

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Literal, assert_never, get_args

from hashsvc.files import replacing
from hashsvc.scan.custody_log import Action, CustodyLog
from hashsvc.scan.errors import IntegrityError, JournalRefusedError, OutputError, ReviewError
from hashsvc.scan.journal import NAME, Journal, open_journal
from hashsvc.scan.manifest import body_digest, files_of, write_manifest
from hashsvc.scan.manifest_keys import ReportKey
from hashsvc.scan.reports import (
    case_report,
    certificate,
    csv_report,
    hash_sets,
    html_report,
    jsonl_report,
    previews,
    vics_report,
)
from hashsvc.scan.reports.exports import Export, Include, exported
from hashsvc.scan.reports.rows import Chosen, Row, bare_rows, rows_of
from hashsvc.scan.review import ESCALATION, Review, open_review

_PRIVATE = 0o600


class ReportFormat(StrEnum):
    """What a report is for: programs, spreadsheets, people, and other forensic tools."""

    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"
    VICS = "vics"
    CASE = "case"
    MD5 = "md5"
    KDB = "kdb"
    CERTIFICATE = "certificate"


FILE_NAMES = {
    ReportFormat.JSONL: "files.jsonl",
    ReportFormat.CSV: "files.csv",
    ReportFormat.HTML: "report.html",
    ReportFormat.VICS: "vics.json",
    ReportFormat.CASE: "case.jsonld",
    ReportFormat.MD5: "md5.txt",
    ReportFormat.KDB: "hashes.kdb",
    ReportFormat.CERTIFICATE: "certificate-draft.html",
}


ExportFormat = Literal[ReportFormat.VICS, ReportFormat.CASE, ReportFormat.MD5, ReportFormat.KDB]
# A report in court without its certificate was disputed: they are written together.
_CERTIFIED = frozenset({ReportFormat.HTML, ReportFormat.CERTIFICATE})
EXPORTS = frozenset(get_args(ExportFormat))  # they leave this laboratory


class Thumbnails(StrEnum):
    """What of a photo is shown."""

    NONE = "none"
    BLURRED = "blurred"  # a few grey squares, in a page of their own


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it."""

    paths: list[Path]
    exported: int  # files in the exports
    warning: str | None  # what whoever reads them has to be told first


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes reports of which scan."""

    folder: Path
    by: str = ""  # empty: the investigator of the scan
    key: ReportKey | None = None  # signs
    include: Include = Include.REVIEWED  # of exports
    thumbnails: Thumbnails = Thumbnails.NONE

    def write(self, formats: Collection[ReportFormat], *, at: datetime) -> Written:
        """Write reports whole, then the manifest anew.

        Args:
            formats: those that are wanted.
            at: now.

        Raises:
            IntegrityError: the scan has not finished, or the custody log was altered.
            JournalRefusedError: there is no journal, or it is in use.
            MinorStopError: work was stopped.
            OutputError: the folder cannot be written; no report is half there.
            ReviewError: thumbnails are asked for by nobody.
        """
        if not (self.folder / NAME).exists():
            raise JournalRefusedError("There is no journal of a scan in this folder.")
        log = CustodyLog(self.folder)
        with open_journal(self.folder) as journal, _writing():
            review = open_review(journal, log)
            facts = facts_of(journal)
            paths = [self._write(journal, review, facts, one) for one in _others(formats)]
            if self.thumbnails is Thumbnails.BLURRED:
                paths.append(self._show(journal, review, at=at))
            leaving = len(self._exported(journal, review))
        with _writing():
            by = self.by or facts["order"]["investigator"]
            log.add(
                Action.REPORT,
                by=by,
                at=at,
                files=[path.name for path in paths],
                include=self.include,
            )
            if not _CERTIFIED.isdisjoint(
                formats
            ):  # last: it names all the others with their digests
                paths.append(self._certify(facts))
            write_manifest(self.folder, facts, self.key)
        return Written(paths, leaving, facts["under_18"])

    def _write(
        self, journal: Journal, review: Review, facts: dict[str, Any], format_: ReportFormat
    ) -> Path:
        path = self.folder / FILE_NAMES[format_]
        with replacing(path, mode=_PRIVATE) as draft:
            match format_:
                case ReportFormat.JSONL:
                    _fill(draft, jsonl_report.lines(rows_of(journal, review)))
                case ReportFormat.CSV:
                    _fill(draft, csv_report.lines(rows_of(journal, review)))
                case ReportFormat.HTML:
                    again = partial(rows_of, journal, review)
                    _fill(draft, html_report.lines(again, self._for_people(facts)))
                case ReportFormat.CERTIFICATE:
                    raise AssertionError(format_)
                case _:
                    _export(draft, Export(facts, self._exported(journal, review)), format_)
        return path

    def _exported(self, journal: Journal, review: Review) -> tuple[Row, ...]:
        return exported(rows_of(journal, review, Chosen.MATCHES), self.include)

    def _show(self, journal: Journal, review: Review, *, at: datetime) -> Path:
        """Logged before anything is shown."""
        if not self.by.strip():
            raise ReviewError("Say who asks for thumbnails: --by.")
        CustodyLog(self.folder).add(Action.THUMBNAILS, by=self.by, at=at, file=previews.NAME)
        return previews.write_previews(self.folder, journal, review)

    def _certify(self, facts: dict[str, Any]) -> Path:
        path = self.folder / FILE_NAMES[ReportFormat.CERTIFICATE]
        path.unlink(missing_ok=True)
        records = {one["name"]: one["sha256"] for one in files_of(self.folder)}
        with replacing(path, mode=_PRIVATE) as draft:
            _fill(draft, certificate.lines(self._for_people(facts), records))
        return path

    def _for_people(self, facts: dict[str, Any]) -> dict[str, Any]:
        return facts | {
            "signer": self.key.public if self.key else None,
            "custody_log": [event.to_json() for event in CustodyLog(self.folder).events()],
        }


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError("The reports cannot be written: make room on the disk.") from error


def _others(formats: Iterable[ReportFormat]) -> list[ReportFormat]:
    return [one for one in formats if one is not ReportFormat.CERTIFICATE]


def _export(draft: Path, export: Export, format_: ExportFormat) -> None:
    match format_:
        case ReportFormat.VICS:
            _fill(draft, vics_report.lines(export))
        case ReportFormat.CASE:
            _fill(draft, case_report.lines(export))
        case ReportFormat.MD5:
            _fill(draft, hash_sets.md5_lines(export))
        case ReportFormat.KDB:
            hash_sets.write_kdb(draft, export)
        case _:
            assert_never(format_)


def _fill(draft: Path, lines: Iterable[str]) -> None:
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)


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
            journal.rows(
                "SELECT started_at, ended_at, ended, host, version, isolation FROM segment"
            )
        ),
        "totals": counted | {"files": totals.enumerated, "matched": totals.matched},
        "under_18": ESCALATION if totals.minors else None,
        "body_sha256": body_digest(bare_rows(journal)),
    }

"""`hashsvc report`."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from hashsvc.cli.output import MESSAGES, shown
from hashsvc.cli.scan_cmd import refusing
from hashsvc.scan.errors import JournalRefusedError
from hashsvc.scan.journal import NAME, open_journal
from hashsvc.scan.reports import ReportFormat, write_report


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a scan.")],
    format_: Annotated[
        ReportFormat, typer.Option("--format", help="For programs, spreadsheets or people.")
    ],
) -> None:
    """Write a report of a finished scan into its folder, and a manifest with all reports' digests.

    `jsonl` and `csv` have one row a file: what became of it, and its best match; where the output
    is piped they are printed too. `html` has no picture. File names are in all of them.

    Exit codes: 6 no journal there, or in use; 9 the scan has not finished.

    Example: hashsvc report scan-A1 --format jsonl | jq 'select(.tier)'
    """
    with refusing():
        if not (folder / NAME).exists():
            raise JournalRefusedError("There is no journal of a scan in this folder.")
        with open_journal(folder) as journal:
            path = write_report(journal, folder, format_)
    MESSAGES.print(f"Written: {shown(path)}", markup=False)
    if format_ is not ReportFormat.HTML and not sys.stdout.isatty():
        with path.open(encoding="utf-8", newline="") as file:
            shutil.copyfileobj(file, sys.stdout)

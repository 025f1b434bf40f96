"""`hashsvc report review` and `hashsvc report continue`."""

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from hashsvc.cli.output import MESSAGES, shown
from hashsvc.cli.scan_cmd import MINORS, refusing
from hashsvc.scan.custody_log import CustodyLog
from hashsvc.scan.errors import JournalRefusedError
from hashsvc.scan.journal import NAME, Journal, open_journal
from hashsvc.scan.reports.handover import write_handover
from hashsvc.scan.reports.rows import Chosen, rows_of
from hashsvc.scan.review import ESCALATION, Finding, conclude, let_go_on, open_review
from hashsvc.times import now

_LISTED = (
    *("sha256", "tier", "pdq_distance", "dhash_distance", "orientation"),
    *("finding", "found_by", "second_by", "exhibit", "container", "path"),
)
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The output folder of a scan.")]


def review(
    folder: Folder,
    photo: Annotated[str, typer.Option(metavar="SHA256", help="The photo looked at.")] = "",
    finding: Annotated[Finding | None, typer.Option(help="What you saw.")] = None,
    by: Annotated[str, typer.Option(help="Your name.")] = "",
) -> None:
    """List the matches to look at, or write down what you found in one.

    Without --finding: a JSON object for each photo that matched, its first copy, and what people
    found so far. With it: the finding is added to the custody log, where nothing is ever
    changed. A photo is confirmed when somebody found `same_photo`, and leaves in exports when a
    second person did. `suspected_minor` stops everything, names who to tell and writes a
    handover sheet.

    Exit codes: 2 something is not said, 6 no journal, 8 somebody shown may be under 18.

    Example: hashsvc report review scan-A1 --photo 9f86d08... --finding same_photo --by "PC Example"
    """
    with refusing(), _opened(folder) as journal:
        log = CustodyLog(folder)
        if finding is None:
            _list(journal, log)
            return
        conclude(journal, log, photo.lower(), finding, by=by, at=now())
        if finding is not Finding.SUSPECTED_MINOR:
            MESSAGES.print("Noted in the custody log: write the reports anew.")
            return
        sheet = write_handover(folder, journal, {photo.lower()}, by=by, at=now())
    MESSAGES.print(ESCALATION, style="red", markup=False)
    MESSAGES.print(f"Written: {shown(sheet)}", markup=False)
    raise typer.Exit(MINORS)


def go_on(
    folder: Folder,
    authority: Annotated[str, typer.Option(help="What allows it.")],
    by: Annotated[str, typer.Option(help="Who goes on.")],
    approved_by: Annotated[str, typer.Option(help="A second person, who lets them.")],
) -> None:
    """After a stop for a minor, note that a second person lets review and reports go on.

    The photo that the stop was for stays without details in every report, and out of every export.

    Example: hashsvc report continue scan-A1 --authority "DCI/AHTCPU 7" --by "PC Example"
    --approved-by "Insp. Second"
    """
    with refusing():
        let_go_on(CustodyLog(folder), authority=authority, by=by, approved_by=approved_by, at=now())
    MESSAGES.print("Noted in the custody log.")


def _opened(folder: Path) -> AbstractContextManager[Journal]:
    if not (folder / NAME).exists():
        raise JournalRefusedError("There is no journal of a scan in this folder.")
    return open_journal(folder)


def _list(journal: Journal, log: CustodyLog) -> None:
    told: set[str] = set()
    for row in rows_of(journal, open_review(journal, log), Chosen.MATCHES):
        if row.tier and row.sha256 and row.sha256 not in told:
            told.add(row.sha256)
            values = row.to_json()
            typer.echo(json.dumps({name: values[name] for name in _LISTED}))

"""The one sheet that is written of a photo that may show somebody under 18, for who takes over."""

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from hashsvc.files import replacing
from hashsvc.scan.errors import OutputError
from hashsvc.scan.journal import Journal
from hashsvc.scan.reports import previews
from hashsvc.scan.reports.printing import printable
from hashsvc.scan.reports.rows import Chosen, Row, rows_of
from hashsvc.scan.review import ESCALATION

NAME = "handover.txt"
_PRIVATE = 0o600
_WARNING = """
Do not open, copy or send these files: possession of child sexual abuse material is an offence
(Computer Misuse and Cybercrimes Act 2018, s. 24). Hand over the exhibit, not copies.
"""


def write_handover(
    folder: Path, journal: Journal, minors: Collection[str], *, by: str, at: datetime
) -> Path:
    """Write down which files are meant, and delete every thumbnail.

    Args:
        folder: of the scan.
        journal: of the scan.
        minors: SHA-256 of the photos.
        by: who says so: a person, or the scan itself.
        at: when.

    Returns:
        The sheet's file.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        return _write(folder, journal, minors, by=by, at=at)
    except OSError as error:
        raise OutputError("The handover sheet cannot be written: make room on the disk.") from error


def _write(
    folder: Path, journal: Journal, minors: Collection[str], *, by: str, at: datetime
) -> Path:
    (folder / previews.NAME).unlink(missing_ok=True)
    path = folder / NAME
    with replacing(path, mode=_PRIVATE) as draft, draft.open("w", encoding="utf-8") as file:
        file.write(f"HANDOVER SHEET\n\n{ESCALATION}\n{_WARNING}\n")
        file.write(f"Said by: {printable(by)}\nAt: {at.isoformat()}\n")
        file.writelines(
            line
            for row in rows_of(journal, chosen=Chosen.MATCHES)
            if row.sha256 in minors
            for line in _lines(row)
        )
    return path


def _lines(row: Row) -> Iterator[str]:
    facts = {
        "Exhibit": row.exhibit,
        "Inside": row.container,
        "Path": row.path,
        "Path, hexadecimal": row.path_hex,
        "Bytes": row.size,
        "MD5": row.md5,
        "SHA-1": row.sha1,
        "SHA-256": row.sha256,
    }
    yield "\n"
    for name, value in facts.items():
        if value is not None:
            yield f"{name}: {printable(str(value))}\n"

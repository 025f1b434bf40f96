"""Blurred thumbnails of matches, in a page of their own: only asked for, always logged."""

import base64
import struct
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hashsvc.digests import digests_of_bytes
from hashsvc.files import replacing
from hashsvc.scan.exhibits import Exhibit, open_exhibit
from hashsvc.scan.journal import Journal
from hashsvc.scan.reading import Other, read_file
from hashsvc.scan.records import FileProblemError, FoundFile
from hashsvc.scan.reports.blurring import blurred
from hashsvc.scan.reports.html_page import SEARCH, Markup, ending, opening, table, words
from hashsvc.scan.review import Review
from hashsvc.scan.sandbox import Limits

NAME = "thumbnails.html"
_PRIVATE = 0o600
_SIDE = 96  # pixels, of the longer side as shown
_LIMITS = Limits()
_WARNING = (
    "Blurred pictures of matches, made for whoever has to find them again. Keep this page with the"
    " evidence; it is no part of any export."
)
_COLUMNS = ("file", "exhibit", "SHA-256", "thumbnail")
# The first copy of each photo that matched.
_STATEMENT = """
SELECT min(file.id) AS file_id, source_id, exhibit, locator, sha256
FROM file JOIN source ON source.id = file.source_id
WHERE outcome = 'hashed' AND sha256 IN (SELECT sha256 FROM match)
GROUP BY sha256 ORDER BY file_id
"""


@dataclass(frozen=True, slots=True)
class _Match:
    """A photo to show."""

    file_id: int
    exhibit: Exhibit
    sha256: str


def write_previews(folder: Path, journal: Journal, review: Review) -> Path:
    """Write the page; sources are read again, in children, and have to hold the same bytes.

    Args:
        folder: of the scan.
        journal: of the scan.
        review: photos of minors are left out.

    Returns:
        The page's file.

    Raises:
        EvidenceRefusedError: a source is not there any more.
    """
    path = folder / NAME
    with ExitStack() as stack:
        matches = list(_matches(folder, journal, review, stack))
        with replacing(path, mode=_PRIVATE) as draft, draft.open("w", encoding="utf-8") as file:
            file.write(f"{opening('Blurred thumbnails')}<p>{words(_WARNING)}</p>\n{SEARCH}")
            rows = (_row(journal, match) for match in matches)
            file.writelines(table(_COLUMNS, rows, "files"))
            file.write(ending())
    return path


def _matches(folder: Path, journal: Journal, review: Review, stack: ExitStack) -> Iterator[_Match]:
    exhibits: dict[int, Exhibit] = {}
    for row in list(journal.rows(_STATEMENT)):
        if row["sha256"] in review.minors:
            continue
        number = row["source_id"]
        if number not in exhibits:
            named = f"{row['exhibit']}={row['locator']}"
            exhibits[number] = open_exhibit(named, number=number, output=folder)
            stack.callback(exhibits[number].source.close)
        yield _Match(row["file_id"], exhibits[number], row["sha256"])


def _row(journal: Journal, match: _Match) -> tuple[object, ...]:
    squares = _squares(match, journal.file(match.file_id))
    shown = "not readable" if squares is None else _picture(squares)
    return match.file_id, match.exhibit.name, match.sha256, shown


def _squares(match: _Match, file: FoundFile | None) -> NDArray[np.uint8] | None:
    if file is None:
        return None
    try:
        read = read_file(match.exhibit.source, file, max_bytes=_LIMITS.max_bytes)
    except FileProblemError:
        return None
    if isinstance(read, Other) or digests_of_bytes(read.body).sha256 != match.sha256:
        return None
    return blurred(read.body, _LIMITS)


def _picture(squares: NDArray[np.uint8]) -> Markup:
    height, width = squares.shape
    scale = _SIDE / max(height, width)
    body = base64.b64encode(_png(squares)).decode()
    return Markup(
        f'<img alt="blurred" width="{round(width * scale)}" height="{round(height * scale)}"'
        f' src="data:image/png;base64,{body}">'
    )


def _png(squares: NDArray[np.uint8]) -> bytes:
    """A grey PNG; written here, since nothing outside the child touches an image library."""
    height, width = squares.shape
    rows = b"".join(b"\0" + row.tobytes() for row in squares)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )

"""Comma-separated values (RFC 4180), safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from hashsvc.scan.reports.rows import COLUMNS, Row

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """A line of names, then one a file; with line ends."""
    yield _line(COLUMNS)
    for row in rows:
        yield _line(map(_cell, row.to_json().values()))


def _cell(value: object) -> str:
    """A name that a spreadsheet would run as a formula gets a leading apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(cells: Iterable[str]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()

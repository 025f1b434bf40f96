"""A page for people: no script, no picture, nothing from elsewhere."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from hashsvc.scan.records import Outcome
from hashsvc.scan.reports.rows import Row

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Scan report</title><style>
body { font: 15px sans-serif; margin: 2em } table { border-collapse: collapse }
td, th { border: 1px solid #999; padding: .2em .5em; text-align: left; overflow-wrap: anywhere }
</style></head><body><h1>Scan report</h1>
<p>A match is a lead, not an identity: a person has to look. Not looked into: videos, archives
inside sources, documents, deleted files.</p>
"""
_SHOWN = ("exhibit", "path", "outcome", "reason", "tier", "pdq_distance", "dhash_distance")
_MORE = ("orientation", "entry", "sha256")


def lines(rows: Iterable[Row], summary: dict[str, Any]) -> Iterator[str]:
    """The page: what was scanned, totals, then matches and what could not be read.

    Args:
        rows: every file; those without match and reason are only counted.
        summary: what the manifest says too.
    """
    yield _HEAD
    if summary["under_18"]:
        yield f"<p><strong>{escape(summary['under_18'])}</strong></p>\n"
    for title in ("order", "sources", "segments", "totals"):
        yield f"<h2>{title.capitalize()}</h2>\n<table>{_facts(summary[title])}</table>\n"
    names = (*_SHOWN, *_MORE)
    yield "<h2>Matches, failed and excluded files</h2>\n<table>"
    yield f"<tr>{''.join(f'<th>{escape(name)}</th>' for name in names)}</tr>\n"
    for row in rows:
        if row.tier or row.outcome in {Outcome.FAILED, Outcome.EXCLUDED}:
            values = row.to_json()
            yield f"<tr>{''.join(_cell(values[name]) for name in names)}</tr>\n"
    yield "</table></body></html>\n"


def _facts(facts: dict[str, Any] | list[Any]) -> str:
    pairs = facts.items() if isinstance(facts, dict) else enumerate(facts, start=1)
    return "".join(
        f"<tr><th>{escape(str(name))}</th>{_cell(value)}</tr>\n" for name, value in pairs
    )


def _cell(value: object) -> str:
    if isinstance(value, dict | list):
        return f"<td><table>{_facts(value)}</table></td>"
    return f"<td>{'' if value is None else escape(str(value))}</td>"

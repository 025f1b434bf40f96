"""The platform's own matches as files: what the filter shows, all pages of it."""

import csv
from collections.abc import Iterator
from io import StringIO

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from api.console.console import Console, ConsoleDep
from api.console.filters import Asked, ListFilter
from api.console.moderators import Moderator, Reading
from api.console.refusals import ConsoleRoute
from api.schemas.decisions import MatchLine
from hashsvc.times import now

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)
_AT_ONCE = 1_000
# A spreadsheet takes what begins so for a formula, and runs it.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


@router.get("/export.csv")
def export_csv(console: ConsoleDep, moderator: Reading, asked: Asked) -> StreamingResponse:
    """A line for each match; what a spreadsheet would take for a formula begins with `'`."""
    return _download(_csv(_lines(console, moderator, asked)), "text/csv; charset=utf-8", "csv")


@router.get("/export.json")
def export_json(console: ConsoleDep, moderator: Reading, asked: Asked) -> StreamingResponse:
    """The same as `GET /v1/matches` has them."""
    return _download(_json(_lines(console, moderator, asked)), "application/json", "json")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell


def _lines(console: Console, moderator: Moderator, asked: ListFilter) -> Iterator[MatchLine]:
    """Every match that the filter shows, read page by page."""
    wanted, lists = asked.wanted(at=now()), console.services.match_lists
    cursor: str | None = None
    while True:
        found = lists.page(moderator.caller, wanted, cursor=cursor, limit=_AT_ONCE)
        yield from map(MatchLine.of, found.views)
        cursor = found.next_cursor
        if cursor is None:
            return


def _csv(lines: Iterator[MatchLine]) -> Iterator[str]:
    yield _csv_row(list(MatchLine.model_fields))
    for line in lines:
        cells = line.model_dump(mode="json").values()
        yield _csv_row(["" if cell is None else str(cell) for cell in cells])


def _csv_row(cells: list[str]) -> str:
    row = StringIO()
    csv.writer(row, quoting=csv.QUOTE_ALL).writerow([harmless(cell) for cell in cells])
    return row.getvalue()


def _json(lines: Iterator[MatchLine]) -> Iterator[str]:
    before = '{"items":[\n'
    for line in lines:
        yield before + line.model_dump_json()
        before = ",\n"
    yield "\n]}\n" if before == ",\n" else '{"items":[]}\n'


def _download(content: Iterator[str], media_type: str, ending: str) -> StreamingResponse:
    name = {"Content-Disposition": f'attachment; filename="matches.{ending}"'}
    return StreamingResponse(content, media_type=media_type, headers=name)

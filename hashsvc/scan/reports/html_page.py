"""Parts of a page for people: every word of it is escaped, and nothing comes from elsewhere."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from hashsvc.scan.reports.printing import printable

_STYLE = """
body { font: 15px/1.4 sans-serif; margin: 2em }
table { border-collapse: collapse; margin: .5em 0 1.5em }
td, th { border: 1px solid #767676; padding: .2em .5em; text-align: left; vertical-align: top;
  overflow-wrap: break-word; max-width: 32em }
th { background: #eee }
.line { display: inline-block; min-width: 16em; border-bottom: 1px solid }
.warning { border: 2px solid #a00; padding: .5em 1em }
@media print { form { display: none } }
"""
# The page is whole without it. It reads what is typed and hides rows, nothing else.
_SCRIPT = """
const box = document.getElementById("search"), rows = document.querySelectorAll("tbody.files tr")
const told = document.getElementById("found")
document.querySelector("form").hidden = false
function search() {
  const words = box.value.toLowerCase().split(" ").filter(Boolean)
  let shown = 0
  for (const row of rows) {
    const text = row.textContent.toLowerCase()
    row.hidden = !words.every((word) => text.includes(word))
    shown += !row.hidden
  }
  told.textContent = `${shown} of ${rows.length} rows`
}
box.addEventListener("input", search)
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault())
search()
"""
_SCRIPT_DIGEST = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
SEARCH = """<form hidden><label>Search in the rows below
<input id="search" type="search" autocomplete="off"></label> <output id="found"></output></form>
"""
_RULED = '<span class="line">&nbsp;</span>'


class Markup(str):
    """What stands in a page as it is, because it was made here."""

    __slots__ = ()


def opening(title: str) -> str:
    """Of a page that may run our script, and show pictures that it holds itself."""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
        f" script-src 'sha256-{_SCRIPT_DIGEST}'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>\n"
    )


def ending() -> str:
    """With the script that searches."""
    return f"<script>{_SCRIPT}</script></body></html>\n"


def ending_without_script() -> str:
    """Of a page that is printed and signed."""
    return "</body></html>\n"


def facts(pairs: Mapping[str, object]) -> str:
    """A table of names and values; what is not known is a line to write on."""
    rows = (
        f"<tr><th>{escape(name)}</th><td>{words(value) or _RULED}</td></tr>\n"
        for name, value in pairs.items()
    )
    return f"<table>{''.join(rows)}</table>\n"


def table(names: Iterable[str], rows: Iterable[Iterable[object]], kind: str) -> Iterator[str]:
    """A table, row by row.

    Args:
        names: of the columns.
        rows: with as many values each.
        kind: class of its body.
    """
    heads = "".join(f"<th>{escape(name)}</th>" for name in names)
    yield f'<table><thead><tr>{heads}</tr></thead><tbody class="{kind}">\n'
    for row in rows:
        yield f"<tr>{''.join(f'<td>{words(value)}</td>' for value in row)}</tr>\n"
    yield "</tbody></table>\n"


def stacked(pairs: Mapping[str, object]) -> Markup:
    """What is known of several things, one under the other in one cell."""
    told = (f"{escape(name)}: {words(value)}" for name, value in pairs.items() if value is not None)
    return Markup("<br>".join(told))


def words(value: object) -> str:
    """Whatever it is, as text of a page."""
    if value is None or value == "":
        return ""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{words(name)}: {words(one)}" for name, one in value.items() if one != "")
    if isinstance(value, list | tuple):
        return ", ".join(map(words, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return escape(printable(str(value)))

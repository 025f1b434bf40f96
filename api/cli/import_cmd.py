"""`hashsvc-server import`: lists of other networks that are followed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from api.cli.bank_cmd import BankName
from api.cli.preparing import MESSAGES, Data, explained, opened
from api.compat.fetching import ListBrokenError, is_safe
from api.compat.imports import Dialect, opened_list, read_credentials
from api.services.errors import ServiceError
from api.services.intake import Intake
from api.services.list_imports import Followed, ListImports
from indexer.errors import KeyFileError
from indexer.store.import_sources import ImportSource, NewSource

app = typer.Typer(
    no_args_is_help=True,
    help="Lists of other networks that are followed, each in a bank of its own. For files: `bank "
    "import`.",
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, a line a list.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Your name for the list.")],
    dialect: Annotated[Dialect, typer.Option(help="How the other server speaks.")],
    url: Annotated[str, typer.Option(help="Its address, https, as its clients are given it.")],
    bank: BankName,
    credentials_file: Annotated[
        Path,
        typer.Option(
            help='A file of mode 0600. For stopncii {"subscription_key": "...", '
            '"fetch_function_key": "..."}; for ncmec {"user": "...", "password": "..."}.'
        ),
    ],
    data: Data = Path("var"),
) -> None:
    """Follow another network's list. Nothing is asked yet: `import run` does, as often as it runs.

    The credentials stay in their file, which is read at each run.

    Example: hashsvc-server import add partner --dialect stopncii --url https://lists.example/v1
    --bank partner --credentials-file partner.json
    """
    address = url.rstrip("/")
    if not name.isprintable() or not 1 <= len(name) <= 64:
        raise typer.BadParameter("a name has 1 to 64 signs that can be printed")
    if not is_safe(address):
        raise typer.BadParameter("an address is https, without user, password, `?` or `#`")
    with _imports(data) as imports:
        read_credentials(dialect, credentials_file)
        path = str(credentials_file.resolve())
        imports.add(NewSource(name, dialect.value, address, path, bank))
    MESSAGES.print("Added. `import run` fetches it.")


@app.command()
def run(
    name: Annotated[str | None, typer.Argument(help="Which list; without it, all.")] = None,
    data: Data = Path("var"),
    *,
    afresh: Annotated[
        bool,
        typer.Option(
            "--afresh", help="From the beginning; what a list does not name then is taken out."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch what is new in the lists that are followed, a page at a time; say what became of it.

    Bad records are left out and counted. A page that cannot be read ends a list's run with exit
    code 1; what came before it is kept, and the next run begins with that page.

    Example: hashsvc-server import run partner --data var
    """
    with _imports(data) as imports:
        for source in imports.chosen(name) if afresh else ():
            imports.begin_anew(source.name)
        whole = [_run(imports, source, as_json=as_json) for source in imports.chosen(name)]
    raise typer.Exit(0 if all(whole) else 1)


@app.command()
def status(data: Data = Path("var"), *, as_json: AsJson = False) -> None:
    """Show the lists that are followed: entries, the last page, the last time the end was reached.

    Example: hashsvc-server import status --data var
    """
    with _imports(data) as imports:
        sources = imports.chosen(None)
    if as_json:
        for source in sources:
            typer.echo(json.dumps(_shown(source)))
        return
    table = Table("name", "dialect", "bank", "entries", "last page", "complete")
    for source in sources:
        table.add_row(
            *(str(value if value is not None else "") for value in _shown(source).values())
        )
    Console().print(table)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="Which list.")], data: Data = Path("var")
) -> None:
    """Follow a list no more; take out and erase what it brought. Platforms hear of their matches.

    Example: hashsvc-server import remove partner --data var
    """
    with _imports(data) as imports:
        erased = imports.remove(name)
    MESSAGES.print(f"Removed. {erased} signatures taken out.")


def _run(imports: ListImports, source: ImportSource, *, as_json: bool) -> bool:
    """Whether a list's end was reached, and its form is what we know."""
    sums, stopped = Followed(), None
    try:
        dialect = Dialect(source.dialect)
        credentials = read_credentials(dialect, Path(source.credentials_file))
        with opened_list(dialect, source.url, credentials) as there:
            for reached in imports.follow(source, there.pages(source.checkpoint)):
                sums = reached
    except (ListBrokenError, KeyFileError, ServiceError) as error:
        stopped = str(error) or type(error).__doc__
    told = _told(source, sums, stopped)
    if as_json:
        typer.echo(json.dumps(told))
    else:
        _say(source, sums, stopped)
    return stopped is None and not sums.alarming


def _told(source: ImportSource, sums: Followed, stopped: str | None) -> dict[str, Any]:
    counts = ("pages", "records", "listed", "held", "known", "delisted", "unfit")
    return {
        "name": source.name,
        **{count: getattr(sums, count) for count in counts},
        "skipped": {why.value: number for why, number in sorted(sums.skipped.items())},
        "alarming": sums.alarming,
        "stopped": stopped,
    }


def _say(source: ImportSource, sums: Followed, stopped: str | None) -> None:
    MESSAGES.print(
        f"{source.name}: {sums.records} records on {sums.pages} pages: {sums.listed} listed, "
        f"{sums.known} known before, {sums.delisted} delisted, {sums.held} held for a look, "
        f"{sums.unfit} without enough detail.",
        markup=False,
    )
    if sums.skipped:
        whys = ", ".join(f"{number} {why.value}" for why, number in sorted(sums.skipped.items()))
        MESSAGES.print(f"{source.name}: left out: {whys}.", markup=False)
    if sums.alarming:
        MESSAGES.print(
            f"{source.name}: more than 1 % of the records are malformed: has their form changed?",
            style="red",
            markup=False,
        )
    if stopped is not None:
        MESSAGES.print(f"{source.name}: stopped: {stopped}", style="red", markup=False)


def _shown(source: ImportSource) -> dict[str, Any]:
    return {
        "name": source.name,
        "dialect": source.dialect,
        "bank": source.bank,
        "entries": source.entries,
        "last_page": source.fetched_at and f"{source.fetched_at:%Y-%m-%dT%H:%M:%SZ}",
        "complete": source.completed_at and f"{source.completed_at:%Y-%m-%dT%H:%M:%SZ}",
    }


@contextmanager
def _imports(data: Path) -> Iterator[ListImports]:
    with explained(), opened(data) as (store, pepper):
        yield ListImports(store, Intake.of_store(store), pepper)

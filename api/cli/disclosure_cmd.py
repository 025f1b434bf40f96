"""`hashsvc-server disclosure`: what a law asks for, told by two people, never by one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.preparing import MESSAGES, Data, explained, fail, opened
from api.security.case_secrets import CaseNumber, CaseSecrets
from api.services.disclosures import Asked, DisclosureService
from hashsvc.files import replacing
from hashsvc.times import now
from indexer.store.days import date_of
from indexer.store.disclosures import DisclosureKind, DisclosureState

app = typer.Typer(
    no_args_is_help=True,
    help="What a law asks for: one person asks, another approves, then it is written to a file.",
)
_PRIVATE = 0o600
By = Annotated[str, typer.Option("--by", help="Your name, for the record.")]
Id = Annotated[int, typer.Argument(metavar="NUMBER", help="The disclosure's number.")]


@app.command()
def ask(
    kind: Annotated[DisclosureKind, typer.Option(help="What is asked for; hashes never are.")],
    reference: Annotated[str, typer.Option(help="Of the order or request.")],
    by: By,
    data: Data = Path("var"),
    first: Annotated[int | None, typer.Option(help="audit_rows: from this row on.")] = None,
    last: Annotated[int | None, typer.Option(help="audit_rows: up to this row.")] = None,
) -> None:
    """Ask for a disclosure. A case number is asked for on the terminal, and not kept.

    Names are taken on trust: who may run this command can sign as anybody. Every step is a row
    of the audit.

    Example: hashsvc-server disclosure ask --kind bank_counts --reference "CM 12/2026" --by amina
    """
    with _disclosures(data) as disclosures:
        asked = Asked(kind, reference, _number(kind), first, last)
        number = disclosures.ask(asked, by=by, at=now())
    MESSAGES.print("Noted. Another person has to approve it.")
    typer.echo(str(number))


@app.command()
def approve(number: Id, by: By, data: Data = Path("var")) -> None:
    """Approve what somebody else asked for.

    Example: hashsvc-server disclosure approve 3 --by otieno
    """
    with _disclosures(data) as disclosures:
        disclosures.answer(number, DisclosureState.APPROVED, by=by, at=now())
    MESSAGES.print("Approved.")


@app.command()
def refuse(number: Id, by: By, data: Data = Path("var")) -> None:
    """Refuse it for good.

    Example: hashsvc-server disclosure refuse 3 --by otieno
    """
    with _disclosures(data) as disclosures:
        disclosures.answer(number, DisclosureState.REFUSED, by=by, at=now())
    MESSAGES.print("Refused.")


@app.command(name="list")
def list_disclosures(data: Data = Path("var")) -> None:
    """Show every disclosure: what, for which reference, who asked, who answered.

    Example: hashsvc-server disclosure list
    """
    with _disclosures(data) as disclosures:
        found = disclosures.all()
    table = Table("number", "kind", "reference", "state", "asked", "by", "answered by")
    for one in found:
        asked = date_of(one.asked_day).isoformat()
        words = (one.wanted.kind, one.wanted.reference, one.state, asked, one.asked_by)
        table.add_row(str(one.id), *words, one.answered_by or "")
    Console(markup=False).print(table)


@app.command()
def write(
    number: Id,
    out: Annotated[Path, typer.Option(help="The file; JSON, for this user alone.")],
    data: Data = Path("var"),
) -> None:
    """Write what was approved to a file; each time is recorded.

    Example: hashsvc-server disclosure write 3 --out CM-12-2026.json
    """
    with _disclosures(data) as disclosures:
        kinds = {one.id: one.wanted.kind for one in disclosures.all()}
        told = disclosures.write(number, _number(kinds.get(number)), at=now())
        with replacing(out, mode=_PRIVATE) as draft:
            draft.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    MESSAGES.print("Written.")


def _number(kind: DisclosureKind | None) -> CaseNumber | None:
    """A case number from the terminal: on a command line others would see it."""
    if kind is not DisclosureKind.CASE:
        return None
    number = CaseNumber.typed(typer.prompt("Case number", hide_input=True, err=True))
    if number is None:
        fail("This is no case number: it has sixteen letters and digits.")
    return number


@contextmanager
def _disclosures(data: Path) -> Iterator[DisclosureService]:
    with explained(), opened(data) as (store, pepper):
        yield DisclosureService(store, CaseSecrets(pepper))

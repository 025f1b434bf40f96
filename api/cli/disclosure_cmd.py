"""`hashsvc-server disclosure`: what a law asks for, and packs: by two people, never by one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from api.cli.preparing import MESSAGES, Data, explained, fail, opened
from api.security.case_secrets import CaseNumber, CaseSecrets
from api.services.disclosure_kinds import MOST_PACK_DAYS, Asked
from api.services.disclosures import DisclosureService
from hashsvc.files import replacing
from hashsvc.packs.errors import PackKeyError
from hashsvc.times import now
from indexer.store.days import date_of
from indexer.store.disclosures import DisclosureKind, Wanted, WantedPack

app = typer.Typer(
    no_args_is_help=True,
    help="What a law asks for, and packs: one person asks, another approves, then it is written.",
)
_PRIVATE = 0o600
_USUAL_DAYS = 7
By = Annotated[str, typer.Option("--by", help="Your name, for the record.")]
Id = Annotated[int, typer.Argument(metavar="NUMBER", help="The disclosure's number.")]


PackBank = Annotated[str | None, typer.Option("--bank", help="pack: the bank's name.")]
To = Annotated[
    str | None,
    typer.Option("--to", help="pack: the recipient, as `hashsvc pack new-key` printed it."),
]
Whom = Annotated[
    str | None,
    typer.Option("--name", help="pack: who that is, as an alarm says it where their pack leaks."),
]
Days = Annotated[
    int | None,
    typer.Option(
        "--days",
        help="pack: how long each may be used, 7 days where nothing is said; a withdrawal reaches "
        "it no sooner.",
        min=1,
        max=MOST_PACK_DAYS,
    ),
]
Under18 = Annotated[
    bool,
    typer.Option(
        "--under-18",
        help="pack: everybody shown may be under 18; a scan withholds details and ends with "
        "code 8.",
    ),
]


@app.command()
def ask(
    kind: Annotated[DisclosureKind, typer.Option(help="What is asked for.")],
    reference: Annotated[str, typer.Option(help="Of the order or request.")],
    by: By,
    data: Data = Path("var"),
    first: Annotated[int | None, typer.Option(help="audit_rows: from this row on.")] = None,
    last: Annotated[int | None, typer.Option(help="audit_rows: up to this row.")] = None,
    bank: PackBank = None,
    to: To = None,
    name: Whom = None,
    days: Days = None,
    *,
    under_18: Under18 = False,
) -> None:
    """Ask for a disclosure. A case number is asked for on the terminal, and not kept.

    Names are taken on trust: who may run this command can sign as anybody. Every step is a row
    of the audit. Hashes are disclosed in a pack alone, which one recipient can open. `--under-18`
    is for a bank that holds nothing else: it marks every entry of the pack.

    Example: hashsvc-server disclosure ask --kind bank_counts --reference "CM 12/2026" --by amina

    Or: --kind pack --bank reported --to age1... --name "laboratory north" and the others.
    """
    pack = None
    if (bank, to, name, days, under_18) != (None, None, None, None, False):
        pack = WantedPack(bank or "", to or "", name, days or _USUAL_DAYS, under_18)
    with _disclosures(data) as disclosures:
        asked = Asked(kind, reference, _number(kind), first, last, pack)
        number = _asked(disclosures, asked, by)
    MESSAGES.print("Noted. Another person has to approve it.")
    typer.echo(str(number))


@app.command()
def approve(number: Id, by: By, data: Data = Path("var")) -> None:
    """Approve what somebody else asked for.

    Look at `disclosure list` before; whom a pack is for, the key says and not the name.

    Example: hashsvc-server disclosure approve 3 --by otieno
    """
    with _disclosures(data) as disclosures:
        disclosures.approve(number, by=by, at=now())
    MESSAGES.print("Approved.")


@app.command()
def refuse(number: Id, by: By, data: Data = Path("var")) -> None:
    """Refuse it for good, also after it was approved. What was given out cannot be called back.

    Example: hashsvc-server disclosure refuse 3 --by otieno
    """
    with _disclosures(data) as disclosures:
        disclosures.refuse(number, by=by, at=now())
    MESSAGES.print("Refused.")


@app.command(name="list")
def list_disclosures(data: Data = Path("var")) -> None:
    """Show every disclosure: what, for which reference, who asked, who answered.

    Example: hashsvc-server disclosure list
    """
    with _disclosures(data) as disclosures:
        found = disclosures.all()
    what = Column("what", overflow="fold")  # who approves compares the whole key
    table = Table("number", what, "reference", "state", "asked", "by", "answered by")
    for one in found:
        asked = date_of(one.asked_day).isoformat()
        words = (_what(one.wanted), one.wanted.reference, one.state, asked, one.asked_by)
        answered = ", ended by ".join(filter(None, (one.answered_by, one.ended_by)))
        table.add_row(str(one.id), *words, answered)
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


def _asked(disclosures: DisclosureService, asked: Asked, by: str) -> int:
    try:
        return disclosures.ask(asked, by=by, at=now())
    except PackKeyError as error:
        fail(str(error))


def _what(wanted: Wanted) -> str:
    """Its kind; of a pack also which bank, and for whom."""
    if wanted.pack is None:
        return wanted.kind
    pack = wanted.pack
    whom = f"{pack.name}, {pack.recipient}" if pack.name else pack.recipient
    mark = ", under 18" if pack.under_18 else ""
    return f"{wanted.kind} of {pack.bank} for {whom}, {pack.days} days{mark}"


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

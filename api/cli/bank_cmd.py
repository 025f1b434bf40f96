"""`hashsvc-server bank`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.preparing import MESSAGES, Data, explained, fail, opened
from api.cli.signature_files import SignatureFileError, read_signatures
from api.services.banks import BankService
from hashsvc import Tier
from hashsvc.times import now

app = typer.Typer(
    no_args_is_help=True,
    help="Banks: what is matched, and what must never match (templates, logos, stock photos).",
)


@app.command(name="add-benign")
def add_benign(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE",
            help="A folder of pictures, hashed on this machine by `hashsvc`, or a file of what "
            "`hashsvc hash --json` printed on another one.",
        ),
    ],
    data: Data = Path("var"),
) -> None:
    """List pictures that must never match. A report near one of them is held or restricted.

    The service sees hashes only: a program of its own reads the pictures.

    Example: hashsvc-server bank add-benign templates/ --data var
    """
    with explained(), opened(data) as (store, _):
        try:
            read = read_signatures(source)
        except SignatureFileError as error:
            fail(str(error))
        added = BankService(store).add_benign(read.signatures, at=now())
    for problem in read.problems:
        MESSAGES.print(problem, style="red", markup=False)
    MESSAGES.print(f"{added} signatures listed as benign.")


@app.command(name="list")
def list_banks(data: Data = Path("var")) -> None:
    """Show every bank: kind, weakest tier, how many signatures are live and how many held.

    Example: hashsvc-server bank list --data var
    """
    with explained(), opened(data) as (store, _):
        banks = BankService(store).overview()
    table = Table("bank", "kind", "weakest tier", "live", "held")
    for bank in banks:
        table.add_row(
            bank.name, bank.kind.value, bank.weakest_tier.value, str(bank.live), str(bank.held)
        )
    Console().print(table)


@app.command(name="limit")
def limit_bank(
    name: Annotated[str, typer.Argument(help="The bank's name.")],
    weakest_tier: Annotated[Tier, typer.Option(help="Weaker matches are not answered.")],
    data: Data = Path("var"),
) -> None:
    """Let a bank answer at a tier and stronger ones only.

    Example: hashsvc-server bank limit reported --weakest-tier likely --data var
    """
    with explained(), opened(data) as (store, _):
        BankService(store).limit(name, weakest_tier)
    MESSAGES.print(f"The bank answers at {weakest_tier.value} and above.")

"""`hashsvc-server bank`."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.cli.preparing import MESSAGES, Data, explained, fail, opened
from api.cli.signature_files import SignatureFileError, read_signatures
from api.cli.signature_lines import BadLine, read_lines
from api.services.banks import BankService
from api.services.imports import ImportService
from api.services.intake import Intake
from hashsvc import Signature, Tier
from hashsvc.times import now

app = typer.Typer(
    no_args_is_help=True,
    help="Banks: what is matched, and what must never match (templates, logos, stock photos).",
)

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def _own_name(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise typer.BadParameter("a bank's name has a-z, 0-9 and -, at most 64 signs")
    return name


_NAMED = 20  # bad lines that are named; the others are counted
BankName = Annotated[
    str, typer.Option("--bank", help="The bank's name: a-z, 0-9 and -.", callback=_own_name)
]


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


@app.command(name="import")
def import_list(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help='A line a signature: JSON with "pdq" and, if known, "dhash", "quality", "region"; '
            "or 64 hexadecimal digits, a PDQ.",
        ),
    ],
    bank: BankName,
    data: Data = Path("var"),
) -> None:
    """List what another network or tool reported, in a bank of its own; once, however often.

    Bad lines are left out, counted, and the first ones named by number; exit code 1 then.

    Example: hashsvc-server bank import partner.jsonl --bank partner --data var
    """
    bad: list[BadLine] = []
    with explained(), opened(data) as (store, _), _opened(source) as lines, _counting() as told:
        service = ImportService(store, Intake.of_store(store))
        sums = service.fill(bank, _good(read_lines(lines), bad), at=now(), told=told)
    for each in bad[:_NAMED]:
        MESSAGES.print(f"Line {each.number}: {each.why}: left out.", style="red", markup=False)
    if len(bad) > _NAMED:
        MESSAGES.print(f"... and {len(bad) - _NAMED} more lines.", style="red")
    MESSAGES.print(
        f"{sums.listed} listed, {sums.known} known before, {sums.held} held for a look, "
        f"{sums.unfit} without enough detail, {len(bad)} bad lines."
    )
    raise typer.Exit(1 if bad else 0)


@app.command(name="empty")
def empty_bank(bank: BankName, data: Data = Path("var")) -> None:
    """Take out and erase everything in an imported bank; platforms hear of their matches.

    Example: hashsvc-server bank empty --bank partner --data var
    """
    with explained(), opened(data) as (store, _):
        erased = ImportService(store, Intake.of_store(store)).empty(bank, at=now())
    MESSAGES.print(f"{erased} signatures taken out.")


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
        BankService(store).limit(name, weakest_tier, at=now())
    MESSAGES.print(f"The bank answers at {weakest_tier.value} and above.")


@contextmanager
def _opened(source: Path) -> Iterator[BinaryIO]:
    try:
        file = source.open("rb")
    except OSError:
        fail("There is no such file that can be read.")
    with file:
        yield file


@contextmanager
def _counting() -> Iterator[Callable[[int], None]]:
    """Show how many signatures are done, where somebody looks."""
    shown = (SpinnerColumn(), TextColumn("{task.completed:,} signatures"), TimeElapsedColumn())
    with Progress(*shown, console=MESSAGES, transient=True) as progress:
        task = progress.add_task("import", total=None)
        yield lambda done: progress.update(task, completed=done)


def _good(read: Iterable[Signature | BadLine], bad: list[BadLine]) -> Iterator[Signature]:
    """The signatures; the lines that are none are kept aside."""
    for one in read:
        if isinstance(one, BadLine):
            bad.append(one)
        else:
            yield one

"""`hashsvc case`."""

import re
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from hashsvc.cli.files import Failed, decoded
from hashsvc.cli.output import FAILED, MESSAGES, explained, shown
from hashsvc.client import CaseAccess, CaseReport, SurvivorClient
from hashsvc.closed_sets import CaseStatus
from hashsvc.errors import CaseIncompleteError, PhotoError
from hashsvc.hashing import enrolment_signatures
from hashsvc.signatures import Signature

app = typer.Typer(
    no_args_is_help=True, help="Open, check and withdraw a case. Your photos stay on this device."
)
_PIN = re.compile(r"[0-9]{6}")
_PIN_DIGITS = 6

Photos = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Photos, or folders.")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The case number.")]
Server = Annotated[
    str, typer.Option(envvar="HASHSVC_SERVER", help="The service's address, https://...")
]
PinStdin = Annotated[
    bool, typer.Option("--pin-stdin", help="Read the PIN from standard input instead of asking.")
]


@app.command(name="open")
def open_case(photos: Photos, server: Server, *, pin_stdin: PinStdin = False) -> None:
    """Open a case: codes of your photos are sent, the photos are not.

    If any file cannot be used, nothing is sent. The last line printed is your case number:
    with it and your PIN you can come back. Nobody can find either again for you.

    Example: hashsvc case open photo.jpg --server https://example.org
    """
    signatures = _signatures(photos)
    pin = _new_pin(from_stdin=pin_stdin)
    with explained(), SurvivorClient(server) as client:
        try:
            access = client.open_case(signatures, pin, on_work=_say_working)
        except CaseIncompleteError as error:
            typer.echo(error.number)
            raise
    MESSAGES.print(f"{len(signatures)} codes were sent. No photo was. Your case number:")
    typer.echo(access.number)


@app.command()
def add(number: Number, photos: Photos, server: Server, *, pin_stdin: PinStdin = False) -> None:
    """Add photos to a case that is in use; photos that are in it already do no harm.

    Example: hashsvc case add 7QK2-M4RT-0XVB-9HDC more.jpg --server https://example.org
    """
    signatures = _signatures(photos)
    access = CaseAccess(number, _known_pin(from_stdin=pin_stdin))
    with explained(), SurvivorClient(server) as client:
        client.add(access, signatures)
    MESSAGES.print("Added. No photo was sent.")


@app.command()
def status(number: Number, server: Server, *, pin_stdin: PinStdin = False) -> None:
    """Tell whether a case is in use, and what sites did; that is told a day late.

    Example: hashsvc case status 7QK2-M4RT-0XVB-9HDC --server https://example.org
    """
    access = CaseAccess(number, _known_pin(from_stdin=pin_stdin))
    with explained(), SurvivorClient(server) as client:
        found = client.status(access)
    for line in _status_lines(found):
        typer.echo(line)


@app.command()
def withdraw(number: Number, server: Server, *, pin_stdin: PinStdin = False) -> None:
    """Withdraw a case: it stops matching now, and what was stored is erased.

    Example: hashsvc case withdraw 7QK2-M4RT-0XVB-9HDC --server https://example.org
    """
    access = CaseAccess(number, _known_pin(from_stdin=pin_stdin))
    with explained(), SurvivorClient(server) as client:
        client.withdraw(access)
    typer.echo("withdrawn")


def _say_working() -> None:
    MESSAGES.print("One moment: many people use this network now. Nothing is wrong.")


def _status_lines(found: CaseReport) -> Iterator[str]:
    if found.status is CaseStatus.ACTIVE:
        yield f"in use, {found.signatures} codes"
    else:
        yield "not in use: withdrawn"
        if found.sites_told:
            yield f"sites that dropped it: {found.sites_confirmed} of {found.sites_told}"
    counts = {
        "sites that removed copies": found.removed,
        "sites where a copy was gone already": found.already_gone,
        "sites that made copies harder to see": found.limited,
        "sites that could not act or would not": found.not_acted,
        "sites that are looking at a copy": found.looking,
    }
    yield from (f"{what}: {sites}" for what, sites in counts.items() if sites)


def _signatures(photos: list[Path]) -> list[Signature]:
    """Of all photos, or exit: a case is not opened for half of them."""
    signatures: list[Signature] = []
    failures: list[Failed] = []
    for result in decoded(photos, doing="Making codes"):
        if isinstance(result, Failed):
            failures.append(result)
            continue
        try:
            signatures.extend(enrolment_signatures(result.pixels))
        except PhotoError as error:
            failures.append(Failed(result.path, str(error)))
    for failure in failures:
        MESSAGES.print(f"{shown(failure.path)}: {failure.why}", style="red", markup=False)
    if failures:
        MESSAGES.print("Nothing was sent.")
        raise typer.Exit(FAILED)
    return signatures


def _new_pin(*, from_stdin: bool) -> str:
    if from_stdin:
        return _checked(sys.stdin.readline().strip())
    typed = typer.prompt(
        "Choose a PIN of 6 digits (Enter: make one for me)",
        default="",
        show_default=False,
        hide_input=True,
        err=True,
    )
    if typed:
        return _checked(typed)
    pin = f"{secrets.randbelow(10**_PIN_DIGITS):0{_PIN_DIGITS}}"
    MESSAGES.print(f"Your PIN is {pin}. Write it down.")
    return pin


def _known_pin(*, from_stdin: bool) -> str:
    if from_stdin:
        return _checked(sys.stdin.readline().strip())
    return _checked(typer.prompt("PIN", hide_input=True, err=True))


def _checked(pin: str) -> str:
    if _PIN.fullmatch(pin) is None:
        raise typer.BadParameter("A PIN has 6 digits.")
    return pin

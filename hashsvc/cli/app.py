"""`hashsvc`: the commands, put together."""

from typing import Annotated

import typer

from hashsvc import __version__
from hashsvc.cli import (
    case_cmd,
    compare_cmd,
    hash_cmd,
    match_cmd,
    pack_cmd,
    report_cmd,
    scan_cmd,
    witness_cmd,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Hash photos on this device, and ask a service about the hashes. No photo ever leaves.",
)
app.command(name="hash")(hash_cmd.hash_photos)
app.command(name="compare")(compare_cmd.compare)
app.command(name="match")(match_cmd.match)
app.command(name="scan")(scan_cmd.scan)
app.add_typer(case_cmd.app, name="case")
app.add_typer(pack_cmd.app, name="pack")
app.add_typer(report_cmd.app, name="report")
app.add_typer(witness_cmd.app, name="witness")


def main() -> None:
    """Run a command. Exit codes: 0 done, 1 something failed and was said, 2 wrong usage."""
    app()


def _print_version(wanted: bool) -> None:  # noqa: FBT001  # typer's form
    if wanted:
        typer.echo(f"hashsvc {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass

"""`hashsvc report`."""

import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hashsvc.cli import review_cmd
from hashsvc.cli.output import MESSAGES, shown
from hashsvc.cli.scan_cmd import refusing
from hashsvc.scan.manifest import verify_folder
from hashsvc.scan.manifest_keys import (
    ReportKey,
    is_encrypted,
    key_id,
    read_public_key,
    read_report_key,
)
from hashsvc.scan.reports import EXPORTS, Include, ReportFormat, Thumbnails, Writer
from hashsvc.times import now

_PRINTED = {ReportFormat.JSONL, ReportFormat.CSV}
_ALL = "all"


class _WriteByDefault(TyperGroup):
    """`report DIR` means `report write DIR`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # Typer hides its Click
        if args and args[0] != "--help" and args[0] not in self.commands:
            args = ["write", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_WriteByDefault,
    no_args_is_help=True,
    help="Reports of a scan: `report DIR` writes them, the others check and review.",
)
app.command()(review_cmd.review)
app.command(name="continue")(review_cmd.go_on)
Folder = review_cmd.Folder
Formats = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT[,FORMAT...]|all",
        help="jsonl, csv: a row a file; html, certificate: for people; vics, case, md5, kdb.",
    ),
]
SignKey = Annotated[
    Path | None, typer.Option(help="Signs the manifest: a key file made by `report new-key`.")
]


def _formats(words: str) -> list[ReportFormat]:
    names = words.split(",")
    if names == [_ALL]:
        return list(ReportFormat)
    try:
        return list(dict.fromkeys(map(ReportFormat, names)))
    except ValueError as error:
        known = ", ".join(ReportFormat)
        raise typer.BadParameter(
            f"Formats are {known} or {_ALL}, with commas.", param_hint="--format"
        ) from error


@app.command()
def write(
    folder: Folder,
    format_: Formats,
    sign_key: SignKey = None,
    by: Annotated[str, typer.Option(help="Who asks for it; else the scan's investigator.")] = "",
    include: Annotated[
        Include, typer.Option(help="`strong`: exports hold strong matches nobody reviewed too.")
    ] = Include.REVIEWED,
    thumbnails: Annotated[
        Thumbnails,
        typer.Option(help="`blurred`: a few grey squares of each match, in a page of their own."),
    ] = Thumbnails.NONE,
) -> None:
    """Write reports of a finished scan into its folder, and a manifest of everything there.

    `jsonl` and `csv` have one row a file: what became of it, its best match, what people found;
    where the output is piped they are printed too. `html` has no picture; blurred ones are made
    only for somebody who gives a name, and the custody log says so. Exports for other tools hold
    photos that two people found to be the same: `vics` (JSON in the shape of VICS 2.0), `case`
    (CASE/UCO), `md5` and `kdb` (hfind, Autopsy). With `html` comes the draft of a certificate under
    section 106B of Kenya's Evidence Act, for the officer to complete. Nothing is sent anywhere.

    Exit codes: 2 key, 6 no journal there, or in use; 8 stopped for a minor; 9 the scan has not
    finished, or the custody log was altered.

    Example: hashsvc report scan-A1 --format jsonl | jq 'select(.tier)'
    """
    wanted = _formats(format_)
    with refusing():
        written = Writer(folder, by, _key(sign_key), include, thumbnails).write(wanted, at=now())
    for path in written.paths:
        MESSAGES.print(f"Written: {shown(path)}", markup=False)
    if written.warning:
        MESSAGES.print(written.warning, style="red", markup=False)
    if EXPORTS & set(wanted) and not written.exported:
        MESSAGES.print("The exports are empty: no photo has the findings of two people.")
    if len(wanted) == 1 and wanted[0] in _PRINTED and not sys.stdout.isatty():
        with written.paths[0].open(encoding="utf-8", newline="") as file:
            shutil.copyfileobj(file, sys.stdout)


@app.command()
def verify(
    folder: Folder,
    key: Annotated[
        str, typer.Option(help="Public key that has to have signed, as its holder told you.")
    ] = "",
) -> None:
    """See that nothing in an output folder was changed, removed or added since its last report.

    Exit codes: 0 all is as the manifest says, 9 it is not, 2 the key is none.

    Example: hashsvc report verify scan-A1 --key 3f1c...
    """
    with refusing():
        found = verify_folder(folder, signer=read_public_key(key) if key else None)
    typer.echo(f"good: {found.files} files are as the manifest says")
    if found.signer is None:
        MESSAGES.print("The manifest is not signed: anybody can have written it anew.")
    elif key:
        typer.echo(f"signed with the key {key_id(found.signer)}")
    else:
        MESSAGES.print(
            f"Signed with the key {key_id(found.signer)}: give --key to see that it is the"
            " right one."
        )


@app.command(name="new-key")
def new_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the secret key is kept.")],
    *,
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Ask for a passphrase that encrypts it.")
    ] = False,
) -> None:
    """Make the key that a laboratory or an investigator signs reports with; prints its public half.

    Example: hashsvc report new-key lab-signing.pem --passphrase
    """
    words = (
        typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)
        if (passphrase)
        else ""
    )
    key = ReportKey.generate()
    with refusing():
        key.save(file, passphrase=words)
    MESSAGES.print("Keep the file secret. Whoever checks your reports needs this line:")
    typer.echo(key.public)


def _key(file: Path | None) -> ReportKey | None:
    if file is None:
        return None
    words = (
        typer.prompt("Passphrase of the signing key", hide_input=True, err=True)
        if is_encrypted(file)
        else ""
    )
    return read_report_key(file, passphrase=words)

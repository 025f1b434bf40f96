"""`hashsvc pack`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hashsvc.cli.output import MESSAGES, explained
from hashsvc.packs import (
    Pack,
    PackError,
    PackKey,
    SeenVersions,
    open_pack,
    read_pack_key,
    read_trust,
)
from hashsvc.times import now

app = typer.Typer(
    no_args_is_help=True, help="Packs: reported signatures for lawful work offline, for one key."
)
REFUSED = 3
File = Annotated[Path, typer.Argument(metavar="PACK", help="The pack.")]
Key = Annotated[Path, typer.Option("--key", help="Your key file, made by `pack new-key`.")]
Trust = Annotated[
    Path, typer.Option("--trust", help="Lines of a bank and its signer's key, as pinned by you.")
]


@app.command(name="new-key")
def new_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the secret key is kept.")],
) -> None:
    """Make a recipient's key. The public half is printed: the operator builds packs for it.

    Example: hashsvc pack new-key lab.key
    """
    key = PackKey.generate()
    with explained():
        key.save(file)
    MESSAGES.print("Keep the file secret. Give the operator this line:")
    typer.echo(key.recipient)


@app.command()
def verify(file: File, key: Key, trust: Trust) -> None:
    """Check a pack: recipient, signature, bank, expiry, version, every byte. Exit code 3: refused.

    Example: hashsvc pack verify reported.pack --key lab.key --trust signers.txt
    """
    pack = opened(file, key, trust)
    typer.echo(f"good: {pack.manifest.bank}, {pack.manifest.entries} entries")


@app.command()
def info(file: File, key: Key, trust: Trust) -> None:
    """Print what a pack says of itself, as JSON; only of a pack that passes every check.

    Example: hashsvc pack info reported.pack --key lab.key --trust signers.txt
    """
    pack = opened(file, key, trust)
    typer.echo(json.dumps(pack.manifest.to_json() | {"sha256": pack.sha256}, indent=2))


def opened(file: Path, key: Path, trust: Path) -> Pack:
    """A pack that passes every check, or a sentence and exit code 3."""
    try:
        return open_pack(
            file,
            key=read_pack_key(key),
            trust=read_trust(trust),
            seen=SeenVersions.beside(key),
            at=now(),
        )
    except PackError as error:
        MESSAGES.print(str(error), style="red", markup=False)
        raise typer.Exit(REFUSED) from error

"""`hashsvc-server pack`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.cli.preparing import MESSAGES, Data, explained, fail, opened
from api.security.pack_keys import pack_keys
from api.services.packs import PackService, PackWish
from hashsvc.files import replacing
from hashsvc.packs import PackError, Trusted
from hashsvc.times import now

app = typer.Typer(no_args_is_help=True, help="Packs: a bank for one recipient who works offline.")
MAX_DAYS = 31
_PRIVATE = 0o600
_LONGEST_NAME = 64


@app.callback()
def _packs() -> None:
    """Keep `build` a word of its own while it is the only one."""


def _short(name: str | None) -> str | None:
    if name is not None and len(name) > _LONGEST_NAME:
        raise typer.BadParameter(f"a name has at most {_LONGEST_NAME} signs")
    return name


@app.command()
def build(
    bank: Annotated[str, typer.Option(help="The bank's name.")],
    to: Annotated[str, typer.Option(help="The recipient: what `hashsvc pack new-key` printed.")],
    out: Annotated[Path, typer.Option(help="The pack's file.")],
    data: Data = Path("var"),
    name: Annotated[
        str | None,
        typer.Option(
            help="Who that is: what an alarm calls them, where their pack leaks.", callback=_short
        ),
    ] = None,
    days: Annotated[
        int,
        typer.Option(
            help="How long it may be used; a withdrawal reaches it no sooner.", min=1, max=MAX_DAYS
        ),
    ] = 7,
    *,
    under_18: Annotated[
        bool,
        typer.Option(
            "--under-18",
            help="Everybody shown may be under 18: a scan withholds details and ends with code 8.",
        ),
    ] = False,
) -> None:
    """Build a pack for one recipient: signed, encrypted, expiring.

    The last line printed names the signer; give it to the recipient in another way than the pack.
    `--under-18` is for a bank that holds nothing else: it marks every entry of the pack.

    Example: hashsvc-server pack build --bank reported --to age1... --out reported.pack
    """
    with explained(), opened(data) as (store, _):
        packs = PackService(store, pack_keys(data))
        _write(packs, PackWish(bank, to, timedelta(days=days), name, under_18), out)
    MESSAGES.print(f"Written. It may be used for {days} days. A line for the trust file:")
    typer.echo(Trusted(bank, packs.keys.signing.public).line())


def _write(packs: PackService, wish: PackWish, out: Path) -> None:
    try:
        body = packs.build(wish, at=now())
    except PackError as error:
        fail(str(error))
    with replacing(out, mode=_PRIVATE) as draft:
        draft.write_bytes(body)

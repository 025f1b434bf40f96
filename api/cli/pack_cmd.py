"""`hashsvc-server pack`."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.preparing import MESSAGES, Data, explained, opened
from api.security.pack_keys import pack_keys
from api.services.packs import PackService
from hashsvc.files import replacing
from hashsvc.packs import Trusted
from hashsvc.times import now

app = typer.Typer(no_args_is_help=True, help="Packs: a bank for one recipient who works offline.")
_PRIVATE = 0o600


@app.callback()
def _packs() -> None:
    """Keep `build` a word of its own while it is the only one."""


@app.command()
def build(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The disclosure's number.")],
    out: Annotated[Path, typer.Option(help="The pack's file.")],
    data: Data = Path("var"),
) -> None:
    """Build a pack that two people agreed to: signed, encrypted to one recipient, expiring.

    First `disclosure ask --kind pack`, then `disclosure approve`. It may be built again for 92
    days after the approval, until somebody refuses it; each time is recorded.

    The last line printed names the signer; give it to the recipient in another way than the pack.

    Example: hashsvc-server pack build 3 --out reported.pack
    """
    with explained(), opened(data) as (store, _):
        packs = PackService(store, pack_keys(data))
        built = packs.build(number, at=now())
        with replacing(out, mode=_PRIVATE) as draft:
            draft.write_bytes(built.body)
    days, bank = built.wanted.days, built.wanted.bank
    MESSAGES.print(f"Written. It may be used for {days} days. A line for the trust file:")
    typer.echo(Trusted(bank, packs.keys.signing.public).line())

"""`hashsvc-server list`: who may have a bank's list."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from api.cli.preparing import MESSAGES, Data, explained, opened
from api.compat.function_keys import Endpoint, function_key
from api.services.lists import ListService
from api.settings import Settings
from hashsvc.times import now
from indexer.list_records import Grant

app = typer.Typer(
    no_args_is_help=True,
    help="Lists that are handed on to a platform. Off unless HASHSVC_COMPAT_LISTS_ENABLED is set.",
)
PlatformName = Annotated[str, typer.Argument(help="The platform's name.")]
BankName = Annotated[str, typer.Option(help="The bank's name.")]


@app.command()
def grant(
    platform: PlatformName,
    operator: Annotated[str, typer.Option("--by", help="Your name, for the record.")],
    reference: Annotated[
        str, typer.Option(help="Of what was agreed with the platform; both operators give it.")
    ],
    bank: BankName = "reported",
    data: Data = Path("var"),
) -> None:
    """Let a platform have a list. Two operators have to say so: each runs this once.

    Names are taken on trust: who may run this command can sign as anybody. A name that may be
    the first operator's is refused.

    Example: hashsvc-server list grant example --reference "agreement 4/2026" --by amina
    """
    with _lists(data) as lists:
        granted = lists.grant(platform, bank, operator=operator, reference=reference, at=now())
    if granted.holds:
        MESSAGES.print("Granted. The platform also needs a key with the scope lists:read.")
    else:
        MESSAGES.print("Noted. Another operator has to grant it too.")


@app.command()
def revoke(platform: PlatformName, bank: BankName = "reported", data: Data = Path("var")) -> None:
    """Take a list away at once; one operator is enough. What was fetched cannot be called back.

    Example: hashsvc-server list revoke example --data var
    """
    with _lists(data) as lists:
        lists.revoke(platform, bank, at=now())
    MESSAGES.print("Revoked.")


@app.command()
def show(data: Data = Path("var")) -> None:
    """Show who may have which list, for which reference, and when each last asked for it.

    Example: hashsvc-server list show --data var
    """
    with _lists(data) as lists:
        grants = lists.grants()
    reference = Column("reference", overflow="fold")  # the second operator names the same
    table = Table("platform", "bank", "state", "by", reference, "last asked")
    for one in grants:
        by = " and ".join(filter(None, (one.asked_by, one.granted_by)))
        asked = f"{one.asked_at:%Y-%m-%d %H:%M}" if one.asked_at else ""
        words = (one.platform.name, one.bank, _state(one), by, one.reference or "", asked)
        table.add_row(*words)
    Console(markup=False).print(table)


@app.command(name="function-keys")
def function_keys(
    key_id: Annotated[str, typer.Argument(help="The 8 signs after `hsk_live_`.")],
    data: Data = Path("var"),
) -> None:
    """Print what a StopNCII client needs beside its API key; the keys die with the API key.

    Example: hashsvc-server list function-keys 3k9x0a2b --data var
    """
    with explained(), opened(data) as (_, pepper):
        for endpoint in Endpoint:
            typer.echo(f"{endpoint.value} {function_key(pepper, endpoint, key_id)}")


def _state(grant: Grant) -> str:
    if grant.revoked:
        return "revoked"
    return "granted" if grant.holds else "waits for a second operator"


@contextmanager
def _lists(data: Path) -> Iterator[ListService]:
    with explained(), opened(data) as (store, _):
        yield ListService(store, enabled=True, publish_seconds=Settings().lists_publish_seconds)

"""`hashsvc-server alarms`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.preparing import Data, explained, opened
from indexer.alarm_records import Alarm


def alarms(
    data: Data = Path("var"),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show what operators have to look at: probes, leaked copies and odd rates, newest first.

    `leaked by` names the recipient whose pack or list the question came from.

    Example: hashsvc-server alarms --data var
    """
    with explained(), opened(data) as (store, _), store.snapshot() as tx:
        found = tx.alarms.all()
    if as_json:
        for one in found:
            typer.echo(json.dumps(_json_of(one)))
        return
    table = Table("at", "alarm", "platform", "key", "leaked by")
    for one in found:
        leaker = f"{one.leaker.name} ({one.leaker.copy})" if one.leaker else ""
        at = one.at.isoformat(timespec="minutes")
        table.add_row(at, one.kind.value, one.platform, one.key_id, leaker)
    Console(soft_wrap=True).print(table)


def _json_of(one: Alarm) -> dict[str, object]:
    leaker = one.leaker and {
        "copy": one.leaker.copy,
        "name": one.leaker.name,
        "recipient": one.leaker.address,
    }
    return {
        "at": one.at.isoformat(timespec="seconds"),
        "alarm": one.kind,
        "platform": one.platform,
        "key_id": one.key_id,
        "signature": None if one.signature_id is None else str(one.signature_id),
        "leaker": leaker,
    }

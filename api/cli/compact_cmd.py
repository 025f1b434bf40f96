"""`hashsvc-server compact`."""

from pathlib import Path

import typer

from api.cli.preparing import MESSAGES, Data, explained, fail
from api.security.key_files import read_key_files
from api.settings import Settings
from api.wiring import build_plan
from indexer.builder import build

_AT_IT = "Another process builds tables now: they will not hold what was withdrawn before it began."


def compact(data: Data = Path("var")) -> None:
    """Build the tables of a long list anew, without what was withdrawn; the service may run.

    The service does it by itself within a day. Its workers on this machine move to the new tables
    at once. A short list has no tables: what is withdrawn leaves memory at once.

    Example: hashsvc-server compact --data var
    """
    with explained():
        settings = Settings(data=data)
        built = build(build_plan(settings, read_key_files(data)), any_change=True)
    if built is None:
        fail(_AT_IT)
    for kind in built:
        typer.echo(kind)
    if not built:
        MESSAGES.print("Nothing to build: no list has tables that hold more than is listed.")

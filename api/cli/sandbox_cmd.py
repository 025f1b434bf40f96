"""`hashsvc-server sandbox`: the real service with signatures that anybody may know."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.app import create_app
from api.cli.listening import listening
from api.cli.preparing import MESSAGES, explained, prepare
from api.cli.serving import serve
from api.logs import set_up_logging
from api.schemas.sandbox import test_signatures
from api.security.api_keys import KeyKind
from api.security.key_files import KeyFiles
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.banks import BankService
from api.services.platforms import PlatformService
from api.settings import Settings
from hashsvc.times import now
from indexer.store import Store

_DAYS = 30
_WITHHELD = frozenset({Scope.LISTS_READ, Scope.LISTS_WRITE})  # granted bank by bank


def sandbox(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder to keep; without it a new one that is gone at the end."),
    ] = None,
    port: Annotated[int, typer.Option(help="0 picks a free one.", min=0, max=65535)] = 8000,
    chaos: Annotated[
        float, typer.Option(help="Share of requests that fail on purpose.", min=0, max=1)
    ] = 0,
) -> None:
    """Serve a sandbox for integrators: published test signatures, a key that may do everything.

    Example: hashsvc-server sandbox --port 8000 --chaos 0.1
    """
    set_up_logging()
    os.environ["HASHSVC_SANDBOX"] = "true"  # what this process starts is a sandbox too
    with explained(), _folder(data) as folder, listening("127.0.0.1", port) as [listener]:
        settings, keys = prepare(folder, sandbox=True, sandbox_chaos=chaos)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        _greet(url, _filled(settings, keys))
        serve(create_app(settings, keys), listener)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="hashsvc-sandbox-") as folder:
        yield Path(folder) / "var"


def _filled(settings: Settings, keys: KeyFiles) -> str:
    """List the test signatures where they are not yet, and make a key."""
    store = Store.at(settings.url, keys.seal)
    try:
        listed = [pair.listed.value() for pair in test_signatures().pairs]
        BankService(store).fill_sandbox(listed, at=now())
        platforms = PlatformService(store, Pepper(keys.pepper), KeyKind.TEST)
        scopes = [scope for scope in Scope if scope not in _WITHHELD]
        return platforms.create_key("sandbox platform", scopes, at=now(), days=_DAYS).text()
    finally:
        store.close()


def _greet(url: str, key: str) -> None:
    MESSAGES.print(
        f"""
[bold]hashsvc sandbox[/] serves at {url}

  Key:              {key}
  Test signatures:  curl -s {url}/v1/test-signatures -H "Authorization: Bearer $KEY"
  A bad day:        add the header  Sandbox-Chaos: 429 | 503 | behind | slow

Nothing in it is real. Stop with Ctrl+C.
"""
    )

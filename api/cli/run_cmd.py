"""`hashsvc-server run` and `migrate`."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api.app import create_app
from api.cli.listening import listening
from api.cli.preparing import FAILED, MESSAGES, Data, explained, fail, prepare
from api.cli.serving import Workers, serve
from api.logs import set_up_logging
from api.security.key_files import KeyFiles
from api.services.key_checks import require_keys
from api.settings import Settings
from api.wiring import Wiring, build_plan, checkpoint_service
from api.workers.remembering import remembering, warn_without
from indexer.builder import Building
from indexer.errors import TombstonesUnavailableError
from indexer.records import Stream
from indexer.store.high_water import HighWater
from indexer.store.only_server import only_server

_ONE_WORKER = (
    "SQLite takes one worker: leave --workers at 1, or name a PostgreSQL database in "
    "HASHSVC_DATABASE_URL."
)


def run(
    data: Data = Path("var"),
    host: Annotated[
        str, typer.Option(envvar="HASHSVC_HOST", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(envvar="HASHSVC_PORT", help="Port; 0 picks a free one.", min=0, max=65535),
    ] = 8000,
    workers: Annotated[
        int,
        typer.Option(envvar="HASHSVC_WORKERS", help="Processes; SQLite takes one.", min=1, max=64),
    ] = 1,
) -> None:
    """Serve; makes the data folder, the key files and the database where they are missing.

    Example: hashsvc-server run --data var --port 8000
    """
    set_up_logging()
    with explained():
        settings, keys = prepare(data, host=host, port=port, workers=workers)
        if settings.workers > 1 and settings.database_url is None:
            fail(_ONE_WORKER)
        with (
            only_server(settings.url),
            listening(host, port, workers=settings.workers) as listeners,
        ):
            _require_remembered(settings, keys)
            Building(build_plan(settings, keys)).prepare()
            _greet(f"http://{host}:{listeners[0].getsockname()[1]}", data)
            if settings.workers > 1:
                could_start = Workers(settings, listeners).run()
            else:
                could_start = serve(create_app(settings, keys), listeners[0])
    if not could_start:
        raise typer.Exit(FAILED)


def _require_remembered(settings: Settings, keys: KeyFiles) -> None:
    """Refuse key files of another database, and a database that forgot what it acknowledged."""
    wiring = Wiring(settings, keys)
    warn_without(wiring.tombstones)
    with closing(wiring.store) as store:
        require_keys(store, wiring.pepper)
        HighWater(settings.high_water).require(store)
        for stream in Stream:
            checkpoint_service(settings, store).require_known(stream)
        try:
            remembering(wiring.tombstones)()
        except TombstonesUnavailableError as error:
            MESSAGES.print(str(error), style="red", markup=False)  # matching goes on without


def migrate(data: Data = Path("var")) -> None:
    """Bring the database to this version's schema; `run` does it too.

    Example: hashsvc-server migrate --data var
    """
    with explained():
        prepare(data)
    MESSAGES.print("The database is at this version's schema.")


def _greet(url: str, data: Path) -> None:
    MESSAGES.print(
        f"""
[bold]hashsvc[/] serves at {url}

  Page for people:  {url}/
  Make an API key:  hashsvc-server create-key --data {data} --name example --scope matches:write
  First question:   curl -s {url}/v1/matches -H "Authorization: Bearer $KEY" \\
                      -H "Content-Type: application/json" -d '{_QUESTION}'

Stop with Ctrl+C.
"""
    )


_QUESTION = (
    '{"items":\\[{"ref":"first","signatures":\\[{"region":"full","quality":87,'
    '"pdq":"28e0571eace45b0fb4f429826a3f5768b6d709c8fe17a8ac035b5616f8ac59f0"}]}]}'
)

"""`hashsvc-server run` and `migrate`."""

import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.cli.preparing import FAILED, MESSAGES, Data, explained, prepare
from api.logs import set_up_logging


def run(
    data: Data = Path("var"),
    host: Annotated[
        str, typer.Option(envvar="HASHSVC_HOST", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(envvar="HASHSVC_PORT", help="Port; 0 picks a free one.", min=0, max=65535),
    ] = 8000,
) -> None:
    """Serve; makes the data folder, the key files and the database where they are missing.

    Example: hashsvc-server run --data var --port 8000
    """
    set_up_logging()
    with explained():
        settings, keys = prepare(data, host=host, port=port)
        with _listen(host, port) as listener:
            _greet(f"http://{host}:{listener.getsockname()[1]}", data)
            server = uvicorn.Server(
                uvicorn.Config(
                    create_app(settings, keys),
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    lifespan="on",
                )
            )
            with suppress(SystemExit):  # uvicorn's own code for a start that failed; ours is 1
                server.run(sockets=[listener])
    if not server.started:
        raise typer.Exit(FAILED)


def migrate(data: Data = Path("var")) -> None:
    """Bring the database to this version's schema; `run` does it too.

    Example: hashsvc-server migrate --data var
    """
    with explained():
        prepare(data)
    MESSAGES.print("The database is at this version's schema.")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener


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

"""`hashsvc-server`: what an operator types."""

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from pydantic import ValidationError
from rich.console import Console

from api.app import create_app
from api.logs import set_up_logging
from api.security.api_keys import MAX_DAYS
from api.security.key_files import KeyFiles, make_key_files, read_key_files
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.errors import ServiceError
from api.services.platforms import PlatformService
from api.settings import Settings
from hashsvc.times import now
from indexer.errors import IndexerError
from indexer.store import Store

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run the service and manage its keys. It never sees a photo: only hashes reach it.",
)
Data = Annotated[
    Path,
    typer.Option("--data", envvar="HASHSVC_DATA", help="Folder of the database and the key files."),
]
_FOLDER_MODE = 0o700
_FAILED = 1


def main() -> None:
    """Run a command; every expected failure is one sentence and exit code 1."""
    app()


@app.command()
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
    with _explained():
        settings, keys = _prepare(data, host=host, port=port)
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
        raise typer.Exit(_FAILED)


@app.command()
def migrate(data: Data = Path("var")) -> None:
    """Bring the database to this version's schema; `run` does it too.

    Example: hashsvc-server migrate --data var
    """
    with _explained():
        _prepare(data)
    Console(stderr=True).print("The database is at this version's schema.")


@app.command(name="create-key")
def create_key(
    name: Annotated[str, typer.Option(help="The platform's name.")],
    scope: Annotated[list[Scope], typer.Option(help="What the key may do; may be repeated.")],
    data: Data = Path("var"),
    days: Annotated[int, typer.Option(help="How long it holds.", min=1, max=MAX_DAYS)] = 365,
) -> None:
    """Make an API key. It is printed once, alone on the last line, and cannot be shown again.

    Example: hashsvc-server create-key --data var --name example --scope matches:write
    """
    with _explained(), _platforms(data) as platforms:
        key = platforms.create_key(name, scope, at=now(), days=days)
    Console(stderr=True).print(f"Key id {key.key_id}. Keep the key safe: it is shown only now.")
    sys.stdout.write(f"{key.text()}\n")


@app.command(name="revoke-key")
def revoke_key(
    key_id: Annotated[str, typer.Argument(help="The 8 signs after `hsk_live_`.")],
    data: Data = Path("var"),
) -> None:
    """Revoke an API key for good, within a second.

    Example: hashsvc-server revoke-key --data var 3k9x0a2b
    """
    with _explained(), _platforms(data) as platforms:
        platforms.revoke_key(key_id, at=now())
    Console(stderr=True).print("The key is revoked.")


@contextmanager
def _platforms(data: Path) -> Iterator[PlatformService]:
    settings, keys = _prepare(data)
    store = Store.at(settings.url, keys.seal)
    try:
        yield PlatformService(store, Pepper(keys.pepper))
    finally:
        store.close()


def _prepare(data: Path, **overrides: object) -> tuple[Settings, KeyFiles]:
    """Make what is missing, refuse what is wrong."""
    settings = Settings(data=data, **overrides)  # type: ignore[arg-type]  # checked by pydantic
    data.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    if not (data / "hashsvc.db").exists():
        # With a database but no key files, new ones would open nothing: `read` refuses instead.
        make_key_files(data)
    keys = read_key_files(data)
    os.umask(0o077)  # the database too is for this user alone
    store = Store.at(settings.url, keys.seal)
    try:
        store.migrate()
    finally:
        store.close()
    return settings, keys


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
    Console(stderr=True, highlight=False, soft_wrap=True).print(
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
_SYSTEM_ERRORS = {
    errno.EADDRINUSE: "The port is in use: stop the other program, or choose another with --port.",
    errno.EADDRNOTAVAIL: "This machine has no such address: choose another with --host.",
    errno.EACCES: "Not allowed: choose a port above 1023, or a data folder that you may write.",
    errno.ENOSPC: "The disk is full: make room and start again; nothing was half written.",
    errno.EROFS: "The data folder cannot be written: choose another with --data.",
}


@contextmanager
def _explained() -> Iterator[None]:
    """Turn every expected failure into one sentence and exit code 1."""
    try:
        yield
    except (IndexerError, ServiceError) as error:
        _fail(str(error) or type(error).__doc__ or "")
    except ValidationError as error:
        wrong = sorted(f"HASHSVC_{one['loc'][0]}".upper() for one in error.errors())
        _fail(f"A setting has a value that it cannot have: {', '.join(wrong)}.")
    except OSError as error:
        _fail(_SYSTEM_ERRORS.get(error.errno or 0, f"The system refused: {error.strerror}."))


def _fail(sentence: str) -> None:
    Console(stderr=True, soft_wrap=True).print(sentence, style="red", markup=False)
    raise typer.Exit(_FAILED)

"""What every command does first, and how it says what went wrong."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from api.cli.signature_files import read_signatures
from api.security.checkpoint_keys import checkpoint_keys
from api.security.errors import SecurityError
from api.security.key_files import KeyFiles, make_key_files, read_key_files
from api.security.peppers import Pepper
from api.security.signing_keys import signing_keys
from api.services.banks import BankService
from api.services.errors import ServiceError
from api.settings import Settings
from hashsvc.times import now
from indexer.errors import IndexerError
from indexer.store import Store

MESSAGES = Console(stderr=True, soft_wrap=True, highlight=False)
FAILED = 1
Data = Annotated[
    Path,
    typer.Option("--data", envvar="HASHSVC_DATA", help="Folder of the database and the key files."),
]
_FOLDER_MODE = 0o700
# Pages of apps, logos and forms, drawn by a script: reports of them are held.
BUILT_IN_BENIGN = Path(__file__).parents[2] / "data" / "benign.jsonl"


def prepare(data: Path, **overrides: object) -> tuple[Settings, KeyFiles]:
    """Make what is missing, refuse what is wrong."""
    settings = Settings(data=data, **overrides)  # type: ignore[arg-type]  # checked by pydantic
    os.umask(0o077)  # everything in the folder is for this user alone
    data.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    new = Store.is_new(settings.url)
    if new:
        # With a filled database, new key files would open nothing: `read` refuses instead.
        make_key_files(data)
        for make in (checkpoint_keys, signing_keys):
            make(data)  # now, so that every machine is given the same ones
    keys = read_key_files(data)
    with _store(settings, keys) as store:
        store.migrate()
        if new:
            BankService(store).add_benign(read_signatures(BUILT_IN_BENIGN).signatures, at=now())
    return settings, keys


@contextmanager
def opened(data: Path) -> Iterator[tuple[Store, Pepper]]:
    """The store and the pepper, for a command that changes something."""
    settings, keys = prepare(data)
    with _store(settings, keys) as store:
        yield store, Pepper(keys.pepper)


@contextmanager
def _store(settings: Settings, keys: KeyFiles) -> Iterator[Store]:
    store = Store.at(settings.url, keys.seal)
    try:
        yield store
    finally:
        store.close()


_SYSTEM_ERRORS = {
    errno.EADDRINUSE: "The port is in use: stop the other program, or choose another with --port.",
    errno.EADDRNOTAVAIL: "This machine has no such address: choose another with --host.",
    errno.EACCES: "Not allowed: choose a port above 1023, or a data folder that you may write.",
    errno.ENOSPC: "The disk is full: make room and start again; nothing was half written.",
    errno.EROFS: "The data folder cannot be written: choose another with --data.",
}


@contextmanager
def explained() -> Iterator[None]:
    """Turn every expected failure into one sentence and exit code 1."""
    try:
        yield
    except (IndexerError, SecurityError, ServiceError) as error:
        fail(str(error) or type(error).__doc__ or "")
    except ValidationError as error:
        wrong = sorted(f"HASHSVC_{one['loc'][0]}".upper() for one in error.errors())
        fail(f"A setting has a value that it cannot have: {', '.join(wrong)}.")
    except OSError as error:
        fail(_SYSTEM_ERRORS.get(error.errno or 0, f"The system refused: {error.strerror}."))


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and end with exit code 1."""
    MESSAGES.print(sentence, style="red", markup=False)
    raise typer.Exit(FAILED)

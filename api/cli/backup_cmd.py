"""`hashsvc-server backup`, `restore` and `verify`."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.preparing import FAILED, MESSAGES, Data, explained, fail
from api.security.key_files import KeyFiles, read_key_files
from api.settings import Settings
from api.wiring import Wiring, checkpoint_service
from hashsvc.files import flush
from hashsvc.times import now
from indexer.errors import (
    BackupFailedError,
    CheckpointSinkError,
    IndexerError,
    LogBrokenError,
    SealBrokenError,
    StoreDisagreesError,
)
from indexer.store import Store
from indexer.store.backups import back_up, put_back
from indexer.store.high_water import HighWater
from indexer.store.only_server import only_server
from indexer.store.restoring import begin_epoch, replay, require_known
from indexer.store.tombstones import TombstoneSink, read_tombstones
from indexer.verifying import verify as verify_store

_UNREADABLE = 2
_NOT_EMPTY = (
    "The database is not empty. Name an empty one in HASHSVC_DATABASE_URL; nothing was changed."
)
Tombstones = Annotated[
    Path | None,
    typer.Option(
        "--tombstones",
        envvar="HASHSVC_TOMBSTONES",
        help="The file that remembers withdrawals.",
    ),
]


def backup(
    file: Annotated[Path, typer.Argument(help="The copy to write; one that is there is replaced.")],
    data: Data = Path("var"),
) -> None:
    """Copy the database while the service runs; key files are not in it.

    PostgreSQL is copied with pg_dump, which must be installed.

    Example: hashsvc-server backup /backups/hashsvc-monday
    """
    with explained():
        back_up(Settings(data=data).url, file)
    MESSAGES.print("Written. Keep it apart from the key files, which it needs to be read.")


def restore(
    file: Annotated[Path, typer.Argument(help="What `backup` wrote.")],
    data: Data = Path("var"),
    tombstones: Tombstones = None,
) -> None:
    """Put a backup in the database's place, without what was withdrawn since.

    The service must not run, and the key files must be in the data folder. A SQLite database
    that is there is kept as hashsvc.db.replaced; on PostgreSQL the database must be empty. A
    backup older than what this machine has seen is refused unless tombstones fill the gap.

    Example: hashsvc-server restore /backups/hashsvc-monday --tombstones /mnt/other/tombstones
    """
    with explained():
        settings = Settings(data=data, tombstones=tombstones)
        keys = read_key_files(data)
        with only_server(settings.url), _in_place(settings) as url:
            put_back(url, file)
            if Store.is_new(url):
                raise BackupFailedError("it holds another database than this service's")
            with closing(Store.at(url, keys.seal)) as store:
                store.migrate()
                gone = _made_current(store, settings)
        _keep(settings, keys)
    MESSAGES.print(f"Restored. {gone} signatures left the list again; feeds begin anew.")
    if tombstones is None:
        MESSAGES.print("Without --tombstones, what was withdrawn since the backup is back.")


def verify(data: Data = Path("var")) -> None:
    """Check that change log, listed signatures and index agree; the service may run.

    Exit codes: 0 they do, 1 they do not, 2 something could not be read.

    Example: hashsvc-server verify
    """
    try:
        settings = Settings(data=data)
        wiring = Wiring(settings, read_key_files(data))
        with closing(wiring.store):
            wiring.store.require_schema()
            found = verify_store(wiring.store, wiring.indexes, wiring.follower)
    except (StoreDisagreesError, LogBrokenError, SealBrokenError) as error:
        MESSAGES.print(str(error), style="red", markup=False)
        raise typer.Exit(FAILED) from error
    except (IndexerError, OSError) as error:
        MESSAGES.print(str(error), style="red", markup=False)
        raise typer.Exit(_UNREADABLE) from error
    index = "snapshot and later changes" if found.upon_snapshot else "store alone"
    typer.echo(f"seq {found.seq}, {found.live.count} live, sum {found.live.total:016x}")
    MESSAGES.print(f"The log, the listed signatures and the index agree; it was made of {index}.")


@contextmanager
def _in_place(settings: Settings) -> Iterator[str]:
    """The URL of an empty database, which takes the old one's place when the block ends well."""
    if settings.database_url is not None:
        if not Store.is_new(settings.url):
            fail(_NOT_EMPTY)
        yield settings.url
        return
    path = settings.data.resolve() / "hashsvc.db"
    draft = path.with_name("hashsvc.db.restoring")
    _discard(draft)
    try:
        yield f"sqlite:///{draft}"
        flush(draft)
        _exchange(draft, path)
    finally:
        _discard(draft)


_JOURNALS = ("-journal", "-wal", "-shm")  # of the old database: the new one must not meet them


def _discard(path: Path) -> None:
    for suffix in ("", *_JOURNALS):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _exchange(draft: Path, path: Path) -> None:
    replaced = path.with_name(path.name + ".replaced")
    if path.exists():
        _discard(replaced)
        for suffix in (*_JOURNALS, ""):
            old = path.with_name(path.name + suffix)
            if old.exists():
                old.replace(replaced.with_name(replaced.name + suffix))
    draft.replace(path)
    flush(path.parent)


def _made_current(store: Store, settings: Settings) -> int:
    """Bring a restored database to what is known of later times; how many signatures left."""
    known = read_tombstones(settings.tombstones) if settings.tombstones else None
    require_known(store, known, HighWater(settings.high_water).read())
    gone = replay(store, known, at=now()) if known else 0
    begin_epoch(store, at=now())
    return gone


def _keep(settings: Settings, keys: KeyFiles) -> None:
    """Let this machine's files speak of the restored database."""
    with closing(Store.at(settings.url, keys.seal)) as store:
        settings.high_water.unlink(missing_ok=True)
        HighWater(settings.high_water).write(store)
        try:
            checkpoint_service(settings, store).begin_again()
        except CheckpointSinkError as error:
            MESSAGES.print(str(error), style="red", markup=False)
            MESSAGES.print("Then run `hashsvc-server audit checkpoint --after-restore`.")
        if settings.tombstones:
            TombstoneSink(settings.tombstones, store).begin_again()

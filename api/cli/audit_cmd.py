"""`hashsvc-server audit`: are the audit rows what was written, what do they say, who can check."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from api.cli.preparing import FAILED, MESSAGES, Data, explained, fail, opened
from api.security.checkpoint_keys import add_checkpoint_key
from api.security.key_files import read_key_files
from api.services.audits import AuditService
from api.services.proofs import ProofService
from api.settings import Settings
from api.wiring import checkpoint_service
from hashsvc.files import replacing
from hashsvc.transparency import Checkpoint, Note, TransparencyError, Verifier
from hashsvc.transparency.errors import NoteForgedError, NoteUnsignedError
from indexer.errors import Fault, IndexerError, StreamFaultyError
from indexer.records import Change, Stream
from indexer.store import Store
from indexer.store.days import date_of

app = typer.Typer(
    no_args_is_help=True,
    help="Audit: two streams of rows, each bound to the one before, and their signed checkpoints.",
)
_UNREADABLE = 2
_PRIVATE = 0o600
_StreamOption = Annotated[
    Stream | None, typer.Option("--stream", help="Only this stream; without it both.")
]


@app.command()
def verify(
    data: Data = Path("var"),
    stream: _StreamOption = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="What somebody outside holds: a signed checkpoint.")
    ] = None,
    public_key: Annotated[
        Path | None,
        typer.Option(help="The line of `audit keys`, kept outside too; else this machine's keys."),
    ] = None,
    first: Annotated[
        int,
        typer.Option("--from", help="Begin at this row; checkpoints' roots are left out.", min=1),
    ] = 1,
) -> None:
    """Check every row, and that the streams are what was signed; the service may run.

    Rows that were altered, deleted or moved are found. Whoever could write to the database may
    have made a whole stream anew, or cut its end off: only a checkpoint that lies elsewhere, in
    HASHSVC_CHECKPOINTS or with a witness, tells.

    Exit codes: 0 good; 1 prints stream, first bad row and what is wrong: digest, link, gap,
    truncated, fork or signature; 2 something could not be read.

    Example: hashsvc-server audit verify

    Example: hashsvc-server audit verify --checkpoint access.note --public-key access.key
    """
    try:
        with _read(data) as audit:
            _verify_each(audit, stream, _outside(audit, checkpoint, public_key), first=first)
    except StreamFaultyError as error:
        typer.echo(f"{error.stream} {error.seq} {error.fault}")
        MESSAGES.print(str(error), style="red", markup=False)
        raise typer.Exit(FAILED) from error
    except (IndexerError, TransparencyError, OSError) as error:
        MESSAGES.print(str(error) or type(error).__doc__ or "", style="red", markup=False)
        raise typer.Exit(_UNREADABLE) from error


@app.command()
def show(
    data: Data = Path("var"),
    stream: Annotated[Stream, typer.Option(help="Which one.")] = Stream.ACCESS,
    first: Annotated[
        int | None, typer.Option("--from", help="Begin at this row; else the newest.", min=1)
    ] = None,
    act: Annotated[str | None, typer.Option(help="Only this act, such as case:withdraw.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many rows.", min=1)] = 50,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show rows: number, day, what was done, by whom, about what. No row holds a hash or a name.

    Example: hashsvc-server audit show --act key:create --limit 20

    Example: hashsvc-server audit show --from 1 --limit 1000000 --json
    """
    with explained(), _read(data) as audit:
        found = (row for row in map(_told, _rows(audit, stream, first or 1)))
        wanted = (row for row in found if act in {None, row["act"]})
        shown = _first(wanted, limit) if first else deque(wanted, maxlen=limit)
    if as_json:
        for row in shown:
            typer.echo(json.dumps(row))
        return
    table = Table("row", "day", "act", "by", "about")
    for row in shown:
        about = " ".join(f"{name}={_plain(told)}" for name, told in row["about"].items())
        table.add_row(str(row["row"]), row["day"], _plain(row["act"]), _plain(row["by"]), about)
    Console(markup=False).print(table)


@app.command()
def checkpoint(
    data: Data = Path("var"),
    stream: _StreamOption = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON list.")] = False,
    after_restore: Annotated[
        bool,
        typer.Option(
            "--after-restore",
            help="Go on in every folder although its last checkpoint is from before a restore.",
        ),
    ] = False,
) -> None:
    """Sign where the streams end now, keep that in every folder, and print it.

    Example: hashsvc-server audit checkpoint --stream access > access.note
    """
    with explained(), opened(data) as (store, _):
        service = checkpoint_service(Settings(data=data), store)
        if after_restore:
            service.begin_again()
        notes = {one: service.make(one) for one in ([stream] if stream else Stream)}
    if as_json:
        typer.echo(json.dumps([_json_of(one, note) for one, note in notes.items()], indent=2))
    else:
        typer.echo(b"\n".join(map(bytes, notes.values())), nl=False)


@app.command()
def prove(
    data: Data = Path("var"),
    stream: Annotated[Stream, typer.Option(help="Which one.")] = Stream.ACCESS,
    seq: Annotated[int | None, typer.Option(help="That this row is in the stream.")] = None,
    since: Annotated[
        int | None, typer.Option(help="That it only grew since a checkpoint of this size.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The proof's file; else it is printed.")] = None,
) -> None:
    """Prove something to whoever holds a checkpoint, without showing any row.

    With --since the file is what a witness takes (`hashsvc witness check`); with --seq it is a
    c2sp.org/tlog-proof. Both end with a checkpoint made now.

    Example: hashsvc-server audit prove --since 120 --out access.proof

    Example: hashsvc-server audit prove --seq 17 --out row-17.tlog-proof
    """
    if (seq is None) == (since is None):
        fail("Name one of --seq and --since.")
    with explained(), opened(data) as (store, _):
        proofs = ProofService(checkpoint_service(Settings(data=data), store))
        if seq is not None:
            body = bytes(proofs.of_row(stream, seq))
        else:
            body = bytes(proofs.of_growth(stream, since or 0))
        if out is None:
            typer.echo(body, nl=False)
            return
        with replacing(out) as draft:
            draft.write_bytes(body)


@app.command()
def keys(data: Data = Path("var")) -> None:
    """Print what checkpoints are checked with: a line for each stream and key, to be pinned.

    Example: hashsvc-server audit keys
    """
    with explained(), opened(data) as (store, _):
        service = checkpoint_service(Settings(data=data), store)
        for stream in Stream:
            for verifier in service.verifiers(stream):
                typer.echo(str(verifier))


@app.command(name="new-key")
def new_key(data: Data = Path("var")) -> None:
    """Put a new key into checkpoint.keys; after the next start old and new one sign together.

    Example: hashsvc-server audit new-key
    """
    with explained():
        add_checkpoint_key(data)
    MESSAGES.print(
        "Made. Copy checkpoint.keys to the other machines, start the service anew, and give the "
        "new lines of `hashsvc-server audit keys` to those who hold the old ones."
    )


@contextmanager
def _read(data: Path) -> Iterator[AuditService]:
    settings = Settings(data=data)
    with closing(Store.at(settings.url, read_key_files(data).seal)) as store:
        store.require_schema()
        yield AuditService(checkpoint_service(settings, store))


def _verify_each(
    audit: AuditService, only: Stream | None, outside: dict[Stream, Checkpoint], *, first: int
) -> None:
    if only and outside and only not in outside:
        raise typer.BadParameter("The checkpoint is of the other stream.")
    for stream in [only] if only else Stream:
        held = [outside[stream]] if stream in outside else []
        _verify(audit, stream, held, first=first)


def _verify(audit: AuditService, stream: Stream, outside: list[Checkpoint], *, first: int) -> None:
    with _watched(audit, stream, first) as watch:
        found = audit.verify(stream, outside=outside, first=first, watch=watch)
    typer.echo(f"{stream}: {found.rows} rows good, {found.checkpoints} checkpoints say the same")


@contextmanager
def _watched(audit: AuditService, stream: Stream, first: int) -> Iterator[Callable[[int], None]]:
    """A bar, where a person watches."""
    columns = (TextColumn(stream), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    rows = max(0, audit.end(stream).seq - first + 1)
    hidden = not MESSAGES.is_terminal
    with Progress(*columns, console=MESSAGES, transient=True, disable=hidden) as progress:
        task = progress.add_task("", total=rows)
        yield lambda done: progress.advance(task, done)


def _outside(audit: AuditService, path: Path | None, keys: Path | None) -> dict[Stream, Checkpoint]:
    """What somebody else holds, by its stream, once its signature was found to fit."""
    if path is None:
        return {}
    note = Note.read(path.read_bytes())
    found = Checkpoint.read(note.text)
    for stream in Stream:
        if found.origin == audit.checkpoints.origin(stream):
            own = audit.checkpoints.verifiers(stream)
            try:
                note.require_signed(_pinned(keys) if keys else own)
            except (NoteForgedError, NoteUnsignedError) as error:
                raise StreamFaultyError(stream, found.root.size, Fault.SIGNATURE) from error
            return {stream: found}
    raise typer.BadParameter("The checkpoint is of another service, or its name was changed.")


def _pinned(path: Path) -> list[Verifier]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Verifier.read(line) for line in lines if line.strip()]


def _rows(audit: AuditService, stream: Stream, first: int) -> Iterator[Change]:
    after = first - 1
    while page := audit.rows(stream, after=after):
        yield from page
        after = page[-1].seq


def _told(row: Change) -> dict[str, Any]:
    """A row of either stream, in the same words."""
    said = json.loads(row.body)
    told = {"row": row.seq, "day": date_of(row.day).isoformat()}
    if "act" in said:
        return told | {"act": said["act"], "by": said.get("by", ""), "about": said.get("about", {})}
    about = {"signature": row.signature_id, **said}
    return told | {"act": f"signature:{row.kind.name.lower()}", "by": "", "about": about}


def _first(rows: Iterable[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    return [row for row, _ in zip(rows, range(limit), strict=False)]


def _plain(told: object) -> str:
    """Without what a terminal would obey: somebody may have written into the database."""
    return json.dumps(told).strip('"')


def _json_of(stream: Stream, note: Note) -> dict[str, Any]:
    found = Checkpoint.read(note.text)
    size, root = found.root.size, found.root.hash.hex()
    return {"stream": stream, "size": size, "root": root, "note": bytes(note).decode()}

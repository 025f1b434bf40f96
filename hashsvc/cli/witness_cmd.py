"""`hashsvc witness`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from hashsvc.cli.output import FAILED, MESSAGES
from hashsvc.errors import HashsvcError
from hashsvc.files import replacing
from hashsvc.times import now
from hashsvc.transparency import Verifier
from hashsvc.transparency.errors import CheckpointOlderError, ForkedError, GrowthUnprovenError
from hashsvc.transparency.witness import Witness

app = typer.Typer(
    no_args_is_help=True,
    help="Watch over a service's audit from outside: keep its newest checkpoint, refuse others.",
)
REFUSED = 3
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The witness's folder.")]


@app.command()
def new(
    folder: Folder,
    name: Annotated[str, typer.Option(help="Who you are, such as example.org/witness.")],
) -> None:
    """Make a witness. The line printed is what others check its signatures with.

    Example: hashsvc witness new watch --name example.org/witness
    """
    with _explained():
        witness = Witness.make(folder, name)
    MESSAGES.print("Keep the folder to yourself. Give others this line:")
    typer.echo(str(witness.signer.verifier))


@app.command()
def trust(
    folder: Folder,
    lines: Annotated[
        list[str], typer.Argument(metavar="LINE...", help="What `audit keys` printed.")
    ],
) -> None:
    """Watch a log, checked with this key; a second line of one log adds a key to the first.

    Ask the operator for the lines in another way than for checkpoints.

    Example: hashsvc witness trust watch hashsvc.example/access+1f3b...+AQ...
    """
    with _explained():
        witness = Witness.read(folder)
        for line in lines:
            verifier = Verifier.read(line)
            witness.trust(verifier)
            typer.echo(f"watching {verifier.name}")


@app.command()
def check(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A checkpoint, or a proof.")],
    out: Annotated[Path | None, typer.Option(help="Write it with the witness's signature.")] = None,
) -> None:
    """Check what a service signed against what is held, sign it and hold it from now on.

    FILE is what `hashsvc-server audit checkpoint` prints or, once something is held, what `audit
    prove --since SIZE` writes. Exit codes: 0 it follows; 3 it does not: rows were altered or
    taken away, and both versions are kept as evidence; 1 all else.

    Example: hashsvc witness check watch access.proof --out access.note
    """
    with _explained():
        seen = Witness.read(folder).check(file.read_bytes(), at=now())
        if out is not None:
            with replacing(out) as draft:
                draft.write_bytes(bytes(seen.note))
    size = seen.checkpoint.root.size
    grew = "the first" if seen.before is None else f"{size - seen.before} more than before"
    typer.echo(f"good: {seen.checkpoint.origin}, {size} rows, {grew}")


@app.command()
def row(
    folder: Folder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `audit prove --seq` wrote.")],
) -> None:
    """Check that a row is in a log that is watched; what the row says is not in the proof.

    Example: hashsvc witness row watch row-17.tlog-proof
    """
    with _explained():
        checkpoint, number = Witness.read(folder).check_row(file.read_bytes())
    typer.echo(f"good: row {number} is in {checkpoint.origin}")


@app.command()
def show(folder: Folder) -> None:
    """Show what is watched, and how long each log was when it was seen last.

    Example: hashsvc witness show watch
    """
    with _explained():
        held = Witness.read(folder).held()
    for origin, checkpoint in held:
        rows = "nothing yet" if checkpoint is None else f"{checkpoint.root.size} rows"
        typer.echo(f"{origin}: {rows}")


@app.command()
def restart(
    folder: Folder,
    origin: Annotated[str, typer.Argument(metavar="LOG", help="Its name, as `show` prints it.")],
) -> None:
    """Take the next checkpoint of a log as the first, after the service restored a backup.

    Ask the operator why, and what was lost. What was held until now is kept as evidence.

    Example: hashsvc witness restart watch hashsvc.example/access
    """
    with _explained():
        Witness.read(folder).restart(origin)
    MESSAGES.print("The next checkpoint is taken as the first.")


@contextmanager
def _explained() -> Iterator[None]:
    """Turn every expected failure into one sentence and an exit code."""
    try:
        yield
    except (CheckpointOlderError, ForkedError, GrowthUnprovenError) as error:
        _end(error, REFUSED)
    except HashsvcError as error:
        _end(error, FAILED)
    except OSError as error:
        MESSAGES.print(f"The system refused: {error.strerror}.", style="red", markup=False)
        raise typer.Exit(FAILED) from error


def _end(error: HashsvcError, code: int) -> NoReturn:
    said = str(error) or " ".join((type(error).__doc__ or "").split())
    MESSAGES.print(said, style="red", markup=False)
    raise typer.Exit(code) from error

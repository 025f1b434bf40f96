"""What every command prints alike: sentences and progress on standard error, results on output."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hashsvc.errors import HashsvcError

FAILED = 1
MESSAGES = Console(stderr=True, soft_wrap=True, highlight=False)


def fail(sentence: str) -> typer.Exit:
    """Say what is wrong; the caller raises what comes back."""
    MESSAGES.print(sentence, style="red", markup=False)
    return typer.Exit(FAILED)


@contextmanager
def explained() -> Iterator[None]:
    """Turn every expected failure into one sentence and exit code 1."""
    try:
        yield
    except HashsvcError as error:
        raise fail(str(error)) from error


def shown(path: Path) -> str:
    """A file's name as text, whatever bytes it is made of."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def progressing(files: Sequence[Path], *, doing: str) -> Iterator[Path]:
    """The files one by one, with a bar where a person watches; none when piped.

    Args:
        files: what is worked on.
        doing: a word for the bar.
    """
    columns = (
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    watched = MESSAGES.is_terminal and len(files) > 1
    with Progress(*columns, console=MESSAGES, transient=True, disable=not watched) as progress:
        yield from progress.track(files)

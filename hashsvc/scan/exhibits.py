"""A source under the name of the seized thing it is of."""

import os
from dataclasses import dataclass
from pathlib import Path

from hashsvc.scan.errors import EvidenceRefusedError
from hashsvc.scan.sources import NestingSource, open_source


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One source of a scan."""

    name: str
    locator: str  # where it lies
    read_only: bool  # its file system is mounted so
    source: NestingSource


def open_exhibit(words: str, *, number: int, output: Path) -> Exhibit:
    """Open `[EXHIBIT=]SOURCE`.

    Args:
        words: as it was typed; a source that exists under all of it has no name of its own.
        number: names it then, from 1.
        output: where the scan writes.

    Raises:
        EvidenceRefusedError: the source cannot be read, or the output lies inside it.
    """
    name, found, rest = words.partition("=")
    if not found or Path(words).exists():
        name, rest = str(number), words
    path = Path(rest).resolve()
    if output.resolve().is_relative_to(path):
        raise EvidenceRefusedError("The output folder lies inside a source: choose another.")
    source = NestingSource(open_source(path), output)
    read_only = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    return Exhibit(name, os.fsencode(path).decode("utf-8", "replace"), read_only, source)

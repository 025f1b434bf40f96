"""Which files a command works on."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hashsvc.cli.output import progressing
from hashsvc.errors import NotAPhotoError, PhotoError
from hashsvc.photos import decode
from hashsvc.pixels import Pixels


@dataclass(frozen=True, slots=True)
class Decoded:
    """A photo, ready."""

    path: Path
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Failed:
    """Something that was asked for and could not be done."""

    path: Path
    why: str  # a sentence


def decoded(paths: Sequence[Path], *, doing: str) -> Iterator[Decoded | Failed]:
    """Decode files, and everything below folders, in the order of their names.

    What is no photo is passed over inside a folder; a file that was named is answered for, and
    so is a folder without photos.

    Args:
        paths: as they were typed.
        doing: a word for the progress bar.
    """
    files = [file for path in paths for file in (_below(path) if path.is_dir() else [path])]
    named = frozenset(paths)
    used: set[Path] = set()
    for file in progressing(files, doing=doing):
        try:
            pixels = decode(file)
        except NotAPhotoError as error:
            if file not in named:
                continue
            yield Failed(file, str(error))
        except PhotoError as error:
            yield Failed(file, str(error))
        else:
            yield Decoded(file, pixels)
        used.update(file.parents)
    for folder in paths:
        if folder.is_dir() and folder not in used:
            yield Failed(folder, "There are no photos in this folder.")


def _below(folder: Path) -> list[Path]:
    """Every regular file below a folder; links to folders are not followed."""
    found = [Path(root, name) for root, _, names in os.walk(folder) for name in names]
    return sorted(path for path in found if path.is_file())

"""Folders of which one is the newest: published whole, for this user alone, old ones removed."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hashsvc.files import flush, replacing
from indexer.errors import UnsafeFolderError

_CURRENT = "CURRENT"  # the file that names the newest
_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def newest_in(parent: Path) -> str | None:
    """The name of the newest folder; None where nothing was published."""
    try:
        return (parent / _CURRENT).read_text(encoding="ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


@contextmanager
def publishing(parent: Path, name: str) -> Iterator[Path]:
    """Yield a draft folder; when the block ends well it takes its name and is the newest.

    A crash at any moment leaves the one before, whole. Files in the draft are the caller's to
    flush. Older folders go: who has mapped their files keeps the pages, but on a disk they would
    outlive a withdrawal.

    Raises:
        OSError: the disk is full or fails; the one before stays the newest.
        UnsafeFolderError: `parent` is not this user's alone.
    """
    private_folder(parent)
    draft = parent / f"{name}.draft"
    for left_over in (draft, parent / name):  # of a crash; or refused, and made anew
        shutil.rmtree(left_over, ignore_errors=True)
    draft.mkdir(mode=_PRIVATE_FOLDER)
    try:
        yield draft
        flush(draft)
        draft.rename(parent / name)
        flush(parent)
        with replacing(parent / _CURRENT, mode=_PRIVATE) as current:
            current.write_text(name, encoding="ascii")
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    for other in parent.iterdir():
        if other.is_dir() and other.name != name:
            shutil.rmtree(other, ignore_errors=True)


def private_folder(folder: Path) -> None:
    """Make a folder for this user alone, where there is none.

    Raises:
        UnsafeFolderError: it is somebody else's, or open to others.
    """
    folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and not found.st_mode & _OTHERS
    if not private or found.st_uid != os.geteuid():
        raise UnsafeFolderError(
            f"The folder {folder} must be this user's alone: remove it, or run `chmod 700` on it."
        )

"""What one parser promises, as a function of bytes; and bytes as a file."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Target:
    """A parser of bytes that somebody else wrote."""

    name: str
    check: Callable[[bytes], None]  # raises nothing, whatever it is given
    seeds: Callable[[], Sequence[bytes]]  # what it takes, drawn by code

    @property
    def module(self):
        """Where its harness stands."""
        return self.check.__module__


def text_of(data):
    """The bytes as a text that may hold any character."""
    return data.decode("utf-8", "surrogatepass") if _is_utf8(data) else data.decode("latin-1")


def _is_utf8(data):
    with suppress(UnicodeDecodeError):
        data.decode("utf-8", "surrogatepass")
        return True
    return False


@cache
def folder():
    """A private folder of this process; whatever is in it goes with the process."""
    kept = tempfile.TemporaryDirectory()
    _KEPT.append(kept)
    return Path(kept.name)


_KEPT = []


def a_file(data, name="file"):
    """The bytes as a file that is this user's alone."""
    path = folder() / name
    path.write_bytes(data)
    path.chmod(0o600)
    return path

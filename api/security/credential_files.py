"""Credentials for other networks' servers: read from a file when they are used, kept nowhere."""

import json
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import KeyFileError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_VALUE = re.compile(r"[\x21-\x7e]{1,512}")  # what a header may carry


@dataclass(frozen=True, slots=True)
class Credentials:
    """Secrets, in the order of the names that were asked for."""

    values: Sequence[str] = field(repr=False)

    @classmethod
    def read(cls, path: Path, names: Sequence[str]) -> "Credentials":
        """Read a JSON object with exactly these names.

        Raises:
            KeyFileError: the file is missing, open to others, or of another form.
        """
        try:
            mode = path.stat().st_mode
            found = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise _unfit(names) from error
        if mode & _OTHERS or not isinstance(found, dict) or found.keys() != set(names):
            raise _unfit(names)
        values = [found[name] for name in names]
        if not all(isinstance(value, str) and _VALUE.fullmatch(value) for value in values):
            raise _unfit(names)
        return cls(values)


def _unfit(names: Sequence[str]) -> KeyFileError:
    wanted = ", ".join(f'"{name}": "..."' for name in names)
    return KeyFileError(
        f"The credentials file has to hold {{{wanted}}} and to be yours alone (chmod 600)."
    )

"""What a lock file names."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
_PIN = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[\w,-]+\])?==(?P<version>[^\s;\\]+)"
    r"(?: ; [^\\]+?)?(?: --hash=sha256:[0-9a-f]{64})+"
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of one package."""

    name: str
    version: str


def pins(text: str) -> tuple[list[Pin], list[str]]:
    """What a lock file pins by version and digest, and the lines that do not."""
    found, loose = [], []
    joined = re.sub(r"\s*\\\n\s*", " ", text)
    for line in joined.splitlines():
        wanted = line.split(" #")[0].strip()
        if not wanted or wanted.startswith("#"):
            continue
        if match := _PIN.fullmatch(wanted):
            found.append(Pin(match["name"], match["version"]))
        else:
            loose.append(wanted.split()[0])
    return found, loose


def path_of(name: str) -> Path:
    """Where the lock file of this name lies."""
    return FOLDER / f"{name}.txt"

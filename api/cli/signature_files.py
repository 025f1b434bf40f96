"""Signatures from files: what `hashsvc hash --json` prints.

Hashing is a program of its own: this process has no image code and never will.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from api.schemas.signatures import SignatureIn
from hashsvc import Signature


class SignatureFileError(Exception):
    """The signatures could not be had."""


@dataclass(frozen=True, slots=True)
class ReadSignatures:
    """What a file held."""

    signatures: tuple[Signature, ...]
    problems: tuple[str, ...]  # a sentence for each line that was left out


class _Line(BaseModel):
    """One line: a file with its signatures, or with the reason why there are none."""

    model_config = ConfigDict(hide_input_in_errors=True)

    signatures: list[SignatureIn] = []
    error: str | None = None


def read_signatures(source: Path) -> ReadSignatures:
    """Read signatures; what is wrong is named by its line number.

    Args:
        source: a folder of pictures, hashed here in a process of its own, or a file of lines.

    Raises:
        SignatureFileError: there is no such file, or hashing is not installed here.
    """
    return _read(_hashed_here(source) if source.is_dir() else _lines_of(source))


def _hashed_here(folder: Path) -> list[str]:
    words = ("hash", "--json", "--regions", "enrol", str(folder))
    done = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-m", "hashsvc", *words], capture_output=True, text=True, check=False
    )
    # 1 is "some file could not be hashed": its line says so.
    if done.returncode not in {0, 1}:
        raise SignatureFileError(
            "Hashing needs the package `hashsvc` with its image libraries. On a machine that has "
            "it run `hashsvc hash --json --regions enrol DIR > FILE`, and give that file."
        )
    return done.stdout.splitlines()


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SignatureFileError("There is no such folder or file that can be read.") from error


def _read(lines: Iterable[str]) -> ReadSignatures:
    signatures: list[Signature] = []
    problems: list[str] = []
    for number, text in enumerate(lines, start=1):
        try:
            line = _Line.model_validate(json.loads(text))
        except (ValidationError, ValueError, RecursionError):
            problems.append(f"Line {number} is no line of `hashsvc hash --json`: left out.")
            continue
        if line.error is not None:
            problems.append(f"Line {number}: {line.error}")
        signatures.extend(one.value() for one in line.signatures)
    return ReadSignatures(tuple(signatures), tuple(problems))

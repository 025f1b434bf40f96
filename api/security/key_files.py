"""Key files: one line a key, `<id> <64 hex digits>`; the first line's key makes what is new.

`seal.keys` encrypts signatures, `pepper.keys` makes the digests of numbers, PINs and API keys.
They are two files because a thief of one should not have the other.
"""

import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from hashsvc.files import replacing
from indexer.errors import KeyFileError
from indexer.store.sealing import KEY_BYTES, KeyRing

_LINE = re.compile(r"([a-z0-9]{8}) ([0-9a-f]{64})")
_PRIVATE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The two key rings of an instance."""

    seal: KeyRing
    pepper: KeyRing


def read_key_files(folder: Path) -> KeyFiles:
    """Read both files.

    Raises:
        KeyFileError: one is missing, readable by others, damaged, or both hold the same key.
    """
    seal, pepper = (read_ring(folder / name) for name in _NAMES)
    if set(seal.keys.values()) & set(pepper.keys.values()):
        raise KeyFileError("The two key files hold the same key: each needs its own.")
    return KeyFiles(seal, pepper)


def make_key_files(folder: Path) -> None:
    """Make both files, mode 0600, where neither exists; one alone is left for `read` to refuse."""
    paths = [folder / name for name in _NAMES]
    if any(path.exists() for path in paths):
        return
    for path in paths:
        make_ring(path)


_NAMES = ("seal.keys", "pepper.keys")


def make_ring(path: Path) -> None:
    """Write a key file with one new key, mode 0600."""
    line = f"{secrets.token_hex(4)} {secrets.token_hex(KEY_BYTES)}\n"
    with replacing(path, mode=_PRIVATE) as draft:
        draft.write_text(line, encoding="ascii")


def read_ring(path: Path) -> KeyRing:
    """Read one key file.

    Raises:
        KeyFileError: it is missing, readable by others, or damaged.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise KeyFileError(
            f"The key file {path} is missing: put it back from its backup. Without it nothing "
            "that is stored can be read."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"The key file {path} cannot be read.") from error
    if mode & _OTHERS:
        raise KeyFileError(f"The key file {path} is open to others: run `chmod 600 {path}`.")
    return _ring(text, path)


def _ring(text: str, path: Path) -> KeyRing:
    lines = [_LINE.fullmatch(line) for line in text.splitlines()]
    found = [line.groups() for line in lines if line is not None]
    if not found or len(found) != len(lines):
        raise KeyFileError(f"The key file {path} is damaged: put it back from its backup.")
    return KeyRing(found[0][0], {key_id: bytes.fromhex(key) for key_id, key in found})

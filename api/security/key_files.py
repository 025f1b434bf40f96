"""Key files: one line a key, `<id> <64 hex digits>`; the first line's key makes what is new.

`seal.keys` encrypts signatures, `pepper.keys` makes the digests of numbers, PINs and API keys.
They are two files because a thief of one should not have the other.
"""

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
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
    """Read both files; `seal.keys` is read again whenever a key is needed that it did not hold.

    Raises:
        KeyFileError: one is missing, readable by others, damaged, or both hold the same key.
    """
    seal, pepper = (read_ring(folder / name) for name in _NAMES)
    if set(seal.keys.values()) & set(pepper.keys.values()):
        raise KeyFileError("The two key files hold the same key: each needs its own.")
    return KeyFiles(KeyRing(seal.current_id, _LiveKeys(folder / _SEAL, seal.keys)), pepper)


class _LiveKeys(Mapping[str, bytes]):
    """The keys of a file that may get another one while this process runs.

    What was once read stays until the process ends: a transaction that began before a key was
    retired may still need it.
    """

    def __init__(self, path: Path, keys: Mapping[str, bytes]) -> None:
        """Nothing is read yet beyond `keys`."""
        self._path = path
        self._keys = keys

    def __getitem__(self, key_id: str) -> bytes:
        if key_id not in self._keys:
            self._read()
        return self._keys[key_id]

    def __iter__(self) -> Iterator[str]:
        self._read()  # for a child that is told all of them
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def _read(self) -> None:
        self._keys = {**self._keys, **read_ring(self._path).keys}


def make_key_files(folder: Path) -> None:
    """Make both files, mode 0600, where neither exists; one alone is left for `read` to refuse."""
    paths = [folder / name for name in _NAMES]
    with _alone_in(folder):
        if not any(path.exists() for path in paths):
            for path in paths:
                make_ring(path)


_SEAL = "seal.keys"
_NAMES = (_SEAL, "pepper.keys")


@contextmanager
def rotating(folder: Path) -> Iterator[None]:
    """Keep others from rotating; the lock ends with the process.

    Raises:
        KeyFileError: somebody else is at it.
    """
    with (folder / "rotating.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise KeyFileError(
                "Another command rotates the key: wait until it has ended."
            ) from error
        yield


def add_seal_key(folder: Path) -> KeyRing:
    """Put a new key before the ones that `seal.keys` holds; it wraps nothing yet.

    Raises:
        KeyFileError: the file cannot be used as it is.
    """
    return add_key(folder / _SEAL)


def add_key(path: Path) -> KeyRing:
    """Put a new key before the ones that a file holds.

    Raises:
        KeyFileError: the file cannot be used as it is.
    """
    ring = read_ring(path)
    _write(path, {secrets.token_hex(4): secrets.token_bytes(KEY_BYTES), **ring.keys})
    return read_ring(path)


def retire_seal_keys(folder: Path) -> None:
    """Move every key of `seal.keys` but the first to `seal.keys.retired`, for older backups.

    Raises:
        KeyFileError: one of the files cannot be used as it is.
    """
    ring = read_ring(folder / _SEAL)
    retire_keys(folder / _SEAL, [key_id for key_id in ring.keys if key_id != ring.current_id])


def retire_keys(path: Path, key_ids: Collection[str]) -> None:
    """Move keys of a file to the file of the same name with `.retired`.

    Raises:
        KeyFileError: one of the files cannot be used as it is.
    """
    retired = path.with_name(f"{path.name}.retired")
    ring = read_ring(path)
    before = read_ring(retired).keys if retired.exists() else {}
    old = {key_id: key for key_id, key in ring.keys.items() if key_id in key_ids}
    if old:
        _write(retired, {**before, **old})  # first: a crash in between loses no key
        _write(path, {key_id: key for key_id, key in ring.keys.items() if key_id not in old})


def _write(path: Path, keys: Mapping[str, bytes]) -> None:
    lines = [f"{key_id} {key.hex()}\n" for key_id, key in keys.items()]
    with replacing(path, mode=_PRIVATE) as draft:
        draft.write_text("".join(lines), encoding="ascii")


def make_ring(path: Path) -> None:
    """Write a key file with one new key, mode 0600."""
    _write(path, {secrets.token_hex(4): secrets.token_bytes(KEY_BYTES)})


def ring_at(path: Path) -> KeyRing:
    """Read one key file, made where it is missing.

    Raises:
        KeyFileError: it is readable by others, or damaged.
    """
    with _alone_in(path.parent):
        if not path.exists():
            make_ring(path)
    return read_ring(path)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Workers that start together make one key, not one each; the lock ends with the process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


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

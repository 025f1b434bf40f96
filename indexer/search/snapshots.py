"""Bases on disk: published whole, checked before use, mapped into memory, shared by processes.

Their tables give every hash back, so plain files lie only in a folder in memory. The copy that
survives a reboot is sealed. Neither is ever altered: a mapped file that shrinks kills its reader.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import SnapshotRefusedError
from indexer.search.folders import newest_in, publishing
from indexer.search.manifests import ArrayFile, Label, Manifest, SnapshotKeys, read_manifest
from indexer.search.sealed_files import seal_file, unseal_file

if TYPE_CHECKING:
    from indexer.search.csr import CsrBase

_MANIFEST = "manifest.json"
_CHECKED = "checked"  # an empty file that says: on this machine, every digest was right
_WRONG_FORM = "a file is missing, cut off or of another form"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A base with what it says of itself; its arrays are mapped, not read."""

    name: str
    label: Label
    built_at: datetime
    base: "CsrBase"


class Snapshots:
    """The newest base of one list: plain in one folder, sealed in another."""

    def __init__(self, plain: Path, sealed: Path, keys: SnapshotKeys) -> None:
        """Nothing is opened or made yet.

        Args:
            plain: a folder in memory, or on an encrypted volume.
            sealed: a folder on a disk.
            keys: of this instance.
        """
        self.plain = plain
        self._sealed = sealed
        self._keys = keys

    def newest(self) -> str | None:
        """The name of the newest plain snapshot; None where there is none."""
        return newest_in(self.plain)

    def load(self) -> Snapshot | None:
        """Map the newest plain snapshot; None where there is none.

        The form of its files is checked each time, their digests once on each machine.

        Raises:
            SnapshotRefusedError: it is not what was published here.
        """
        while (name := self.newest()) is not None:
            try:
                return self._opened(name)
            except SnapshotRefusedError:
                if self.newest() == name:  # else a newer one took its place meanwhile
                    raise
        return None

    def publish(self, base: "CsrBase", label: Label, *, at: datetime) -> None:
        """Write a base, read it back, and make it the newest.

        Raises:
            OSError: no room, or the folder cannot be written; the one before stays the newest.
            UnsafeFolderError: the folder is not this user's alone.
            SnapshotRefusedError: the disk did not keep what was written.
        """
        # Two bases of one state differ in their names: none is ever written to in place.
        name = f"base-{label.seq}-{secrets.token_hex(4)}"
        with publishing(self.plain, name) as draft:
            files = tuple(_saved(draft, *named) for named in base.arrays().items())
            manifest = Manifest(label, at, files)
            _write(draft / _MANIFEST, manifest.text(self._keys).encode())
            _check_digests(_mapped(draft, manifest), manifest)
            (draft / _CHECKED).touch()

    def seal(self) -> None:
        """Keep an encrypted copy of the newest plain snapshot, which survives a reboot.

        Raises:
            OSError: the disk is full or fails; the copy before stays.
        """
        name = self.newest()
        if name is not None and name != newest_in(self._sealed):
            self._copy(self.plain, self._sealed, name, seal_file)

    def unseal(self) -> None:
        """Make the sealed copy the newest plain snapshot; nothing where there is no copy.

        Raises:
            SnapshotRefusedError: it was altered, is another's, or was sealed with another key.
            OSError: no room, or a file is missing.
        """
        name = newest_in(self._sealed)
        if name is not None:
            self._copy(self._sealed, self.plain, name, unseal_file)

    def _opened(self, name: str) -> Snapshot:
        from indexer.search.csr import CsrBase  # noqa: PLC0415  # numba: a second, if needed

        folder = self.plain / name
        try:
            manifest = read_manifest((folder / _MANIFEST).read_bytes(), self._keys)
            arrays = _mapped(folder, manifest)
            if not (folder / _CHECKED).exists():
                _check_digests(arrays, manifest)
                (folder / _CHECKED).touch()
        except (OSError, ValueError) as error:  # ValueError: no file of numpy's
            raise SnapshotRefusedError(_WRONG_FORM) from error
        base = CsrBase.from_arrays(arrays)
        return Snapshot(name, manifest.label, manifest.built_at, base)

    def _copy(self, source: Path, target: Path, name: str, copy: Callable[..., None]) -> None:
        text = (source / name / _MANIFEST).read_bytes()
        manifest = read_manifest(text, self._keys)
        with publishing(target, name) as draft:
            for file in manifest.files:
                copy(
                    source / name / file.file_name,
                    draft / file.file_name,
                    key=self._keys.seal,
                    bound_to=hashlib.sha256(text).digest() + file.name.encode(),
                )
            _write(draft / _MANIFEST, text)


def _saved(folder: Path, name: str, array: NDArray[np.generic]) -> ArrayFile:
    path = folder / f"{name}.npy"
    with path.open("xb") as file:
        header = np.lib.format.header_data_from_array_1_0(array)
        np.lib.format.write_array_header_1_0(file, header)
        file.write(array.data)  # numpy's own writer would not say that the disk is full
        file.flush()
        os.fsync(file.fileno())
    size_bytes = path.stat().st_size
    return ArrayFile(name, array.dtype.str, array.shape, size_bytes, _digest(array))


def _mapped(folder: Path, manifest: Manifest) -> dict[str, NDArray[Any]]:
    """Every array, read-only; only their forms have been looked at."""
    arrays: dict[str, NDArray[Any]] = {}
    for file in manifest.files:
        path = folder / file.file_name
        if path.stat().st_size != file.size_bytes:
            raise SnapshotRefusedError(_WRONG_FORM)
        array = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        if (array.dtype.str, array.shape) != (file.dtype, file.shape):
            raise SnapshotRefusedError(_WRONG_FORM)
        arrays[file.name] = array
    return arrays


def _check_digests(arrays: Mapping[str, NDArray[Any]], manifest: Manifest) -> None:
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # hashing lets other threads run
        digests = list(threads.map(_digest, [arrays[file.name] for file in manifest.files]))
    if digests != [file.sha256 for file in manifest.files]:
        raise SnapshotRefusedError("a file's digest is not the manifest's")


def _digest(array: NDArray[Any]) -> str:
    return hashlib.sha256(array.data).hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())

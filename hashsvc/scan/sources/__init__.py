"""Where files come from: folders, zip and tar archives, disk images; each is only ever read."""

import os
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import BinaryIO

from hashsvc.scan.errors import EvidenceRefusedError
from hashsvc.scan.sources.base import Source, open_untouched
from hashsvc.scan.sources.folder import FolderSource
from hashsvc.scan.sources.image_kinds import OPENING_BYTES, ImageKind, image_kind_of
from hashsvc.scan.sources.tar_archive import TarSource
from hashsvc.scan.sources.zip_archive import ZipSource

__all__ = ["Source", "open_source"]
_ZIP = b"PK\x03\x04"  # also where the end, and with it the list of members, is missing


def open_source(path: Path) -> Source:
    """Open a source by what it is, not by its name.

    Raises:
        EvidenceRefusedError: it is missing, unreadable, or of no kind that is read here.
    """
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            return FolderSource(path)
        # Not by name: a plain open would already change when the evidence was last read.
        with os.fdopen(open_untouched(path), "rb") as file:
            kind = _kind_of(path, file)
        if isinstance(kind, ImageKind):
            return _open_image(path, kind)
        if kind is not None:
            return kind(path)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise EvidenceRefusedError("A source is missing or cannot be read.") from error
    raise EvidenceRefusedError("A source is a folder, a zip or tar archive, or a disk image.")


def _kind_of(path: Path, file: BinaryIO) -> type[ZipSource] | type[TarSource] | ImageKind | None:
    opening = file.read(OPENING_BYTES)
    if opening.startswith(_ZIP):
        return ZipSource
    if (image := image_kind_of(path, opening)) is not None:
        return image
    if zipfile.is_zipfile(file):  # something may stand before the first member
        return ZipSource
    file.seek(0)
    return TarSource if tarfile.is_tarfile(file) else None


def _open_image(path: Path, kind: ImageKind) -> Source:
    try:
        from hashsvc.scan.sources.disk_image import (  # noqa: PLC0415  # the extra `scan`
            DiskImageSource,
        )
    except ImportError as error:
        raise EvidenceRefusedError(
            "Disk images need more libraries: pip install 'hashsvc[scan]'."
        ) from error
    return DiskImageSource(path, kind)

"""Where files come from: folders, zip and tar archives, disk images; each is only ever read."""

import os
import stat
import zipfile
from pathlib import Path

from hashsvc.scan.errors import EvidenceRefusedError
from hashsvc.scan.sources.archive import ArchiveSource
from hashsvc.scan.sources.base import Source, open_untouched
from hashsvc.scan.sources.folder import FolderSource
from hashsvc.scan.sources.image_kinds import OPENING_BYTES, ImageKind, image_kind_of
from hashsvc.scan.sources.image_source import ImageSource
from hashsvc.scan.sources.nesting import NestingSource
from hashsvc.scan.sources.tar_archive import TarArchive, is_tar
from hashsvc.scan.sources.zip_archive import ZipArchive

__all__ = ["NestingSource", "Source", "open_source"]
_ARCHIVES: dict[str, type[ZipArchive] | type[TarArchive]] = {"zip": ZipArchive, "tar": TarArchive}
_ZIP = b"PK\x03\x04"  # also where the end, and with it the list of members, is missing


def open_source(path: Path) -> Source:
    """Open a source by what it is, not by its name.

    Raises:
        EvidenceRefusedError: it is missing, unreadable, or of no kind that is read here.
    """
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            return FolderSource(path)
        kind = _kind_of(path)
        if isinstance(kind, ImageKind):
            return ImageSource(path, kind)
        if kind is not None:
            return ArchiveSource(path, kind, _ARCHIVES[kind])
    except OSError as error:
        raise EvidenceRefusedError("A source is missing or cannot be read.") from error
    raise EvidenceRefusedError("A source is a folder, a zip or tar archive, or a disk image.")


def _kind_of(path: Path) -> ImageKind | str | None:
    # Not by name: a plain open would already change when the evidence was last read.
    with os.fdopen(open_untouched(path), "rb") as file:
        opening = file.read(OPENING_BYTES)
        if opening.startswith(_ZIP):
            return "zip"
        if (image := image_kind_of(path, opening)) is not None:
            return image
        if zipfile.is_zipfile(file):  # something may stand before the first member
            return "zip"
        return "tar" if is_tar(file) else None

"""A disk image as a source; a child process reads it."""

import io
import json
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, cast

from hashsvc.scan.errors import EvidenceRefusedError
from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.base import archive_fingerprint
from hashsvc.scan.sources.image_child import ImageChild
from hashsvc.scan.sources.image_frames import MOST_BYTES, Ask, file_of, question
from hashsvc.scan.sources.image_kinds import ImageKind

# -P: a module that lies in the current folder, perhaps the evidence, is not imported.
CHILD = (sys.executable, "-P", "-m", "hashsvc.scan.sources.disk_image.child")
_READ_SECONDS = 120.0
_LIST_SECONDS = 3_600.0  # until the next file: nameless inodes are looked for in all of a disk
_WHOLE_SECONDS = 7 * 86_400.0  # the digest of a disk
_ANY_ADDRESS = 1 << 32  # of a row about a volume, apart from others of the same path


class ImageSource:
    """Files of its volumes; a path is `p1:/DCIM/a.jpg`, an address the number of an inode."""

    def __init__(
        self,
        path: Path,
        kind: ImageKind,
        *,
        child: Sequence[str] = CHILD,
        read_seconds: float = _READ_SECONDS,
        list_seconds: float = _LIST_SECONDS,
    ) -> None:
        """Nothing is opened yet.

        Args:
            path: of the image, or of its first segment.
            kind: as `image_kind_of` says.
            child: the child's program; tests give others.
            read_seconds: for a block of a file.
            list_seconds: until the next file of a list.

        Raises:
            EvidenceRefusedError: the extra `scan` is not installed.
        """
        if find_spec("pytsk3") is None or find_spec("pyewf") is None:
            raise EvidenceRefusedError(
                "Disk images need more libraries: pip install 'hashsvc[scan]'."
            )
        self._path, self.kind = path, kind.value
        command = (*child, str(path), kind.value)
        self._lister, self._reader = ImageChild(command), ImageChild(command)
        self._read_seconds, self._list_seconds = read_seconds, list_seconds

    def fingerprint(self) -> str:
        """See `Source`."""
        return archive_fingerprint(self._path)

    def files(self) -> Iterator[FoundFile]:
        """See `Source`; what the child dies of costs a volume, and is a row."""
        try:
            whole = self._lister.one(question(Ask.WHOLE), seconds=_WHOLE_SECONDS)
            asked = question(Ask.VOLUMES)
            volumes = list(self._lister.many(asked, seconds=self._list_seconds))
        except FileProblemError as problem:
            yield FoundFile(b"", problem=problem.reason)
            return
        if whole != b"1":
            yield FoundFile(b"", problem=Reason.CONTAINER_DAMAGED)
        for volume in volumes:
            yield from self._files_of(volume)
        self._lister.close()

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Source`."""
        stream = io.BufferedReader(_Stream(self, file), MOST_BYTES)
        stream.peek(1)  # says now whether it can be read
        return cast("BinaryIO", stream)

    def read_at(self, file: FoundFile, offset: int, length: int) -> bytes:
        """At least a byte of a file, and at most so many; none at its end.

        Raises:
            FileProblemError: they cannot be read.
        """
        asked = question(Ask.READ, file, offset, min(length, MOST_BYTES))
        return self._reader.one(asked, seconds=self._read_seconds)

    def close(self) -> None:
        """See `Source`."""
        self._lister.close()
        self._reader.close()

    def _files_of(self, volume: bytes) -> Iterator[FoundFile]:
        asked = question(Ask.FILES, FoundFile(volume))
        try:
            for words in self._lister.many(asked, seconds=self._list_seconds):
                yield _file(words)
        except FileProblemError as problem:
            yield FoundFile(volume, _ANY_ADDRESS, problem=problem.reason)


class _Stream(io.RawIOBase):
    """A file in an image."""

    def __init__(self, source: ImageSource, file: FoundFile) -> None:
        self._source, self._file, self._place = source, file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._file.size}
        self._place = max(0, starts[whence] + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  # any writable bytes
        if self._place >= self._file.size:
            return 0
        block = self._source.read_at(self._file, self._place, len(buffer))[: len(buffer)]
        buffer[: len(block)] = block
        self._place += len(block)
        return len(block)


def _file(words: bytes) -> FoundFile:
    try:
        return file_of(json.loads(words))
    except (ValueError, TypeError) as error:  # no child of ours says so
        raise FileProblemError(Reason.CRASHED) from error

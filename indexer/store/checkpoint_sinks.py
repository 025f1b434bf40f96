"""A folder outside the database that keeps every checkpoint: what was signed stays known.

One file a stream, which is only ever appended to: notes with an empty line after each. A note
that a crash cut off stays; whoever reads passes over what is no note or not signed by a known key.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from hashsvc.files import flush
from hashsvc.transparency import Checkpoint, Note, TransparencyError, Verifier
from indexer.errors import CheckpointForeignError, CheckpointSinkError
from indexer.records import Stream

_BLOCK_BYTES = 65_536
_PRIVATE = 0o600
_BETWEEN = b"\n\n"
_MOST_READ = 1_000  # checkpoints: each signature takes a fifth of a millisecond to check


@dataclass(frozen=True, slots=True)
class CheckpointSink:
    """One folder."""

    folder: Path

    @contextmanager
    def held(self, stream: Stream) -> Iterator["SinkFile"]:
        """The file of a stream, made if need be, for one writer at a time.

        Raises:
            CheckpointSinkError: it cannot be read or written.
        """
        path = self.path(stream)
        try:
            new = not path.exists()
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, _PRIVATE)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                if new:
                    flush(self.folder)
                yield SinkFile(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise CheckpointSinkError from error

    def path(self, stream: Stream) -> Path:
        """Where a stream's checkpoints are."""
        return self.folder / f"{stream}.checkpoints"

    def read(self, stream: Stream, known: Sequence[Verifier]) -> list[Checkpoint]:
        """The newest checkpoints of a stream that a known key signed, the oldest first.

        Raises:
            CheckpointSinkError: the file cannot be read.
        """
        try:
            body = self.path(stream).read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise CheckpointSinkError from error
        parts = body.split(_BETWEEN)
        return [checkpoint for _, checkpoint in _signed(parts[-2 * _MOST_READ :], known)]


@dataclass(frozen=True, slots=True)
class SinkFile:
    """An open file of checkpoints, locked."""

    descriptor: int

    def newest(self, known: Sequence[Verifier]) -> Checkpoint | None:
        """The last checkpoint that a known key signed; None where the file is empty.

        Raises:
            CheckpointForeignError: the file holds something, and no such checkpoint.
        """
        place = size = os.fstat(self.descriptor).st_size
        tail = b""
        while place:
            start = max(0, place - _BLOCK_BYTES)
            tail = os.pread(self.descriptor, place - start, start) + tail
            place = start
            parts = tail.split(_BETWEEN)
            # The first part may begin in the middle of a note; so may the one after it.
            if found := list(_signed(parts[2:] if place else parts, known)):
                return found[-1][1]
        if size:
            raise CheckpointForeignError
        return None

    def append(self, note: Note) -> None:
        """Write a note; once this returns, no crash loses it."""
        left = bytes(note) + b"\n"
        size = os.fstat(self.descriptor).st_size
        if size and os.pread(self.descriptor, 2, size - 2) != _BETWEEN:
            left = _BETWEEN + left  # after one that was cut off
        while left:  # a disk that gets full takes a part and says nothing
            left = left[os.write(self.descriptor, left) :]
        os.fsync(self.descriptor)


def _signed(parts: Sequence[bytes], known: Sequence[Verifier]) -> Iterator[tuple[Note, Checkpoint]]:
    """What stands in parts of a file, each the text of a note or its signatures."""
    for text, signatures in pairwise(parts):
        if not signatures.startswith("— ".encode()):
            continue
        try:
            note = Note.read(text.lstrip(b"\n") + _BETWEEN + signatures.rstrip(b"\n") + b"\n")
            note.require_signed(known)
            yield note, Checkpoint.read(note.text)
        except TransparencyError:
            continue

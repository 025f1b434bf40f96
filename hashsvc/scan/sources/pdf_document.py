"""The pictures in a PDF, taken out by a child process; the extra `scan`."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources import pdf_answers
from hashsvc.scan.sources.pdf_answers import HEAD, MOST_BYTES, REASONS

# -P: a module that lies in the current folder, perhaps the evidence, is not imported.
CHILD = (sys.executable, "-P", "-m", "hashsvc.scan.sources.pdf_child")
_SECONDS = 120
_ENDS = {
    pdf_answers.FINISHED: None,
    pdf_answers.ENCRYPTED: Reason.ENCRYPTED,
    pdf_answers.UNREADABLE: Reason.CONTAINER_DAMAGED,
    pdf_answers.TOO_MUCH: Reason.CONTAINER_LIMIT,
}


@dataclass(frozen=True, slots=True)
class _Answer:
    """Where a picture lies in what the child wrote."""

    number: int
    reason: Reason | None
    place: int
    length: int  # bytes


class PdfDocument:
    """Its pictures, each as a photo's file."""

    def __init__(
        self,
        file: BinaryIO,
        scratch: Path,
        *,
        child: Sequence[str] = CHILD,
        seconds: float = _SECONDS,
    ) -> None:
        """Take all pictures out.

        Args:
            file: the document.
            scratch: folder for the pictures, in a file that has no name.
            child: the child's program; tests give others.
            seconds: that it may take.

        Raises:
            FileProblemError: the extra `scan` is not installed.
            OSError: there is no room in the folder, or the document cannot be read.
        """
        if find_spec("pikepdf") is None:
            raise FileProblemError(Reason.CONTAINER_UNSUPPORTED)
        self._answers = cast("BinaryIO", TemporaryFile(dir=scratch))  # noqa: SIM115
        try:
            self._problem = _run(child, file, self._answers, seconds)
        except OSError:
            self._answers.close()
            raise
        self._pictures = {one.number: one for one in _pictures(self._answers)}
        if self._problem is None and not self._is_whole():
            self._problem = Reason.CRASHED

    def files(self) -> Iterator[FoundFile]:
        """See `Container`; a row at the end says so where not all was taken out."""
        for number, one in self._pictures.items():
            yield FoundFile(b"object %d" % number, number, one.length, problem=one.reason)
        if self._problem:
            yield FoundFile(b"", problem=self._problem)

    def open(self, file: FoundFile) -> BinaryIO:
        """See `Container`."""
        if file.address not in self._pictures:
            raise FileProblemError(Reason.MISSING)
        picture = self._pictures[file.address]
        self._answers.seek(picture.place)
        return BytesIO(self._answers.read(picture.length))

    def close(self) -> None:
        """See `Container`."""
        self._answers.close()

    def _is_whole(self) -> bool:
        """Whether the last picture ends where the answers do."""
        ends = [one.place + one.length for one in self._pictures.values()]
        return max(ends, default=0) == self._answers.seek(0, 2)


def _run(
    child: Sequence[str], document: BinaryIO, answers: BinaryIO, seconds: float
) -> Reason | None:
    """Why not all pictures were taken out, or None."""
    document.seek(0)
    body = document.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return Reason.TOO_LARGE
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            child,
            input=body,
            stdout=answers,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            start_new_session=True,  # Ctrl+C is for the parent, which finishes what is in flight
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Reason.TIMEOUT
    return _ENDS.get(done.returncode, Reason.CRASHED)


def _pictures(answers: BinaryIO) -> Iterator[_Answer]:
    """All whole answers; of one that the child died in nothing is kept."""
    end, place = answers.seek(0, 2), HEAD.size
    while place <= end:
        answers.seek(place - HEAD.size)
        number, reason, length = HEAD.unpack(answers.read(HEAD.size))
        if place + length > end or reason >= len(REASONS):
            return
        yield _Answer(number, REASONS[reason], place, length)
        place += length + HEAD.size

"""The child process that reads a disk image, as its parent sees it: asked, late, or dead."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

from hashsvc.scan.pipes import ChildDiedError, read_exactly
from hashsvc.scan.records import FileProblemError, Reason
from hashsvc.scan.sources.image_frames import END, HEAD, MOST_BYTES, REASON


class ImageChild:
    """One process at a time: begun when something is asked, ended when it errs."""

    def __init__(self, command: Sequence[str]) -> None:
        """Begin nothing yet."""
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def one(self, question: bytes, *, seconds: float) -> bytes:
        """The answer to a question that has one.

        Raises:
            FileProblemError: the child says why there is none, is late, or died of it.
        """
        with self._told():
            kind, body = self._answer(self._asked(question), seconds)
        if kind == REASON:
            raise FileProblemError(_reason(body))
        return body

    def many(self, question: bytes, *, seconds: float) -> Iterator[bytes]:
        """The answers to a question that has many.

        Args:
            question: in its frame.
            seconds: that each may take.

        Raises:
            FileProblemError: the child is late, or died of it.
        """
        with self._told():
            answers = self._asked(question)
            while (frame := self._answer(answers, seconds))[0] != END:
                yield frame[1]

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what it did not read is of no use now
                    pipe.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what becomes of the child into a row; who stops listening half way ends it too."""
        try:
            yield
        except TimeoutError as error:
            self.close()
            raise FileProblemError(Reason.TIMEOUT) from error
        except (ChildDiedError, OSError, ValueError) as error:
            self.close()
            raise FileProblemError(Reason.CRASHED) from error
        except BaseException:
            self.close()
            raise

    def _asked(self, question: bytes) -> IO[bytes]:
        """Where the answers come."""
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  # our own words
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,  # Ctrl+C is for the parent
            )
        if self._process.stdin is None or self._process.stdout is None:
            raise ChildDiedError
        self._process.stdin.write(question)
        return self._process.stdout

    def _answer(self, answers: IO[bytes], seconds: float) -> tuple[bytes, bytes]:
        deadline = time.monotonic() + seconds
        length, kind = HEAD.unpack(read_exactly(answers, HEAD.size, deadline))
        if length > MOST_BYTES:
            raise ChildDiedError
        return kind, read_exactly(answers, length, deadline)


def _reason(word: bytes) -> Reason:
    """A child says only what is known."""
    try:
        return Reason(word.decode())
    except ValueError:
        return Reason.CRASHED

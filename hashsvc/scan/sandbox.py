"""Decode in child processes with limits: a photo that kills its child is a row, not the end."""

import fcntl
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Self

from hashsvc.errors import InvalidSignatureError
from hashsvc.scan.answers import HEAD, READY, REQUEST, Asked, HashedPhoto, parse, rest_length
from hashsvc.scan.errors import SandboxError
from hashsvc.scan.isolation import Isolation
from hashsvc.scan.pipes import ChildDiedError, read_exactly, seconds_until
from hashsvc.scan.records import Reason

# -P: a module that lies in the current folder, perhaps the evidence, is not imported.
CHILD = (sys.executable, "-P", "-m", "hashsvc.scan.child")
# One thread each: the children are the parallel part, and every thread reserves memory.
_ENVIRONMENT = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1"
)
_STARTING_SECONDS = 60  # libraries are loaded before the first photo's time begins
_LEAST_BYTES = 1 << 20  # a decoder may write: the photos of the self-test are smaller
_ATTEMPTS = 2  # a child may also die of what it decoded before
_PIPE_BYTES = 1 << 20  # as much as a user may ask for: a photo goes over in a few steps


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may cost."""

    max_pixels: int = 128_000_000
    max_bytes: int = 256 << 20  # of the file
    timeout_seconds: float = 20
    memory_bytes: int = 2 << 30
    photos_per_child: int = 5_000


class Sandbox:
    """One child at a time; used by one thread."""

    def __init__(self, limits: Limits, *, command: Sequence[str] = CHILD) -> None:
        """No child is started before the first photo.

        Args:
            limits: of time, memory and size.
            command: the child's program; tests give others.
        """
        self._limits = limits
        self._command = (
            *command,
            str(limits.memory_bytes),
            str(max(limits.max_bytes, _LEAST_BYTES)),
        )
        self._child: subprocess.Popen[bytes] | None = None
        self._isolation = Isolation.LIMITS
        self._answered = 0

    def hash(self, body: bytes, asked: Asked = Asked.FULL) -> HashedPhoto | Reason:
        """Decode and hash one photo, or say why not."""
        for _ in range(_ATTEMPTS):
            try:
                return self._answer(body, asked)
            except TimeoutError:
                self.close()
                return Reason.TIMEOUT
            except (ChildDiedError, OSError):
                self.close()
        return Reason.CRASHED

    def isolation(self) -> Isolation:
        """What its children may do; starts one to ask.

        Raises:
            SandboxError: none can be started.
        """
        if self._child is None:
            try:
                self._start()
            except (ChildDiedError, OSError) as error:
                self.close()
                raise SandboxError("No process that decodes photos can be started.") from error
        return self._isolation

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what it did not read is of no use now
                    continue

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, body: bytes, asked: Asked) -> HashedPhoto | Reason:
        if self._child is None or self._answered >= self._limits.photos_per_child:
            self.close()
            self._start()
        questions, answers = self._pipes()
        deadline = time.monotonic() + self._limits.timeout_seconds
        left = memoryview(REQUEST.pack(len(body), self._limits.max_pixels, asked) + body)
        while left:
            # A child that says something before it has heard all is done with the photo, or dead.
            reading, writing, _ = select.select([answers], [questions], [], seconds_until(deadline))
            if reading:
                raise ChildDiedError
            if not writing:
                raise TimeoutError
            left = left[questions.write(left) or 0 :]
        try:
            head = read_exactly(answers, HEAD.size, deadline)
            parsed = parse(head, read_exactly(answers, rest_length(head), deadline))
        except (ValueError, InvalidSignatureError) as error:
            raise ChildDiedError from error
        self._answered += 1
        return parsed

    def _start(self) -> None:
        self._answered = 0
        self._child = subprocess.Popen(  # noqa: S603  # our own words
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _ENVIRONMENT,
            bufsize=0,
            start_new_session=True,  # Ctrl+C is for the parent, which finishes what is in flight
        )
        questions, answers = self._pipes()
        os.set_blocking(questions.fileno(), False)  # a child that does not read stops nobody
        with suppress(OSError):  # this user's programs may have all the memory for pipes
            fcntl.fcntl(questions, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        try:
            (said,) = read_exactly(answers, 1, time.monotonic() + _STARTING_SECONDS)
            self._isolation = READY[said]
        except (TimeoutError, IndexError) as error:  # says nothing about the photo
            raise ChildDiedError from error

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """Where the child reads, and where it writes."""
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise ChildDiedError
        return child.stdin, child.stdout

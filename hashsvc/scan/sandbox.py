"""Decode in child processes with limits: a photo that kills its child is a row, not the end."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Self

from hashsvc.errors import InvalidSignatureError
from hashsvc.scan.answers import HEAD, READY, REQUEST, HashedPhoto, parse, rest_length
from hashsvc.scan.records import Reason

# -P: a module that lies in the current folder, perhaps the evidence, is not imported.
CHILD = (sys.executable, "-P", "-m", "hashsvc.scan.child")
# One thread each: the children are the parallel part, and every thread reserves memory.
_ENVIRONMENT = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1"
)
_STARTING_SECONDS = 60  # libraries are loaded before the first photo's time begins
_ATTEMPTS = 2  # a child may also die of what it decoded before


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may cost."""

    max_pixels: int = 128_000_000
    max_bytes: int = 256 << 20  # of the file
    timeout_seconds: float = 20
    memory_bytes: int = 2 << 30
    photos_per_child: int = 5_000


class _ChildDiedError(Exception):
    """The child ended, or said what no child says."""


class Sandbox:
    """One child at a time; used by one thread."""

    def __init__(self, limits: Limits, *, parts: bool, command: Sequence[str] = CHILD) -> None:
        """No child is started before the first photo.

        Args:
            limits: of time, memory and size.
            parts: whether parts of photos are asked about too.
            command: the child's program; tests give others.
        """
        self._limits = limits
        self._parts = parts
        self._command = (*command, str(limits.memory_bytes), str(limits.max_bytes))
        self._child: subprocess.Popen[bytes] | None = None
        self._answered = 0

    def hash(self, body: bytes) -> HashedPhoto | Reason:
        """Decode and hash one photo, or say why not."""
        for _ in range(_ATTEMPTS):
            try:
                return self._asked(body)
            except TimeoutError:
                self.close()
                return Reason.TIMEOUT
            except (_ChildDiedError, OSError):
                self.close()
        return Reason.CRASHED

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

    def _asked(self, body: bytes) -> HashedPhoto | Reason:
        if self._child is None or self._answered >= self._limits.photos_per_child:
            self.close()
            self._start()
        child = self._child
        if child is None:
            raise _ChildDiedError
        deadline = time.monotonic() + self._limits.timeout_seconds
        head = REQUEST.pack(len(body), self._limits.max_pixels, self._parts)
        # Written beside: a child that does not read would stop the parent too.
        writing = Thread(target=_write, args=(child, head, body), daemon=True)
        writing.start()
        try:
            answer = _read(child, HEAD.size, deadline)
            parsed = parse(answer, _read(child, rest_length(answer), deadline))
        except (ValueError, InvalidSignatureError) as error:
            raise _ChildDiedError from error
        finally:
            if writing.is_alive() and child.poll() is None:
                writing.join(timeout=max(0.0, deadline - time.monotonic()))
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
        try:
            _read(self._child, len(READY), time.monotonic() + _STARTING_SECONDS)
        except TimeoutError as error:  # says nothing about the photo
            raise _ChildDiedError from error


def _write(child: subprocess.Popen[bytes], head: bytes, body: bytes) -> None:
    left = memoryview(head + body)
    try:
        while left and child.stdin is not None:
            left = left[child.stdin.write(left) :]
    except (OSError, ValueError):
        return  # the child died: the reader sees it too


def _read(child: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
    """So many bytes of an answer.

    Raises:
        TimeoutError: they did not come in time.
        _ChildDiedError: the child ended first.
    """
    if child.stdout is None:
        raise _ChildDiedError
    body = b""
    while len(body) < length:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([child.stdout], [], [], left)[0]:
            raise TimeoutError
        block = child.stdout.read(length - len(body))
        if not block:
            raise _ChildDiedError
        body += block
    return body

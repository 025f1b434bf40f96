"""Listen to a child process that may die or hang at any moment."""

import select
import time
from typing import IO


class ChildDiedError(Exception):
    """The child ended, or said what no child says."""


def seconds_until(deadline: float) -> float:
    """Of `time.monotonic`; 0 once it has passed."""
    return max(0.0, deadline - time.monotonic())


def read_exactly(answers: IO[bytes], length: int, deadline: float) -> bytes:
    """So many bytes of an answer.

    Args:
        answers: the child's pipe, not buffered.
        length: in bytes.
        deadline: of `time.monotonic`.

    Raises:
        TimeoutError: they did not come in time.
        ChildDiedError: the child ended first.
    """
    body = b""
    while len(body) < length:
        if not select.select([answers], [], [], seconds_until(deadline))[0]:
            raise TimeoutError
        block = answers.read(length - len(body))
        if not block:
            raise ChildDiedError
        body += block
    return body

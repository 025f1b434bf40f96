"""A child process that makes one photo into a few grey squares; isolated as those of a scan are."""

import os
import struct
import subprocess
import sys
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from hashsvc.photos import decode
from hashsvc.photos.warming import warm
from hashsvc.scan.isolation import isolate, limit
from hashsvc.scan.sandbox import Limits

MOST_SQUARES = 12  # along the longer side: enough for a place and a pose, too little for a face
_SIZE = struct.Struct("<BB")
_STDOUT, _STDERR = 1, 2
_COMMAND = (sys.executable, "-P", "-m", "hashsvc.scan.reports.blurring")


def blurred(body: bytes, limits: Limits) -> NDArray[np.uint8] | None:
    """The mean grey of each square of a photo, decoded in a child.

    Args:
        body: the photo's file.
        limits: on what the child may use.

    Returns:
        (height, width), at most 12 by 12; None where it cannot be decoded.
    """
    words = [str(asdict(limits)[name]) for name in ("memory_bytes", "max_bytes", "max_pixels")]
    try:
        said = subprocess.run(  # noqa: S603  # our own words
            [*_COMMAND, *words],
            input=body,
            capture_output=True,
            timeout=limits.timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return _parsed(said.stdout)


def _parsed(answer: bytes) -> NDArray[np.uint8] | None:
    if len(answer) < _SIZE.size:
        return None
    height, width = _SIZE.unpack(answer[: _SIZE.size])
    squares = np.frombuffer(answer, np.uint8, offset=_SIZE.size)
    if not (0 < height <= MOST_SQUARES and 0 < width <= MOST_SQUARES):
        return None
    return squares.reshape(height, width) if len(squares) == height * width else None


def squares_of(samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mean of each square.

    Args:
        samples: (height, width, 3).

    Returns:
        (height, width), at most 12 by 12.
    """
    height, width = samples.shape[:2]
    longer = max(height, width)
    rows = _edges(height, max(1, round(min(height, MOST_SQUARES * height / longer))))
    columns = _edges(width, max(1, round(min(width, MOST_SQUARES * width / longer))))
    grey = samples.mean(axis=2)
    sums = np.add.reduceat(np.add.reduceat(grey, rows[:-1], axis=0), columns[:-1], axis=1)
    areas = np.outer(np.diff(rows), np.diff(columns))
    return np.asarray(sums / areas, np.uint8)


def _edges(length: int, parts: int) -> NDArray[np.int64]:
    return np.linspace(0, length, parts + 1).astype(np.int64)


def main() -> None:
    """Answer about the photo on standard input."""
    memory_bytes, file_bytes, max_pixels = map(int, sys.argv[1:])
    answers = os.fdopen(os.dup(_STDOUT), "wb")
    os.dup2(_STDERR, _STDOUT)  # whatever a decoder prints is no answer
    warm()
    limit(memory_bytes, file_bytes)
    isolate()
    squares = squares_of(decode(sys.stdin.buffer.read(), max_pixels=max_pixels).rgb())
    answers.write(_SIZE.pack(*squares.shape) + squares.tobytes())
    answers.flush()


if __name__ == "__main__":
    main()

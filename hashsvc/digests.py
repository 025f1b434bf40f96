"""Cryptographic digests of a file: which file it was, for reports; exact, unlike our hashes."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

_CHUNK_BYTES = 1 << 20
_CACHED_BYTES = 128 << 10  # what the second and third digest find in the processor's cache


@dataclass(frozen=True, slots=True)
class Digests:
    """The three digests that forensic tools ask for, lower-case hexadecimal."""

    md5: str  # 32 digits; broken as a proof, but the key of most evidence lists
    sha1: str  # 40 digits; likewise
    sha256: str  # 64 digits


class RunningDigests:
    """The three digests of a stream, block by block."""

    def __init__(self) -> None:
        """Of nothing yet."""
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()

    def update(self, block: bytes | memoryview) -> None:
        """Go on with the next bytes."""
        for digest in (self._md5, self._sha1, self._sha256):
            digest.update(block)

    def digests(self) -> Digests:
        """Of all bytes so far."""
        return Digests(self._md5.hexdigest(), self._sha1.hexdigest(), self._sha256.hexdigest())


def digests_of_bytes(body: bytes) -> Digests:
    """Of what is in memory; other threads run meanwhile."""
    running, view = RunningDigests(), memoryview(body)
    for start in range(0, len(view), _CACHED_BYTES):
        running.update(view[start : start + _CACHED_BYTES])
    return running.digests()


def digests_of(path: Path) -> Digests:
    """Read a file once.

    Raises:
        OSError: the file cannot be read.
    """
    running = RunningDigests()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            running.update(chunk)
    return running.digests()

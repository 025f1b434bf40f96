"""Cryptographic digests of a file: which file it was, for reports; exact, unlike our hashes."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Digests:
    """The three digests that forensic tools ask for, lower-case hexadecimal."""

    md5: str  # 32 digits; broken as a proof, but the key of most evidence lists
    sha1: str  # 40 digits; likewise
    sha256: str  # 64 digits


def digests_of(path: Path) -> Digests:
    """Read a file once.

    Raises:
        OSError: the file cannot be read.
    """
    md5 = hashlib.md5(usedforsecurity=False)
    sha1 = hashlib.sha1(usedforsecurity=False)
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            for digest in (md5, sha1, sha256):
                digest.update(chunk)
    return Digests(md5.hexdigest(), sha1.hexdigest(), sha256.hexdigest())

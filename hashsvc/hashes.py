"""One perceptual hash: 256 bits with the name of the algorithm that made them."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hashsvc.errors import InvalidHashError

HASH_BYTES = 32
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_TURNED_OVER = bytes(range(255, -1, -1))


class Algorithm(StrEnum):
    """Which perceptual hash."""

    PDQ = "pdq"
    DHASH = "dhash"


@dataclass(frozen=True, slots=True)
class Hash:
    """One perceptual hash value; its `repr` names the algorithm and never the bits."""

    algorithm: Algorithm
    digest: bytes = field(repr=False)  # 32 bytes, in the order of the hexadecimal digits

    def __post_init__(self) -> None:
        """Refuse anything but 32 bytes.

        Raises:
            InvalidHashError: the length is wrong.
        """
        if len(self.digest) != HASH_BYTES:
            raise InvalidHashError

    @classmethod
    def from_hex(cls, algorithm: Algorithm, text: str) -> Self:
        """Read 64 hexadecimal digits of either case; no spaces, no prefix.

        Raises:
            InvalidHashError: anything else.
        """
        # bytes.fromhex alone would skip white space: 64 spaces would be an empty hash.
        if _HEX.fullmatch(text) is None:
            raise InvalidHashError
        return cls(algorithm, bytes.fromhex(text))

    @classmethod
    def from_words(cls, algorithm: Algorithm, words: NDArray[np.uint64]) -> Self:
        """Read what `words` returns."""
        return cls(algorithm, words.astype("<u8").tobytes())

    def hex(self) -> str:
        """64 lower-case hexadecimal digits."""
        return self.digest.hex()

    def words(self) -> NDArray[np.uint64]:
        """(4,) little-endian words of the 32 bytes, as distances are counted on."""
        return np.frombuffer(self.digest, dtype="<u8")

    def popcount(self) -> int:
        """Number of set bits, 0 to 256."""
        return int.from_bytes(self.digest, "big").bit_count()

    def complement(self) -> "Hash":
        """Every bit turned over."""
        return Hash(self.algorithm, self.digest.translate(_TURNED_OVER))

"""Made-up lists of any length, and questions whose nearest neighbour is known."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hashsvc import Signature
from hashsvc.hashes import Algorithm, Hash
from hashsvc.signatures import RegionKind
from indexer.search.columns import Columns

_BITS = 256
_BLOCK = 65_536
_HAS_DHASH = 4
# Of real photos: how often a bit is set, and how far edits of one photo lie from it.
_MARGINALS = (0.415, 0.552)
_FAMILY = 20
_FARTHEST = 90


class Kind(StrEnum):
    """How the hashes are spread."""

    RANDOM = "random"  # every bit for itself
    SKEWED = "skewed"  # families of 20 within 90 bits, bits set as often as in photos


@dataclass(frozen=True, slots=True)
class Question:
    """A query, and the row that lies so many bits away; a stray one has neither."""

    query: Signature
    row: int | None
    bits: int | None

    def digest(self) -> NDArray[np.uint8]:
        """(1, 32), as FAISS takes it."""
        return np.frombuffer(self.query.pdq.digest, dtype=np.uint8).reshape(1, -1)


def make_columns(kind: Kind, count: int, seed: int = 1) -> Columns:
    """So many signatures with both hashes; ids from 1 in the order of the rows."""
    random = np.random.default_rng(seed)
    make = _words if kind is Kind.RANDOM else _skewed
    return Columns(
        ids=np.arange(1, count + 1),
        pdq=make(random, count),
        dhash=make(random, count),
        kind=np.full(count, _HAS_DHASH, dtype=np.uint8),
    )


def make_questions(columns: Columns, count: int, seed: int = 2) -> list[Question]:
    """Half of them 0 to 31 bits from a row, each distance equally often; half stray."""
    random = np.random.default_rng(seed)
    questions = []
    for number in range(count // 2):
        row, bits = int(random.integers(len(columns))), number % 32
        near = signature_of(
            flipped(columns.pdq[row], bits, random), flipped(columns.dhash[row], bits, random)
        )
        stray = signature_of(_words(random, 1)[0], _words(random, 1)[0])
        questions += [Question(near, row, bits), Question(stray, None, None)]
    return questions


def signature_of(pdq: NDArray[np.uint64], dhash: NDArray[np.uint64]) -> Signature:
    """The signature of these words, (4,) each."""
    hashes = Hash.from_words(Algorithm.PDQ, pdq), Hash.from_words(Algorithm.DHASH, dhash)
    return Signature(RegionKind.FULL, *hashes, 100)


def flipped(
    words: NDArray[np.uint64], count: int, random: np.random.Generator
) -> NDArray[np.uint64]:
    """(4,): the words with so many bits turned over, anywhere."""
    bits = np.unpackbits(words.view(np.uint8))
    bits[random.choice(_BITS, count, replace=False)] ^= 1
    return np.packbits(bits).view(np.uint64)


def _words(random: np.random.Generator, count: int) -> NDArray[np.uint64]:
    return random.integers(0, 2**64, (count, 4), dtype=np.uint64)


def _skewed(random: np.random.Generator, count: int) -> NDArray[np.uint64]:
    often = random.uniform(*_MARGINALS, _BITS).astype(np.float32)
    blocks = [
        _families(random, often, min(_BLOCK, count - start)) for start in range(0, count, _BLOCK)
    ]
    return np.concatenate(blocks)


def _families(
    random: np.random.Generator, often: NDArray[np.float32], count: int
) -> NDArray[np.uint64]:
    parents = random.random((count // _FAMILY + 1, _BITS), dtype=np.float32) < often
    share = random.integers(0, _FARTHEST + 1, (count, 1)).astype(np.float32) / _BITS
    flips = random.random((count, _BITS), dtype=np.float32) < share
    return np.packbits(parents[np.arange(count) // _FAMILY] ^ flips, axis=1).view(np.uint64)

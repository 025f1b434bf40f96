"""What was asked near one listed hash: nearly equal questions, and the places that they moved."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from hashsvc import Hash
from hashsvc.distances import distance
from hashsvc.matching import within, words_of

_STEP_BITS = 2  # two sound PDQ hashes differ by an even number of bits
WATCHED_FROM = 4  # places
_REMEMBERED = 64  # questions
_READ_EVERY = timedelta(seconds=1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Trail:
    """What one operator's keys asked near one listed hash."""

    begun_at: datetime
    questions: int = 0  # that differ from those remembered
    remembered: OrderedDict[Hash, None] = field(default_factory=OrderedDict)
    _rows: NDArray[np.uint64] | None = None  # those remembered, in any order; None: to be made
    moved: dict[int, int] = field(default_factory=dict)  # place: number of the question
    shared: int = 0  # places that other workers can read, a bit for each
    others: int = 0  # places that were moved at other workers, likewise
    read_at: datetime = _NEVER
    read_after: int = 0  # questions
    alarmed: bool = False
    told: bool = False  # the operator

    @property
    def own(self) -> int:
        """The places that were moved here, a bit for each."""
        return sum(1 << place for place in self.moved)

    def ask(self, hash_: Hash, *, window: int) -> None:
        """Add a question; a remembered one that it was made from stays remembered longer."""
        if hash_ in self.remembered:
            self.remembered.move_to_end(hash_)
            return
        self.questions += 1
        nearest = min(self.remembered, key=lambda one: distance(one, hash_), default=None)
        if nearest is not None and distance(nearest, hash_) <= _STEP_BITS:
            self.remembered.move_to_end(nearest)
            self.moved |= dict.fromkeys(_differing(nearest, hash_), self.questions)
        self.remembered[hash_] = None
        if len(self.remembered) > _REMEMBERED:
            self.remembered.popitem(last=False)
        self._rows = None
        oldest = self.questions - window
        self.moved = {place: last for place, last in self.moved.items() if last > oldest}

    def beside(self, hash_: Hash, bits: int) -> int:
        """How many remembered questions are at most so many bits away, itself included."""
        return len(within(self.rows(), hash_.words(), bits))

    def rows(self) -> NDArray[np.uint64]:
        """(n, 4): the remembered questions, in any order."""
        if self._rows is None:
            self._rows = words_of(list(self.remembered))
        return self._rows

    def learn(self, others: int, *, shared: int, at: datetime) -> None:
        """Take up what others moved, now that they can read these places."""
        self.others = others
        self.shared = shared
        self.read_at = at
        self.read_after = self.questions

    def is_ahead(self) -> bool:
        """Whether a place was moved here of which other workers cannot read."""
        return bool(self.own & ~self.shared)

    def is_behind(self, at: datetime) -> bool:
        """Whether it is time to read what others moved.

        Once a second where something was moved; elsewhere ever more rarely, for where nearly all
        was moved at others, little was here.
        """
        if (self.own | self.others).bit_count() >= WATCHED_FROM:
            return not self.read_at <= at < self.read_at + _READ_EVERY
        return self.questions >= max(2, 2 * self.read_after)


def _differing(one: Hash, other: Hash) -> list[int]:
    """The places of the bits in which two hashes differ."""
    bits = int.from_bytes(one.digest, "big") ^ int.from_bytes(other.digest, "big")
    return [place for place in range(bits.bit_length()) if bits >> place & 1]

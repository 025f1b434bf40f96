"""A platform that works out a listed hash from coarse answers: out to the edge, then bit by bit."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from api.security.probes import Near, ProbeWatch, ProbingError
from hashsvc import Algorithm, Hash, Listed, Policy, Signature, SignatureId, Tier
from hashsvc.hashes import HASH_BYTES
from hashsvc.matching import hit_of
from hashsvc.times import now
from indexer.alarm_records import Moves, ProbeTarget
from tests.factories import make_signature

KEY = "key00001"
BITS = 8 * HASH_BYTES
LISTED_ID = SignatureId(7)
AT = now()


class Stopped(Exception):  # noqa: N818  # no mistake: the bot's end
    """The service answers no more."""


def number_of(hash_):
    return int.from_bytes(hash_.digest, "big")


def hash_of(number, algorithm=Algorithm.PDQ):
    return Hash(algorithm, number.to_bytes(HASH_BYTES, "big"))


class Board:
    """Where workers read what others moved, as the store lets them."""

    def __init__(self):
        """Nobody moved anything."""
        self.rows: dict[tuple[ProbeTarget, int], int] = {}

    def exchange(self, moves: Sequence[Moves], worker: int) -> dict[ProbeTarget, int]:
        """Keep what a worker moved, and say what others did."""
        self.rows |= {(one.target, worker): one.places for one in moves if one.fresh}
        others: dict[ProbeTarget, int] = {}
        for (target, by), places in self.rows.items():
            if by != worker and target in {one.target for one in moves}:
                others[target] = others.get(target, 0) | places
        return others


@dataclass
class Workers:
    """Processes that watch, and what they tell one another; each question goes to any of them."""

    watches: list[ProbeWatch]
    shared: bool = True
    board: Board = field(default_factory=Board)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(6))
    written: int = 0

    @classmethod
    def of(cls, number, **kwargs):
        """So many, each with its share of the questions."""
        return cls([ProbeWatch(workers=number) for _ in range(number)], **kwargs)

    def ask(self, near, *, at=AT):
        """One question; raises what a worker raises."""
        worker = int(self.random.integers(len(self.watches)))
        watch = self.watches[worker]
        moves = watch.follow(KEY, [near], at=at)
        self.written += any(one.fresh for one in moves)
        if self.shared:
            watch.learn(moves, self.board.exchange(moves, worker), at=at)
        watch.require_unlike(KEY, [near], at=at)

    def most_moved(self):
        """Of how many places of a PDQ the workers know together."""
        moved = {}
        for (target, _), places in self.board.rows.items():
            moved[target] = moved.get(target, 0) | places
        pdq = (one for about, one in moved.items() if about.algorithm is Algorithm.PDQ)
        return max((one.bit_count() for one in pdq), default=0)

    @property
    def alarmed(self):
        """Whether any would tell an operator."""
        return any(watch.untold(KEY) for watch in self.watches)


@dataclass
class Oracle:
    """The service's answers about one listed signature, with the alarm and without a network."""

    listed: Signature
    workers: Workers
    weakest: Tier = Tier.POSSIBLE
    tries: int = 1  # after so many refusals of a question the bot gives up
    asked: int = 0

    def matches(self, query):
        """Whether a question is answered with a match."""
        hit = hit_of(query, Listed(LISTED_ID, self.listed))
        near = [Near(query, (LISTED_ID,) if hit.pdq_distance <= Policy().search_bits else ())]
        if not any(self._is_answered(near) for _ in range(self.tries)):
            raise Stopped
        tier = Policy().grade(hit)
        return tier is not None and tier.reaches(self.weakest)

    def _is_answered(self, near):
        self.asked += 1
        try:
            self.workers.ask(near)
        except ProbingError:
            return False
        return True


@dataclass
class Bot:
    """Begins with a near copy and asks until it knows every bit, or is stopped."""

    start: Signature
    random: np.random.Generator
    known: dict[int, int] = field(default_factory=dict)  # place: whether the base differs there

    def run(self, matches):
        """How many bits it knows at the end.

        Args:
            matches: says whether a question matches.
        """
        try:
            base = self._edge(matches)
            for place in range(BITS):
                self.known[place] = matches(self._asking(base ^ (1 << place)))
        except Stopped:
            return len(self.known)
        self.found = base ^ sum(differs << place for place, differs in self.known.items())
        return len(self.known)

    def _edge(self, matches):
        """The last question that matches: one bit further, none does."""
        base = number_of(self.start.pdq)
        for place in self.random.permutation(BITS):
            further = base ^ (1 << int(place))
            if not matches(self._asking(further)):
                break
            base = further
        return base

    def _asking(self, number):
        return replace(self.start, pdq=hash_of(number))


class SoundBot(Bot):
    """Asks about sound hashes alone: 128 bits are set in each, as in a photo's."""

    def run(self, matches):
        """As that of every bot; two bits are exchanged in each question."""
        try:
            base, one, zero = self._sound_edge(matches)
            for place in range(BITS):
                other = zero if base >> place & 1 else one
                if place not in (one, zero):
                    changed = base ^ (1 << place) ^ (1 << other)
                    self.known[place] = matches(self._asking(changed))
        except Stopped:
            return len(self.known)
        self.known |= {one: False, zero: False}
        self.found = base ^ sum(differs << place for place, differs in self.known.items())
        return len(self.known)

    def _sound_edge(self, matches):
        """The last that matches, and two places where it equals the listed hash: a 1 and a 0."""
        base = number_of(self.start.pdq)
        places = [int(place) for place in self.random.permutation(BITS)]
        ones = [place for place in places if base >> place & 1]
        zeros = [place for place in places if not base >> place & 1]
        for one, zero in zip(ones, zeros, strict=True):
            further = base ^ (1 << one) ^ (1 << zero)
            if not matches(self._asking(further)):
                return base, one, zero
            base = further
        raise AssertionError("it never came to the edge")


def near_copy(listed, *, bits=10, seed=1, dhash=True):
    """What an attacker begins with: a copy of the listed photo, `bits` off and sound."""
    random = np.random.default_rng(seed)
    number = number_of(listed.pdq)
    ones = [place for place in range(BITS) if number >> place & 1]
    zeros = [place for place in range(BITS) if not number >> place & 1]
    for place in (*random.choice(ones, bits // 2), *random.choice(zeros, bits // 2)):
        number ^= 1 << int(place)
    return make_signature(pdq=hash_of(number), dhash=listed.dhash if dhash else None)

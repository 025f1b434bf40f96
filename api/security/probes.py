"""Notice who works out a listed hash: many questions, each a bit or two beside another.

A coarse answer changes at an edge, and whoever stands on the edge learns a bit of the listed hash
with each bit flipped. Copies of a photo that goes round move by a bit or two as well, but always
in the same few places: in 10,000 recompressed copies never more than 50 of PDQ's 256 bits moved
within 768 questions, and in copies with other edits up to 86 of dHash's, which even areas move.
So places are counted, not questions.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeAlias

from api.security.errors import SecurityError
from hashsvc import Algorithm, Hash, Signature, SignatureId
from hashsvc.distances import distance
from hashsvc.matching import within, words_of

PLACES = 96  # of 256; with several workers each counts its share
_LEAST_PLACES = 64  # fewer would be reached by copies of one photo
_DHASH_MORE = 64  # places
_WINDOW = 8  # questions for each place: older ones do not count
_STEP_BITS = 2  # two sound PDQ hashes differ by an even number of bits
_REFUSED_BITS = 16  # around what was asked; nothing here may depend on the listed hash
_REMEMBERED = 64  # questions for each listed hash
_TRAILS = 4_096  # about 60 MiB when all are full
_WATCHED = 8  # trails of one key whose misses are counted too
_WATCHED_FROM = 8  # places
_TIME = timedelta(hours=24)
_CLEAN_EVERY = timedelta(minutes=1)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class ProbingError(SecurityError):
    """Too many nearly equal questions: look at these uploads yourselves, send the others again."""

    def __init__(self, items: Sequence[int], retry_after_seconds: int) -> None:
        """Say which and how long.

        Args:
            items: their places in the request, from 0.
            retry_after_seconds: 1 or more.
        """
        super().__init__()
        self.items = tuple(items)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Near:
    """One signature that was asked about, and what is listed near it, at whatever tier."""

    query: Signature
    ids: tuple[SignatureId, ...]


class _About(NamedTuple):
    """What a trail is about."""

    root_id: str  # the operator's key; keys below it count with it
    algorithm: Algorithm
    signature_id: SignatureId


@dataclass(frozen=True, slots=True)
class Probe:
    """A listed signature that somebody works out."""

    root_id: str
    signature_id: SignatureId


@dataclass(slots=True)
class _Trail:
    """What one operator's keys asked near one listed hash."""

    begun_at: datetime
    questions: int = 0  # that differ from those remembered
    remembered: OrderedDict[Hash, None] = field(default_factory=OrderedDict)
    moved: dict[int, int] = field(default_factory=dict)  # place: number of the question
    alarmed: bool = False
    told: bool = False  # the operator

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
        oldest = self.questions - window
        self.moved = {place: last for place, last in self.moved.items() if last > oldest}


_Trails: TypeAlias = OrderedDict[_About, _Trail]
_NONE: _Trails = OrderedDict()


class ProbeWatch:
    """The trails that this worker sees; in memory alone, for a day each."""

    def __init__(self, *, workers: int = 1, places: int = PLACES) -> None:
        """Nothing was asked yet.

        Args:
            workers: processes among which questions are spread.
            places: alarm when so many bits of a hash were tried out; above 256: never.
        """
        self._places = max(math.ceil(places / workers), min(places, _LEAST_PLACES))
        self._trails: _Trails = OrderedDict()
        self._watched: dict[tuple[str, Algorithm], _Trails] = {}
        self._cleaned_at = _NEVER
        self._lock = threading.Lock()  # requests run in threads

    def follow(self, root_id: str, uploads: Sequence[Sequence[Near]], *, at: datetime) -> None:
        """Add the questions of a request, before any of them is answered."""
        with self._lock:
            self._forget(at)
            for one in (one for near in uploads for one in near):
                if one.ids or (root_id, Algorithm.PDQ) in self._watched:
                    self._add(root_id, one, at)

    def untold(self, root_id: str) -> list[Probe]:
        """What the operator has to be told about a key."""
        with self._lock:
            found = {
                Probe(about.root_id, about.signature_id)
                for about, trail in self._watched_by(root_id)
                if trail.alarmed and not trail.told
            }
        return sorted(found, key=lambda one: one.signature_id)

    def told(self, probes: Sequence[Probe]) -> None:
        """Keep that the operator knows."""
        with self._lock:
            for probe in probes:
                for about, trail in self._watched_by(probe.root_id):
                    trail.told |= about.signature_id == probe.signature_id

    def require_unlike(
        self, root_id: str, uploads: Sequence[Sequence[Near]], *, at: datetime
    ) -> None:
        """Refuse questions beside those that raised an alarm, whether or not they match.

        A refusal that depended on the listed hash would be one more answer about it.

        Raises:
            ProbingError: some are.
        """
        with self._lock:
            alarmed = [
                (about.algorithm, trail)
                for about, trail in self._watched_by(root_id)
                if trail.alarmed
            ]
            if not alarmed:
                return
            items = [place for place, near in enumerate(uploads) if _is_beside(near, alarmed)]
            begun = max(trail.begun_at for _, trail in alarmed)
        if items:
            raise ProbingError(items, max(1, math.ceil((begun + _TIME - at).total_seconds())))

    def _add(self, root_id: str, near: Near, at: datetime) -> None:
        for hash_ in filter(None, (near.query.pdq, near.query.dhash)):
            hits = [_About(root_id, hash_.algorithm, id_) for id_ in near.ids]
            for about in hits:
                self._ask(about, self._trail(about, at), hash_)
            for about, trail in self._missed(root_id, hash_):
                if about not in hits:
                    self._ask(about, trail, hash_)

    def _ask(self, about: _About, trail: _Trail, hash_: Hash) -> None:
        places = self._places + _DHASH_MORE * (about.algorithm is Algorithm.DHASH)
        trail.ask(hash_, window=_WINDOW * self._places)
        trail.alarmed |= len(trail.moved) >= places
        if len(trail.moved) >= _WATCHED_FROM:
            self._begin_watching(about, trail)

    def _begin_watching(self, about: _About, trail: _Trail) -> None:
        of_key = (about.root_id, about.algorithm)
        if of_key not in self._watched:
            self._watched[of_key] = OrderedDict()
        watched = self._watched[of_key]
        watched[about] = trail
        watched.move_to_end(about)
        quiet = [one for one, each in watched.items() if not each.alarmed]
        for one in quiet[:-_WATCHED]:
            del watched[one]

    def _missed(self, root_id: str, hash_: Hash) -> list[tuple[_About, _Trail]]:
        """Trails of which this is the next step; beyond the edge nothing is found, so look here."""
        return [
            (about, trail)
            for about, trail in self._watched.get((root_id, hash_.algorithm), _NONE).items()
            if within(words_of(list(trail.remembered)), hash_.words(), _STEP_BITS)
        ]

    def _trail(self, about: _About, at: datetime) -> _Trail:
        trail = self._trails.setdefault(about, _Trail(at))
        self._trails.move_to_end(about)
        if len(self._trails) > _TRAILS:
            self._drop(next(iter(self._trails)))
        return trail

    def _forget(self, at: datetime) -> None:
        if self._cleaned_at <= at < self._cleaned_at + _CLEAN_EVERY:
            return
        self._cleaned_at = at
        ended = [about for about, one in self._trails.items() if at >= one.begun_at + _TIME]
        for about in ended:
            self._drop(about)

    def _drop(self, about: _About) -> None:
        del self._trails[about]
        watched = self._watched.get((about.root_id, about.algorithm))
        if watched is not None and about in watched:
            del watched[about]
            if not watched:
                del self._watched[about.root_id, about.algorithm]

    def _watched_by(self, root_id: str) -> list[tuple[_About, _Trail]]:
        return [
            pair
            for algorithm in Algorithm
            for pair in self._watched.get((root_id, algorithm), _NONE).items()
        ]


def _is_beside(near: Sequence[Near], alarmed: Sequence[tuple[Algorithm, _Trail]]) -> bool:
    hashes = [hash_ for one in near for hash_ in (one.query.pdq, one.query.dhash) if hash_]
    for algorithm, trail in alarmed:
        remembered = list(trail.remembered)
        rows = words_of(remembered)
        for hash_ in (one for one in hashes if one.algorithm is algorithm):
            beside = within(rows, hash_.words(), _REFUSED_BITS)
            # Itself aside: it is remembered because it hit, and that is not to be told.
            if any(remembered[row] != hash_ for row in beside):
                return True
    return False


def _differing(one: Hash, other: Hash) -> list[int]:
    """The places of the bits in which two hashes differ."""
    bits = int.from_bytes(one.digest, "big") ^ int.from_bytes(other.digest, "big")
    return [place for place in range(bits.bit_length()) if bits >> place & 1]

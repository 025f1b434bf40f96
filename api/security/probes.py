"""Notice who works out a listed hash: many questions, each a bit or two beside another.

A coarse answer changes at an edge, and whoever stands on the edge learns a bit of the listed hash
with each bit flipped. Copies of a photo that goes round move by a bit or two as well, but always
in the same few places: in 10,000 recompressed copies never more than 50 of PDQ's 256 bits moved
within 768 questions, and in copies with other edits up to 86 of dHash's, which even areas move.
So places are counted, not questions; each process counts its own and learns those of the others.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import numpy as np

from api.security.errors import SecurityError
from api.security.probe_trails import WATCHED_FROM, Trail
from hashsvc import Algorithm, Hash, Signature, SignatureId
from hashsvc.matching import within
from indexer.alarm_records import Moves, ProbeTarget

PLACES = 96  # of 256, moved at any worker
REMEMBERED_FOR = timedelta(hours=24)
_DHASH_MORE = 64  # places
_WINDOW = 8  # questions for each place: older ones do not count
_BESIDE_BITS = 16  # around what was asked; what is refused may not depend on the listed hash
_TRAILS = 4_096  # about 60 MiB when all are full
_WATCHED = 8  # trails of one key; misses beside them are counted too
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


@dataclass(frozen=True, slots=True)
class Probe:
    """A listed signature that somebody works out."""

    root_id: str
    signature_id: SignatureId


_Trails: TypeAlias = OrderedDict[ProbeTarget, Trail]
_NONE: _Trails = OrderedDict()


class ProbeWatch:
    """The trails that this worker sees, and how far others saw them go; a day each, in memory."""

    def __init__(self, *, workers: int = 1, places: int = PLACES) -> None:
        """Nothing was asked yet.

        Args:
            workers: processes among which questions are spread.
            places: alarm when so many bits of a hash were tried out; above 256: never.
        """
        self._places = places
        self._window = math.ceil(_WINDOW * places / workers)
        self._trails: _Trails = OrderedDict()
        self._watched: dict[str, dict[Algorithm, _Trails]] = {}  # by the operator's key
        self._cleaned_at = _NEVER
        self._lock = threading.Lock()  # requests run in threads

    def concerns(self, root_id: str, uploads: Sequence[Sequence[Near]]) -> bool:
        """Whether the questions of a request are of interest; a plain miss is of none."""
        queries = [one for near in uploads for one in near]
        if any(one.ids for one in queries):
            return True
        with self._lock:
            watched = self._watched_by(root_id)
            return bool(watched) and (
                any(trail.alarmed and not trail.told for _, trail in watched)
                or any(self._missed(root_id, hash_) for one in queries for hash_ in _hashes_of(one))
            )

    def follow(
        self, root_id: str, uploads: Sequence[Sequence[Near]], *, at: datetime
    ) -> list[Moves]:
        """Add the questions of a request, before any of them is answered.

        Returns:
            What other workers have to be told of, and asked about: see `learn`.
        """
        asked: set[ProbeTarget] = set()
        with self._lock:
            self._forget(at)
            for one in (one for near in uploads for one in near):
                if one.ids or Algorithm.PDQ in self._watched.get(root_id, ()):
                    asked |= self._add(root_id, one, at)
            trails = [(about, self._trails[about]) for about in asked if about in self._trails]
            return [
                Moves(about, trail.own, trail.begun_at, fresh=trail.is_ahead())
                for about, trail in trails
                if not trail.told and (trail.is_ahead() or trail.is_behind(at))
            ]

    def learn(
        self, exchanged: Sequence[Moves], others: Mapping[ProbeTarget, int], *, at: datetime
    ) -> None:
        """Take up what was moved at other workers, now that they know these moves.

        Args:
            exchanged: what `follow` gave.
            others: places, a bit for each, by target; none for a target that no other saw.
            at: now.
        """
        with self._lock:
            for moves in exchanged:
                trail = self._trails.get(moves.target)
                if trail is not None and trail.begun_at == moves.begun_at:
                    trail.learn(others.get(moves.target, 0), shared=moves.places, at=at)
                    self._judge(moves.target, trail)

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
            raise ProbingError(
                items, max(1, math.ceil((begun + REMEMBERED_FOR - at).total_seconds()))
            )

    def _add(self, root_id: str, near: Near, at: datetime) -> set[ProbeTarget]:
        asked: set[ProbeTarget] = set()
        for hash_ in _hashes_of(near):
            hits = [ProbeTarget(root_id, hash_.algorithm, id_) for id_ in near.ids]
            for about in hits:
                self._ask(about, self._trail(about, at), hash_)
            missed = [pair for pair in self._missed(root_id, hash_) if pair[0] not in hits]
            for about, trail in missed:
                self._ask(about, trail, hash_)
            asked.update(hits, (about for about, _ in missed))
        return asked

    def _ask(self, about: ProbeTarget, trail: Trail, hash_: Hash) -> None:
        trail.ask(hash_, window=self._window)
        self._judge(about, trail)

    def _judge(self, about: ProbeTarget, trail: Trail) -> None:
        moved = (trail.own | trail.others).bit_count()
        trail.alarmed |= moved >= self._places + _DHASH_MORE * (about.algorithm is Algorithm.DHASH)
        if moved >= WATCHED_FROM or trail.alarmed:
            self._begin_watching(about, trail)

    def _begin_watching(self, about: ProbeTarget, trail: Trail) -> None:
        of_key = self._watched.setdefault(about.root_id, {})
        watched = of_key.setdefault(about.algorithm, OrderedDict())
        watched[about] = trail
        watched.move_to_end(about)
        quiet = [one for one, each in watched.items() if not each.alarmed]
        for one in quiet[:-_WATCHED]:
            del watched[one]

    def _missed(self, root_id: str, hash_: Hash) -> list[tuple[ProbeTarget, Trail]]:
        """Trails beside which this is; beyond the edge nothing is found, so look here."""
        watched = self._watched.get(root_id, {}).get(hash_.algorithm, _NONE)
        if not watched:
            return []
        rows = np.concatenate([trail.rows() for trail in watched.values()])
        if not within(rows, hash_.words(), _BESIDE_BITS):
            return []  # nearly always, and after one pass
        return [pair for pair in watched.items() if pair[1].beside(hash_, _BESIDE_BITS)]

    def _trail(self, about: ProbeTarget, at: datetime) -> Trail:
        trail = self._trails.setdefault(about, Trail(at))
        self._trails.move_to_end(about)
        if len(self._trails) > _TRAILS:
            self._drop(next(iter(self._trails)))
        return trail

    def _forget(self, at: datetime) -> None:
        if self._cleaned_at <= at < self._cleaned_at + _CLEAN_EVERY:
            return
        self._cleaned_at = at
        ended = [
            about for about, one in self._trails.items() if at >= one.begun_at + REMEMBERED_FOR
        ]
        for about in ended:
            self._drop(about)

    def _drop(self, about: ProbeTarget) -> None:
        del self._trails[about]
        of_key = self._watched.get(about.root_id, {})
        watched = of_key.get(about.algorithm, _NONE)
        if about in watched:
            del watched[about]
            if not watched:
                del of_key[about.algorithm]
            if not of_key:
                del self._watched[about.root_id]

    def _watched_by(self, root_id: str) -> list[tuple[ProbeTarget, Trail]]:
        return [
            pair for of_one in self._watched.get(root_id, {}).values() for pair in of_one.items()
        ]


def _hashes_of(near: Near) -> list[Hash]:
    return [hash_ for hash_ in (near.query.pdq, near.query.dhash) if hash_ is not None]


def _is_beside(near: Sequence[Near], alarmed: Sequence[tuple[Algorithm, Trail]]) -> bool:
    # Itself aside: it is remembered because it hit, and that is not to be told.
    return any(
        trail.beside(hash_, _BESIDE_BITS) > (hash_ in trail.remembered)
        for algorithm, trail in alarmed
        for one in near
        for hash_ in _hashes_of(one)
        if hash_.algorithm is algorithm
    )

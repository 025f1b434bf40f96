"""Holds what too many different uploads match, before any platform has confirmed it.

A wrong entry (a logo, a photo in the news) matches a crowd of uploads, and is stopped within a
minute. A true one can be flooded by somebody who wants it silenced: so platforms are asked to look
at once, and the first that confirms brings it back for good.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from api.metrics import Metrics
from api.settings import Settings
from hashsvc import SignatureId
from hashsvc.closed_sets import FeedKind, ListedState
from indexer.audit_records import SERVICE, Act, Told
from indexer.errors import IndexerError
from indexer.platform_records import NewEntry
from indexer.records import Hold, PlatformId, Standing
from indexer.store import Store, Transaction
from indexer.store.days import day_of
from indexer.store.floods import Crowd, minute_of

_log = logging.getLogger("hashsvc.floods")
_WINDOW = timedelta(hours=24)
_QUESTIONS = 10_000  # of a platform, the newest ones
_ASKED_PLATFORMS = 3
REVIEW_WITHIN = timedelta(hours=24)
_HELD = Standing(ListedState.SUSPENDED, Hold.FLOOD)


class Rule(StrEnum):
    """What a crowd of uploads broke."""

    UPLOADS = "uploads"  # too many in a day
    PLATFORMS = "platforms"  # many in a day, on more than one platform
    SHARE = "share"  # too much of what one platform asks about


@dataclass(frozen=True, slots=True)
class FloodRules:
    """How many different uploads are a flood; to be calibrated on an instance's own figures."""

    enabled: bool
    watched_days: int  # since it was listed
    least_uploads: int  # in 24 hours; no fewer are a flood
    uploads: int  # in 24 hours, on one platform
    share: float  # of a platform's newest 10,000 uploads

    @classmethod
    def of(cls, settings: Settings) -> "FloodRules":
        """As the operator set them."""
        return cls(
            enabled=settings.flood_quarantine,
            watched_days=settings.flood_days,
            least_uploads=settings.flood_least_uploads,
            uploads=settings.flood_uploads,
            share=settings.flood_share,
        )


@dataclass(frozen=True, slots=True)
class Questions:
    """Counts, in this process's memory, about how many uploads each platform asks."""

    _counts: Counter[tuple[PlatformId, int]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, platform_id: PlatformId, uploads: int, *, at: datetime) -> None:
        """Count so many more."""
        with self._lock:
            self._counts[platform_id, minute_of(at)] += uploads

    def take(self) -> Mapping[tuple[PlatformId, int], int]:
        """Everything that was counted since the last time."""
        with self._lock:
            taken = dict(self._counts)
            self._counts.clear()
        return taken

    def give_back(self, taken: Mapping[tuple[PlatformId, int], int]) -> None:
        """Count what could not be kept another time."""
        with self._lock:
            self._counts.update(taken)


@dataclass(frozen=True, slots=True)
class FloodService:
    """Looks for floods; several processes may do so at the same time."""

    store: Store
    questions: Questions
    rules: FloodRules
    metrics: Metrics
    changed: Callable[[], None]  # called after a commit that alters the list

    def look(self, *, at: datetime) -> int:
        """Hold what is flooded, and ask platforms to look at it; how many signatures."""
        self._keep_questions(at)
        if not self.rules.enabled:
            return 0
        with self.store.snapshot() as tx:
            broken = self._broken(tx, at)
        if not broken:
            return 0
        with self.store.transaction() as tx:
            held = _hold(tx, list(broken), at=at)
        for id_ in held:
            self.metrics.flood_quarantines.labels(broken[id_]).inc()
        if held:
            _log.warning("%d listed signatures are held for a flood: see review list", len(held))
            self.changed()
        return len(held)

    def _keep_questions(self, at: datetime) -> None:
        taken = self.questions.take()
        if not taken:
            return
        try:
            with self.store.transaction() as tx:
                tx.floods.count_questions(taken)
                tx.floods.forget_questions(before=at - _WINDOW)
        except IndexerError:
            self.questions.give_back(taken)
            raise

    def _broken(self, tx: Transaction, at: datetime) -> dict[SignatureId, Rule]:
        """Which rule each flooded signature broke."""
        crowds = tx.floods.crowds(
            since=at - _WINDOW,
            listed_since=day_of(at) - self.rules.watched_days,
            over=self.rules.least_uploads,
        )
        rules = {crowd.signature_id: self._rule(tx, crowd, at) for crowd in crowds}
        return {id_: rule for id_, rule in rules.items() if rule is not None}

    def _rule(self, tx: Transaction, crowd: Crowd, at: datetime) -> Rule | None:
        if crowd.total > self.rules.uploads:
            return Rule.UPLOADS
        if len(crowd.uploads) > 1:
            return Rule.PLATFORMS  # no crowd is smaller than `least_uploads`
        for platform_id in crowd.uploads:
            traffic = tx.floods.traffic(platform_id, since=at - _WINDOW, enough=_QUESTIONS)
            lately = tx.floods.uploads(crowd.signature_id, platform_id, since=traffic.since)
            if lately > max(self.rules.least_uploads, self.rules.share * traffic.uploads):
                return Rule.SHARE
        return None


def _hold(tx: Transaction, ids: Sequence[SignatureId], *, at: datetime) -> list[SignatureId]:
    """Suspend those that are unconfirmed at this moment, and ask platforms about them."""
    standings, votes = tx.listing.standings(ids), tx.votes.count(ids)
    held = [
        id_
        for id_, standing in standings.items()
        if standing.state is ListedState.PROBATION and not votes[id_].confirm
    ]
    if not held:
        return []
    tx.listing.move(dict.fromkeys(held, _HELD), at=at)
    tx.matches.settle(held, at=at)
    asked = {
        holder: None for id_ in held for holder in tx.floods.holders(id_, limit=_ASKED_PLATFORMS)
    }
    about = {"why": Hold.FLOOD.value, "due_at": (at + REVIEW_WITHIN).isoformat()}
    tx.feeds.append(
        [
            NewEntry(one.platform_id, FeedKind.MATCH_REVIEW_REQUESTED, one.match_id, about)
            for one in asked
        ],
        at=at,
    )
    for id_ in held:
        row: Mapping[str, Told] = {"signature": id_, "hold": Hold.FLOOD}
        tx.audit.record(Act.SIGNATURE_SUSPEND, by=SERVICE, at=at, about=row)
    return held

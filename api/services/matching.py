"""Whether an upload resembles a reported photo: find, grade, confirm."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.metrics import Metrics
from api.security.api_keys import Caller
from api.security.crockford import random_id
from api.security.peppers import Pepper, Purpose
from api.security.probes import Near
from api.services.alarms import AlarmService
from api.services.coverage import Coverage, Freshness, covering
from api.services.errors import IndexBehindError
from api.services.platform_policies import PlatformPolicy, policy_of
from api.services.regimes import Regimes
from hashsvc import Hit, Policy, Signature
from hashsvc.closed_sets import Surface
from hashsvc.matching import Matcher, nearest_first
from hashsvc.policies import GradedHit, askable, sound_dhash
from indexer.audit_records import Act
from indexer.platform_records import NewClock
from indexer.records import Match, MatchId
from indexer.search import SignatureIndex
from indexer.store import Store, Transaction
from indexer.store.matches import Asked


@dataclass(frozen=True, slots=True)
class Upload:
    """One photo that a platform asks about."""

    ref: str  # the platform's own id for it
    signatures: tuple[Signature, ...]
    surface: Surface = Surface.UPLOAD


@dataclass(frozen=True, slots=True)
class Found:
    """What the index says about one upload; not yet an answer."""

    upload: Upload
    hits: tuple[tuple[GradedHit, ...], ...]  # for each signature that was fit to be searched
    near: tuple[Near, ...] = ()  # likewise, and at whatever tier: what tells questions from probes

    @property
    def graded(self) -> list[GradedHit]:
        """The hits of all signatures."""
        return [graded for of_one in self.hits for graded in of_one]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform is told about one upload."""

    ref: str
    match: Match | None
    searched: bool  # False: no signature was fit to be searched


@dataclass(frozen=True, slots=True)
class MatchingService:
    """Answers platforms."""

    store: Store
    index: SignatureIndex
    freshness: Freshness
    stale_seconds: float
    policy: Policy
    regimes: Regimes
    pepper: Pepper
    metrics: Metrics
    alarms: AlarmService

    def sequence(self) -> int:
        """The newest change that answers cover.

        Raises:
            IndexBehindError: the index is too old to answer from.
        """
        if self.freshness.staleness_seconds() > self.stale_seconds:
            raise IndexBehindError
        return self.freshness.applied

    def covering(self, seq: int) -> Coverage:
        """Cover this change, where that is not too much to ask; waits for it half a second.

        Raises:
            IndexBehindError: the index is too old, or too far from this change.
        """
        self.sequence()
        return covering(seq, store=self.store, index=self.freshness)

    def require_ready(self) -> None:
        """Tell whether questions can be answered now.

        Raises:
            IndexBehindError: the index is too old to answer from.
            StoreUnavailableError: nothing could be confirmed.
        """
        self.sequence()
        with self.store.snapshot() as tx:
            tx.changes.head()

    def seconds_for(self, signatures: int) -> float:
        """About how long it takes to find so many."""
        return self.index.seconds_for(signatures)

    def find(self, uploads: Sequence[Upload], newer: Matcher | None = None) -> list[Found]:
        """Search the index and what is newer; no database, and nothing is kept."""
        return [self._found(upload, newer) for upload in uploads]

    def touches_store(self, found: Sequence[Found], asking: Caller) -> bool:
        """Whether these need `confirm`; where nothing was found, `misses` will do."""
        return self.alarms.touches_store(asking, [one.near for one in found])

    def misses(self, found: Sequence[Found], asking: Caller, *, at: datetime) -> list[Answer]:
        """Answer where `touches_store` says that nothing is to be confirmed.

        Args:
            found: what the index says.
            asking: the platform.
            at: now.
        """
        self.alarms.count(asking, uploads=len(found), matches=0, at=at)
        return [Answer(one.upload.ref, None, searched=bool(one.hits)) for one in found]

    def confirm(
        self, found: Sequence[Found], asking: Caller, *, at: datetime, listed_since: int = 0
    ) -> list[Answer]:
        """Answer with what the store holds as live at this moment, and keep what matched.

        Args:
            found: what the index says.
            asking: the platform.
            at: now.
            listed_since: a day, since 1970-01-01; what was listed earlier does not count.

        Raises:
            ProbingError: a listed hash is being worked out; nothing is answered.
            StoreUnavailableError: nothing can be confirmed, so nothing is answered.
        """
        self.alarms.require_no_probe(asking, [one.near for one in found], at=at)
        matches: dict[str, Match | None] = {}
        leaked = 0
        if any(one.graded for one in found):
            with self.store.transaction() as tx:
                # In one order for all: no two requests wait for each other's references.
                rules = policy_of(tx, asking.platform.platform_id)
                clocks = self.regimes.with_custom(rules.custom_hours).at_match(at=at)
                for one in sorted(found, key=lambda one: one.upload.ref):
                    asked = self._asked(one.upload, asking, rules, clocks)
                    asked = replace(asked, listed_since=listed_since)
                    matches[one.upload.ref] = tx.matches.confirm(asked, one.graded, at=at)
                hits = (graded for one in found for graded in one.graded)
                leaked = self.alarms.taste(tx, asking, hits, at=at)
                _record(tx, asking, matches.values(), at=at)
        self.alarms.tell_of_honey(asking, leaked)
        answers = [
            Answer(one.upload.ref, matches.get(one.upload.ref), searched=bool(one.hits))
            for one in found
        ]
        self._count(found, answers)
        matched = sum(match is not None for match in matches.values())
        self.alarms.count(asking, uploads=len(found), matches=matched, at=at)
        return answers

    def _found(self, upload: Upload, newer: Matcher | None) -> Found:
        fit = [_sound(signature) for signature in upload.signatures if askable(signature)]
        hits = self.index.find_many(fit, threshold=self.policy.search_bits)
        if newer is not None:
            hits = [
                _joined(of_one, newer, one, self.policy)
                for one, of_one in zip(fit, hits, strict=True)
            ]
        self.metrics.query_signatures.inc(len(fit))
        graded, near = map(self._graded, hits), map(_near, fit, hits)
        return Found(upload, hits=tuple(graded), near=tuple(near))

    def _graded(self, hits: Sequence[Hit]) -> tuple[GradedHit, ...]:
        if not hits:
            return ()
        graded = self.policy.graded(hits)
        near = sum(hit.pdq_distance <= self.policy.strong_pdq_bits for hit in hits)
        strong = sum(one.hit.pdq_distance <= self.policy.strong_pdq_bits for one in graded)
        self.metrics.hits_dropped.labels("no_tier").inc(near - strong)
        return tuple(graded)

    def _asked(
        self,
        upload: Upload,
        asking: Caller,
        rules: PlatformPolicy,
        clocks: tuple[NewClock, ...],
    ) -> Asked:
        # Two platforms' digests of one reference differ: they cannot be linked.
        platform_id = asking.platform.platform_id
        message = platform_id.to_bytes(8, "big") + upload.ref.encode()
        return Asked(
            platform_id=platform_id,
            ref=upload.ref,
            ref_mac=self.pepper.mac(Purpose.REF, message),
            new_id=MatchId(random_id("mat_")),
            weakest_tier=rules.weakest_tier(upload.surface, asking.weakest_tier),
            surface=upload.surface,
            clocks=clocks,
        )

    def _count(self, found: Sequence[Found], answers: Sequence[Answer]) -> None:
        for one, answer in zip(found, answers, strict=True):
            if answer.match is not None:
                tier, state = answer.match.tier, answer.match.list_state
                self.metrics.matches.labels(tier, state).inc()
            elif one.graded:
                self.metrics.hits_dropped.labels("not_live").inc(len(one.graded))


def _record(
    tx: Transaction, asking: Caller, matches: Iterable[Match | None], *, at: datetime
) -> None:
    """One audit row a request, where anything matched: no row, no answer."""
    ids = sorted(match.match_id for match in matches if match is not None)
    if ids:
        tx.audit.record(Act.MATCH_ANSWER, by=asking.actor, at=at, about={"matches": ids})


def _near(query: Signature, hits: Sequence[Hit]) -> Near:
    return Near(query, tuple(hit.signature_id for hit in hits))


def _joined(hits: Sequence[Hit], newer: Matcher, query: Signature, policy: Policy) -> list[Hit]:
    """The index's hits and those on what is newer, each signature once."""
    more = newer.find(query, threshold=policy.search_bits)
    return nearest_first({hit.signature_id: hit for hit in (*hits, *more)}.values())


def _sound(signature: Signature) -> Signature:
    dhash = sound_dhash(signature.dhash)
    return signature if dhash is signature.dhash else replace(signature, dhash=dhash)

"""Tell operators of questions that nobody with photos would ask, and refuse those that probe."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from api.metrics import Metrics
from api.security.api_keys import Caller
from api.security.crockford import random_id
from api.security.hit_rates import HitRates
from api.security.probes import REMEMBERED_FOR, Near, Probe, ProbeWatch
from hashsvc import Tier
from hashsvc.policies import GradedHit
from indexer.alarm_records import Alarm, AlarmKind, Moves
from indexer.audit_records import Act
from indexer.store import Store, Transaction

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlarmService:
    """Raises alarms, and lists them."""

    store: Store
    metrics: Metrics
    watch: ProbeWatch
    rates: HitRates
    worker: str = field(default_factory=lambda: random_id("wrk_"))  # this process

    def touches_store(self, asking: Caller, uploads: Sequence[Sequence[Near]]) -> bool:
        """Whether `require_no_probe` may need the store for these; a plain miss does not."""
        return self.watch.concerns(asking.kept.root_id, uploads)

    def require_no_probe(
        self, asking: Caller, uploads: Sequence[Sequence[Near]], *, at: datetime
    ) -> None:
        """Refuse uploads by which a listed hash is worked out; the operator is told first.

        Raises:
            ProbingError: some of them are such.
            StoreUnavailableError: other workers could not be told of a step or asked about theirs,
                or the alarm could not be kept; so nothing is answered.
        """
        root_id = asking.kept.root_id
        moves = self.watch.follow(root_id, uploads, at=at)
        if moves:
            self._exchange(moves, at=at)
        untold = self.watch.untold(root_id)
        if untold:
            self._tell(asking, untold, at=at)
            self.watch.told(untold)
        self.watch.require_unlike(root_id, uploads, at=at)

    def taste(
        self, tx: Transaction, asking: Caller, graded: Iterable[GradedHit], *, at: datetime
    ) -> int:
        """Keep an alarm for each honey that is asked about; the answer is that of any match.

        Returns:
            How many, once a day each: to be told once they are kept.
        """
        strong = sorted({one.hit.signature_id for one in graded if one.tier is Tier.STRONG})
        fresh = [
            id_
            for id_ in sorted(tx.honey.among(strong))
            if tx.alarms.keep(AlarmKind.HONEY, id_, key_id=asking.key_id, at=at)
        ]
        for id_ in fresh:
            tx.audit.record(Act.ALARM_HONEY, by=asking.actor, at=at, about={"signature": id_})
        return len(fresh)

    def tell_of_honey(self, asking: Caller, alarms: int) -> None:
        """Tell the operator of what `taste` kept."""
        if alarms:
            self.metrics.honey_alarms.inc(alarms)
            _log.critical(
                "Somebody asks with a leaked copy: see `hashsvc-server alarms`.",
                extra={"key_id": asking.key_id},
            )

    def count(self, asking: Caller, *, uploads: int, matches: int, at: datetime) -> None:
        """Add the answers of a request to what its key is used to.

        Raises:
            StoreUnavailableError: the alarm could not be kept.
        """
        if not self.rates.count(asking.kept.root_id, uploads=uploads, matches=matches, at=at):
            return
        with self.store.transaction() as tx:
            tx.alarms.keep(AlarmKind.HIT_RATE, None, key_id=asking.key_id, at=at)
            tx.audit.record(Act.ALARM_HIT_RATE, by=asking.actor, at=at)
        self.metrics.hit_rate_alarms.inc()
        _log.warning(
            "A key matches far more often than it used to: see `hashsvc-server alarms`.",
            extra={"key_id": asking.key_id},
        )

    def all(self) -> list[Alarm]:
        """Every alarm, the newest first."""
        with self.store.snapshot() as tx:
            return tx.alarms.all()

    def _exchange(self, moves: Sequence[Moves], *, at: datetime) -> None:
        """Tell other workers what was moved here, and take up what was moved there."""
        targets = [one.target for one in moves]
        fresh = [one for one in moves if one.fresh]
        with self.store.transaction() if fresh else self.store.snapshot() as tx:
            if fresh:
                tx.probes.share(fresh, worker=self.worker)
            since = at - REMEMBERED_FOR
            others = tx.probes.of_others(targets, worker=self.worker, since=since)
        self.watch.learn(moves, others, at=at)

    def _tell(self, asking: Caller, probes: Sequence[Probe], *, at: datetime) -> None:
        with self.store.transaction() as tx:
            ids = [probe.signature_id for probe in probes]
            # Another worker may have told him already.
            kept = [
                id_
                for id_ in ids
                if tx.alarms.keep(AlarmKind.PROBE, id_, key_id=asking.key_id, at=at)
            ]
            for id_ in kept:
                about = {"signature": id_}
                tx.audit.record(Act.ALARM_PROBE, by=asking.actor, at=at, about=about)
        if not kept:
            return
        self.metrics.probe_alarms.inc(len(kept))
        _log.warning(
            "Somebody works out a listed hash: see `hashsvc-server alarms`.",
            extra={"key_id": asking.key_id},
        )

"""Tell operators of questions that nobody with photos would ask, and refuse those that probe."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.metrics import Metrics
from api.security.api_keys import Caller
from api.security.hit_rates import HitRates
from api.security.probes import Near, Probe, ProbeWatch
from indexer.alarm_records import Alarm, AlarmKind
from indexer.audit_records import Act
from indexer.store import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AlarmService:
    """Raises alarms, and lists them."""

    store: Store
    metrics: Metrics
    watch: ProbeWatch
    rates: HitRates

    def require_no_probe(
        self, asking: Caller, uploads: Sequence[Sequence[Near]], *, at: datetime
    ) -> None:
        """Refuse uploads by which a listed hash is worked out; the operator is told first.

        Raises:
            ProbingError: some of them are such.
            StoreUnavailableError: the alarm could not be kept, so nothing is answered.
        """
        root_id = asking.kept.root_id
        self.watch.follow(root_id, uploads, at=at)
        untold = self.watch.untold(root_id)
        if untold:
            self._tell(asking, untold, at=at)
            self.watch.told(untold)
        self.watch.require_unlike(root_id, uploads, at=at)

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

    def _tell(self, asking: Caller, probes: Sequence[Probe], *, at: datetime) -> None:
        with self.store.transaction() as tx:
            for probe in probes:
                id_ = probe.signature_id
                if tx.alarms.keep(AlarmKind.PROBE, id_, key_id=asking.key_id, at=at):
                    about = {"signature": id_}
                    tx.audit.record(Act.ALARM_PROBE, by=asking.actor, at=at, about=about)
        self.metrics.probe_alarms.inc(len(probes))
        _log.warning(
            "Somebody works out a listed hash: see `hashsvc-server alarms`.",
            extra={"key_id": asking.key_id},
        )

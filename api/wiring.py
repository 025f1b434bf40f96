"""Makes every service and worker once, from what the operator set; nothing is opened here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from api.dependencies import Services
from api.metrics import Metrics
from api.security.api_keys import KeyKind
from api.security.case_secrets import CaseSecrets
from api.security.checkpoint_keys import checkpoint_keys
from api.security.destinations import DestinationRule
from api.security.hit_rates import HitRates
from api.security.key_files import KeyFiles
from api.security.peppers import Pepper
from api.security.probes import ProbeWatch
from api.security.rate_limits import rate_limits_of
from api.security.signing_keys import signing_keys
from api.security.sources import SourceLimits
from api.security.webhook_signatures import WebhookSigner
from api.security.work import Challenges
from api.services.admission import Admission
from api.services.alarms import AlarmService
from api.services.appeals import AppealService
from api.services.cases import CaseService
from api.services.checkpoints import CheckpointService
from api.services.decisions import DecisionService
from api.services.feeds import FeedService
from api.services.floods import FloodRules, FloodService, Questions
from api.services.hash_lookups import HashLookups
from api.services.held_decisions import HeldDecisionService
from api.services.idempotency import Idempotency
from api.services.intake import Intake
from api.services.lists import ListService
from api.services.match_lists import MatchLists
from api.services.matching import MatchingService
from api.services.platform_policies import PolicyService
from api.services.platforms import PlatformService
from api.services.regimes import Regimes
from api.services.statistics import StatisticsService
from api.services.sweeps import SweepService
from api.services.waiting_figures import WaitingFigures
from api.services.webhooks import WebhookService
from api.settings import Settings
from api.workers.checkpointing import Checkpointing
from api.workers.clock_watching import ClockWatching
from api.workers.decision_sending import DecisionSending
from api.workers.flood_watching import FloodWatching
from api.workers.index_following import IndexFollowing
from api.workers.key_watching import KeyWatching
from api.workers.list_publishing import ListPublishing
from api.workers.periodic import Periodic, Worker
from api.workers.purging import Purging
from api.workers.remembering import HighWaterKeeping, remembering, tombstone_writing
from api.workers.sweep_asking import SweepAsking
from api.workers.webhook_delivery import WebhookDelivery
from hashsvc import Policy
from indexer.builder import Building, Plan
from indexer.follower import Follower
from indexer.records import BankKind
from indexer.search import LayeredIndex
from indexer.store import Store
from indexer.store.checkpoint_sinks import CheckpointSink
from indexer.store.high_water import HighWater
from indexer.store.hints import Hints
from indexer.store.tombstones import TombstoneSink

_SEND_SECONDS = 1.0  # how much longer than promised a decision of the console may wait


@dataclass(frozen=True)
class Wiring:
    """Each part is made where it is first needed, and shared by all that need it."""

    settings: Settings
    keys: KeyFiles
    case_secrets: CaseSecrets | None = None  # tests pass one with a cheap PIN hasher

    @cached_property
    def services(self) -> Services:
        """Everything that routes call."""
        store, metrics = self.store, self.metrics
        metrics.watch(self._gauges())
        metrics.watch_checkpoints(self.checkpointing.ages())
        kind = KeyKind.of(sandbox=self.settings.sandbox)
        return Services(
            admission=self._admission(),
            cases=self._cases(),
            matching=self.matching,
            hash_lookups=HashLookups(
                self.matching, self.pepper, enabled=self.settings.compat_hma_enabled
            ),
            match_lists=MatchLists(store, self.pepper),
            decisions=DecisionService(
                store, self.regimes, self.idempotency, metrics, changed=self.following.hurry
            ),
            feeds=FeedService(store, self.pepper),
            floods=self._floods(),
            policies=PolicyService(store),
            platforms=PlatformService(store, self.pepper, kind),
            lists=self._lists(),
            statistics=StatisticsService(store, self.regimes),
            appeals=AppealService(store, self.idempotency, changed=self.following.hurry),
            sweeps=SweepService(store, self.pepper),
            webhooks=WebhookService(
                store, self.idempotency, DestinationRule(self.settings.webhook_destinations)
            ),
            signer=WebhookSigner(signing_keys(self.settings.data)),
            waiting=WaitingFigures(store, metrics),
            require_audit=self.checkpointing.require_sound,
            metrics=metrics,
            limits=rate_limits_of(self.settings),
            public_url=self.settings.public_url,
        )

    @cached_property
    def workers(self) -> Sequence[Worker]:
        """Everything that runs beside the requests, in the order in which it starts."""
        settings, store = self.settings, self.store
        sending = DecisionSending(HeldDecisionService(store, self.services.decisions))
        watching, publishing = ClockWatching(store), ListPublishing(self._lists())
        purging = Purging(store, self.services.feeds, self.idempotency)
        asking = SweepAsking(self.services.sweeps)
        floods = FloodWatching(self.services.floods)
        delivery = WebhookDelivery(
            store, self.services.signer, self.services.webhooks.destinations, self.metrics
        )
        tombstones = [tombstone_writing(self.tombstones)] if self.tombstones else []
        return [
            HighWaterKeeping(HighWater(settings.high_water), store),
            self.checkpointing,
            self.following,
            *tombstones,
            Periodic("decision-sending", sending.look, _SEND_SECONDS),
            Periodic("clock-watching", watching.look, settings.clock_look_seconds),
            Periodic("list-publishing", publishing.look, settings.index_poll_seconds),
            Periodic("webhook-delivery", delivery.look, settings.webhook_look_seconds),
            Periodic("flood-watching", floods.look, settings.flood_look_seconds),
            Periodic("sweep-asking", asking.look, settings.sweep_look_seconds),
            Periodic("key-watching", KeyWatching(store).look, settings.upkeep_seconds),
            Periodic("purging", purging.look, settings.upkeep_seconds),
        ]

    @cached_property
    def store(self) -> Store:
        """Everything durable."""
        return Store.at(self.settings.url, self.keys.seal)

    @cached_property
    def tombstones(self) -> TombstoneSink | None:
        """What remembers withdrawals outside the database; None where nothing does."""
        path = self.settings.tombstones
        return TombstoneSink(path, self.store) if path else None

    @cached_property
    def checkpointing(self) -> Checkpointing:
        """Signs the heads of the audit streams."""
        return Checkpointing(checkpoint_service(self.settings, self.store))

    @cached_property
    def pepper(self) -> Pepper:
        """Keyed digests."""
        return Pepper(self.keys.pepper)

    @cached_property
    def metrics(self) -> Metrics:
        """Counters of this process."""
        return Metrics()

    @cached_property
    def regimes(self) -> Regimes:
        """Laws and rules that set clocks."""
        return Regimes.read()

    @cached_property
    def idempotency(self) -> Idempotency:
        """Answers requests once."""
        return Idempotency(self.pepper)

    @cached_property
    def indexes(self) -> Mapping[BankKind, LayeredIndex]:
        """One for each kind of bank that is searched."""
        return {kind: LayeredIndex(base_from=self.settings.longest_flat_list) for kind in BankKind}

    @cached_property
    def follower(self) -> Follower:
        """Keeps the indexes at the store's newest state."""
        return Follower(self.store, self.indexes, self._plan.snapshots())

    @cached_property
    def following(self) -> IndexFollowing:
        """Lets the follower follow."""
        return IndexFollowing(
            self.follower,
            Building(self._plan),
            Hints(self.store.engine),
            poll_seconds=self.settings.index_poll_seconds,
        )

    @cached_property
    def _plan(self) -> Plan:
        return build_plan(self.settings, self.keys)

    def _admission(self) -> Admission:
        settings = self.settings
        sources = SourceLimits(
            self.pepper, per_hour=settings.case_openings_an_hour, workers=settings.workers
        )
        challenges = Challenges(self.pepper, settings.case_work_bits)
        return Admission(sources, challenges, self.metrics)

    def _floods(self) -> FloodService:
        rules = FloodRules.of(self.settings)
        return FloodService(
            self.store, Questions(), rules, self.metrics, changed=self.following.hurry
        )

    def _cases(self) -> CaseService:
        return CaseService(
            self.store,
            self.case_secrets or CaseSecrets(self.pepper),
            Intake(self.indexes[BankKind.BENIGN]),
            self.metrics,
            changed=self.following.hurry,
            remember=remembering(self.tombstones),
        )

    @cached_property
    def matching(self) -> MatchingService:
        """Answers platforms."""
        return MatchingService(
            store=self.store,
            index=self.indexes[BankKind.REPORTED],
            freshness=self.follower,
            stale_seconds=self.settings.index_stale_seconds,
            policy=Policy(),
            regimes=self.regimes,
            pepper=self.pepper,
            metrics=self.metrics,
            alarms=AlarmService(
                self.store, self.metrics, ProbeWatch(workers=self.settings.workers), HitRates()
            ),
        )

    def _lists(self) -> ListService:
        return ListService(
            self.store,
            enabled=self.settings.compat_lists_enabled,
            publish_seconds=self.settings.lists_publish_seconds,
            source_name=self.settings.compat_source_name,
        )

    def _gauges(self) -> Mapping[str, Callable[[], float]]:
        index, follower = self.indexes[BankKind.REPORTED], self.follower
        return {
            "hashsvc_index_signatures": lambda: len(index),
            "hashsvc_index_sequence": lambda: follower.applied,
            "hashsvc_index_staleness_seconds": follower.staleness_seconds,
        }


def checkpoint_service(settings: Settings, store: Store) -> CheckpointService:
    """Signs the heads of a store's audit streams, and keeps them where the operator said."""
    return CheckpointService(
        store,
        checkpoint_keys(settings.data),
        settings.instance,
        [CheckpointSink(folder) for folder in settings.checkpoint_folders],
    )


def build_plan(settings: Settings, keys: KeyFiles) -> Plan:
    """What builders of bases must know."""
    return Plan(
        url=settings.url,
        ring=keys.seal,
        plain=settings.tables_folder,
        sealed=settings.data / "snapshots",
        base_from=settings.longest_flat_list,
    )

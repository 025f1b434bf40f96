"""Puts the application together: wiring only."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api import problems
from api.compat.dialects import ROUTERS
from api.dependencies import Services
from api.metrics import Metrics
from api.middleware import BodyLimits, RequestMiddleware
from api.routes import cases, changes, decisions, matching, operations, policy
from api.routes import keys as key_routes
from api.security.api_keys import KeyKind
from api.security.case_secrets import CaseSecrets
from api.security.key_files import KeyFiles
from api.security.peppers import Pepper
from api.security.rate_limits import rate_limits_of
from api.services.cases import CaseService
from api.services.decisions import DecisionService
from api.services.feeds import FeedService
from api.services.idempotency import Idempotency
from api.services.intake import Intake
from api.services.lists import ListService
from api.services.match_lists import MatchLists
from api.services.matching import MatchingService
from api.services.platform_policies import PolicyService
from api.services.platforms import PlatformService
from api.services.regimes import Regimes
from api.settings import Settings
from api.web import pages
from api.workers.clock_watching import ClockWatching
from api.workers.index_following import IndexFollowing
from api.workers.list_publishing import ListPublishing
from api.workers.periodic import Periodic, Worker
from hashsvc import Policy, __version__
from indexer.builder import Building, Plan
from indexer.follower import Follower
from indexer.records import BankKind
from indexer.search import LayeredIndex, SignatureIndex
from indexer.store import Store
from indexer.store.hints import Hints

_DESCRIPTION = (
    "Survivors list perceptual hashes of photos; platforms ask whether an upload resembles one. "
    "No route takes a photo, a URL of one or a file name. The strongest answer is `review`."
)


def create_app(
    settings: Settings, keys: KeyFiles, *, case_secrets: CaseSecrets | None = None
) -> FastAPI:
    """Wire stores, services and routes; nothing is opened before the application starts.

    Args:
        settings: what the operator set.
        keys: the key files' contents.
        case_secrets: tests pass one with a cheap PIN hasher.
    """
    store, pepper, metrics = Store.at(settings.url, keys.seal), Pepper(keys.pepper), Metrics()
    indexes = {kind: LayeredIndex(base_from=settings.longest_flat_list) for kind in BankKind}
    reported = indexes[BankKind.REPORTED]
    follower, following = _following(settings, keys, store, indexes)
    metrics.watch(_gauges(reported, follower))
    secrets = case_secrets or CaseSecrets(pepper)
    regimes, intake = Regimes.read(), Intake(indexes[BankKind.BENIGN])
    services = Services(
        cases=CaseService(store, secrets, intake, metrics, changed=following.hurry),
        matching=_matching(settings, store, reported, follower, regimes, pepper, metrics),
        match_lists=MatchLists(store, pepper),
        decisions=DecisionService(
            store, regimes, Idempotency(pepper), metrics, changed=following.hurry
        ),
        feeds=FeedService(store, pepper),
        policies=PolicyService(store),
        platforms=PlatformService(store, pepper, KeyKind.of(sandbox=settings.sandbox)),
        lists=lists_of(settings, store),
        metrics=metrics,
        limits=rate_limits_of(settings),
        public_url=settings.public_url,
    )
    return _application(settings, services, [following, *_periodic(settings, store)])


def _matching(
    settings: Settings,
    store: Store,
    index: SignatureIndex,
    follower: Follower,
    regimes: Regimes,
    pepper: Pepper,
    metrics: Metrics,
) -> MatchingService:
    return MatchingService(
        store=store,
        index=index,
        freshness=follower,
        stale_seconds=settings.index_stale_seconds,
        policy=Policy(),
        regimes=regimes,
        pepper=pepper,
        metrics=metrics,
    )


def _periodic(settings: Settings, store: Store) -> list[Periodic]:
    """What is done from time to time."""
    watching = ClockWatching(store)
    publishing = ListPublishing(lists_of(settings, store))
    return [
        Periodic("clock-watching", watching.look, settings.clock_look_seconds),
        Periodic("list-publishing", publishing.look, settings.index_poll_seconds),
    ]


def lists_of(settings: Settings, store: Store) -> ListService:
    """Lists that are handed on, if they are."""
    return ListService(
        store,
        enabled=settings.compat_lists_enabled,
        publish_seconds=settings.lists_publish_seconds,
        source_name=settings.compat_source_name,
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


def _following(
    settings: Settings, keys: KeyFiles, store: Store, indexes: Mapping[BankKind, LayeredIndex]
) -> tuple[Follower, IndexFollowing]:
    plan = build_plan(settings, keys)
    follower = Follower(store, indexes, plan.snapshots())
    poll_seconds, hints = settings.index_poll_seconds, Hints(store.engine)
    return follower, IndexFollowing(follower, Building(plan), hints, poll_seconds=poll_seconds)


def _gauges(index: SignatureIndex, follower: Follower) -> Mapping[str, Callable[[], float]]:
    return {
        "hashsvc_index_signatures": lambda: len(index),
        "hashsvc_index_sequence": lambda: follower.applied,
        "hashsvc_index_staleness_seconds": follower.staleness_seconds,
    }


def _application(settings: Settings, services: Services, workers: Sequence[Worker]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(services.matching.store.require_schema)
        for worker in workers:
            await run_in_threadpool(worker.start)
        yield
        for worker in reversed(workers):
            await run_in_threadpool(worker.stop)
        services.matching.store.close()

    app = FastAPI(
        title="hashsvc",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # its page loads code from a third party
        redoc_url=None,
        redirect_slashes=False,  # a redirect would send the query back
    )
    app.state.services = services
    for module in (cases, matching, decisions, changes, policy, operations, pages):
        app.include_router(module.router)
    for router in (key_routes.router, *ROUTERS):
        app.include_router(router)
    problems.install(app)
    limits = BodyLimits(settings.survivor_body_bytes, settings.platform_body_bytes)
    app.add_middleware(RequestMiddleware, limits=limits, metrics=services.metrics)
    return app

"""Puts the application together: wiring only."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api import problems
from api.dependencies import Services
from api.metrics import Metrics
from api.middleware import BodyLimits, RequestMiddleware
from api.routes import cases, matching, operations
from api.security.case_secrets import CaseSecrets
from api.security.key_files import KeyFiles
from api.security.peppers import Pepper
from api.services.cases import CaseService
from api.services.intake import Intake
from api.services.matching import MatchingService
from api.services.platforms import PlatformService
from api.settings import Settings
from api.web import pages
from api.workers.index_following import IndexFollowing
from hashsvc import Policy, __version__
from indexer.follower import Follower
from indexer.records import BankKind
from indexer.search import LayeredIndex, SignatureIndex
from indexer.store import Store

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
    reported, benign = (LayeredIndex(base_from=settings.index_base_from) for _ in range(2))
    follower = Follower(store, {BankKind.REPORTED: reported, BankKind.BENIGN: benign})
    following = IndexFollowing(follower, poll_seconds=settings.index_poll_seconds)
    metrics.watch(_gauges(reported, follower))
    secrets = case_secrets or CaseSecrets(pepper)
    matching_service = MatchingService(
        store=store,
        index=reported,
        freshness=follower,
        stale_seconds=settings.index_stale_seconds,
        policy=Policy(),
        pepper=pepper,
        metrics=metrics,
    )
    services = Services(
        cases=CaseService(store, secrets, Intake(benign), metrics, changed=following.hurry),
        matching=matching_service,
        platforms=PlatformService(store, pepper),
        metrics=metrics,
    )
    return _application(settings, services, following)


def _gauges(index: SignatureIndex, follower: Follower) -> Mapping[str, Callable[[], float]]:
    return {
        "hashsvc_index_signatures": lambda: len(index),
        "hashsvc_index_sequence": lambda: follower.applied,
        "hashsvc_index_staleness_seconds": follower.staleness_seconds,
    }


def _application(settings: Settings, services: Services, following: IndexFollowing) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(services.matching.store.require_schema)
        await run_in_threadpool(following.start)
        yield
        await run_in_threadpool(following.stop)
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
    for router in (cases.router, matching.router, operations.router, pages.router):
        app.include_router(router)
    problems.install(app)
    limits = BodyLimits(settings.survivor_body_bytes, settings.platform_body_bytes)
    app.add_middleware(RequestMiddleware, limits=limits, metrics=services.metrics)
    return app

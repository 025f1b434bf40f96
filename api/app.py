"""Puts the application together: wiring only."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.concurrency import run_in_threadpool
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import problems
from api.chaos import SandboxChaos
from api.compat.dialects import ROUTERS as DIALECTS
from api.console.console import Console
from api.console.mounting import mount
from api.crowding import Places
from api.dependencies import Services
from api.document import PROBLEMS, Described
from api.middleware import BodyLimits, RequestMiddleware
from api.routes import (
    appeals,
    cases,
    changes,
    decisions,
    keys,
    matching,
    operations,
    policy,
    sandbox,
    statistics,
    sweeps,
    webhooks,
)
from api.security.case_secrets import CaseSecrets
from api.security.key_files import KeyFiles
from api.settings import Settings
from api.web import pages
from api.wiring import Wiring
from api.workers.periodic import Worker
from hashsvc import __version__

_DESCRIPTION = (
    "Survivors list perceptual hashes of photos; platforms ask whether an upload resembles one. "
    "No route takes a photo, a URL of one or a file name. The strongest answer is `review`."
)
# FastAPI by itself tells OpenTelemetry of each request, its address and what went wrong with it, as
# soon as an agent is in the process or an environment variable says so.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
_ROUTERS = (
    cases.router,
    decisions.router,
    changes.router,
    appeals.router,
    statistics.router,
    sweeps.router,
    webhooks.router,
    policy.router,
    keys.router,
    sandbox.router,
    operations.router,
    *DIALECTS,
    pages.router,
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
    wiring = Wiring(settings, keys, case_secrets)
    app = _application(wiring.services, wiring.workers)
    if settings.sandbox:
        app.add_middleware(SandboxChaos, share=settings.sandbox_chaos)
    limits = BodyLimits(settings.survivor_body_bytes, settings.platform_body_bytes)
    app.add_middleware(
        RequestMiddleware,
        limits=limits,
        places=Places(settings.requests_at_once),
        metrics=wiring.metrics,
    )
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)
    return app


def _application(services: Services, workers: Sequence[Worker]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(services.matching.store.require_schema)
        for worker in workers:
            await run_in_threadpool(worker.start)
        yield
        for worker in reversed(workers):
            await run_in_threadpool(worker.stop)
        services.matching.store.close()

    app = Described(
        title="hashsvc",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # its page loads code from a third party
        redoc_url=None,
        responses=PROBLEMS,
        redirect_slashes=False,  # a redirect would send the query back
        telemetry=_NO_TELEMETRY,
    )
    app.state.services = services
    matching.add_route(app.router)  # first: routes are tried in turn, and this is asked most
    for router in _ROUTERS:
        app.include_router(router)
    mount(app, Console.of(services))
    problems.install(app)
    return app

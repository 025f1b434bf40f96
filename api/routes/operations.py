"""What operators and their machines call. Keep `/metrics` from the public at the proxy."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from api.dependencies import ServicesDep
from api.document import answering
from indexer.errors import StoreUnavailableError

router = APIRouter(tags=["operations"])
_READY_SECONDS = 3.0


class Health(BaseModel):
    """The process runs."""

    status: Literal["ok"] = Field("ok", examples=["ok"])


@router.get("/healthz")
async def health() -> Health:
    """The process runs; nothing else is asked."""
    return Health()


@router.get("/readyz")
async def ready(services: ServicesDep) -> Health:
    """The store answers and the index is up to date; 503 with the reason otherwise."""
    try:
        # A network that swallows everything would keep a thread, not whoever asks.
        async with asyncio.timeout(_READY_SECONDS):
            await asyncio.to_thread(services.matching.require_ready)
            services.require_audit()
    except TimeoutError as error:
        raise StoreUnavailableError("The database did not answer in time.") from error
    return Health()


@router.get("/metrics", response_class=Response, responses=answering("text/plain"))
def metrics(services: ServicesDep) -> Response:
    """Figures for Prometheus: counts and times, never a key, a reference or a hash."""
    services.waiting.refresh()
    return Response(services.metrics.text(), media_type=CONTENT_TYPE_LATEST)

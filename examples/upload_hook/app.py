"""Takes photos, asks the service about each, and holds for a moderator what it says to review.

    HASHSVC_URL=https://... HASHSVC_KEY=hsk_... uvicorn examples.upload_hook.app:app

The photo stays here: only its signatures are sent. The service never decides; a moderator does,
in the console or through `decide`.
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from hashsvc.client import AsyncPlatformClient
from hashsvc.errors import PhotoError, ServiceError
from hashsvc.photos import decode
from hashsvc.policies import Verdict


class Visibility(StrEnum):
    """What became of an upload."""

    PUBLISHED = "published"
    HELD = "held"  # until a moderator has looked
    UNCHECKED = "unchecked"  # the service could not be asked: asked again later, not forgotten


class Upload(BaseModel):
    """What the uploader is told: nothing about matches."""

    upload_id: str
    visible: bool


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncPlatformClient(os.environ["HASHSVC_URL"], os.environ["HASHSVC_KEY"]) as client:
        app.state.platform = client
        app.state.uploads = {}  # a real platform's database
        yield


app = FastAPI(lifespan=_lifespan)


@app.post("/photos", status_code=201)
async def upload(request: Request) -> Upload:
    """Take a photo, the body; what resembles a reported one waits until somebody looked."""
    upload_id = secrets.token_hex(8)
    visibility = await _visibility(request.app.state.platform, await request.body(), upload_id)
    request.app.state.uploads[upload_id] = visibility
    return Upload(upload_id=upload_id, visible=visibility is Visibility.PUBLISHED)


async def _visibility(platform: AsyncPlatformClient, photo: bytes, upload_id: str) -> Visibility:
    try:
        pixels = await run_in_threadpool(decode, photo)
        answer = await platform.match_photo(pixels, upload_id)
    except PhotoError as error:
        raise HTTPException(415, "This is no photo that can be read.") from error
    except ServiceError:
        return Visibility.UNCHECKED
    return Visibility.HELD if answer.verdict is Verdict.REVIEW else Visibility.PUBLISHED

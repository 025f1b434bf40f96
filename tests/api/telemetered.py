"""A process in which somebody has set up OpenTelemetry: `python -m tests.api.telemetered [FOLDER]`.

It asks the service on a data folder, or without one the control, and prints what its provider of
traces, figures and logs was told. A program, for providers are set once in a process.
"""

import os
import sys
from pathlib import Path

from fastapi import FastAPI
from opentelemetry import _logs, metrics, trace
from starlette.testclient import TestClient

from api.app import create_app
from api.security.key_files import read_key_files
from api.security.scopes import Scope
from api.settings import Settings
from hashsvc.times import now
from tests.api.bodies import item_of
from tests.factories import make_signature

HASH = make_signature(seed=7).pdq.hex()
MALFORMED = {"items": [item_of() | {"signatures": [{"pdq": HASH, "more": HASH}]}]}


class Provider:
    """Keeps whatever it is given."""

    def __init__(self):
        self.told = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)

        def keep(*arguments, **named):
            self.told.append((name, repr(arguments), repr(named)))
            return self

        return keep

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def ask_service(folder):
    os.environ["FASTAPI_OTEL_AUTO_CONFIGURE"] = "true"
    app = create_app(Settings(data=folder), read_key_files(folder))
    platforms = app.state.services.platforms
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=now(), days=1)
    headers = {"Authorization": f"Bearer {key.text()}"}
    with TestClient(app, raise_server_exceptions=False) as client:
        answers = [
            client.post("/v1/matches", json={"items": [item_of()]}, headers=headers),
            client.post("/v1/matches", json=MALFORMED, headers=headers),
            client.post("/v1/cases", json={"pin": HASH, "signatures": MALFORMED}),
            client.get(f"/compat/hma/{HASH}"),
        ]
    assert [answer.status_code for answer in answers] == [200, 422, 422, 404]


def ask_control():
    app = FastAPI()

    @app.get("/lookup/{pdq}")
    async def look(pdq: str):
        raise ValueError(f"nobody knows {pdq}")

    TestClient(app, raise_server_exceptions=False).get(f"/lookup/{HASH}")


if __name__ == "__main__":
    provider = Provider()
    trace.set_tracer_provider(provider)
    metrics.set_meter_provider(provider)
    _logs.set_logger_provider(provider)
    provider.told.clear()
    if len(sys.argv) > 1:
        ask_service(Path(sys.argv[1]))
    else:
        ask_control()
    print(provider.told)  # noqa: T201  # a program

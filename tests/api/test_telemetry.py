"""No request, and nothing that was in one, is told to OpenTelemetry, whoever has set it up."""

import pytest
from fastapi import FastAPI
from opentelemetry import _logs, metrics, trace
from starlette.testclient import TestClient

from api.security.scopes import Scope
from hashsvc.times import now
from tests.api.bodies import item_of
from tests.factories import make_signature
from tests.leaks import plant

HASH = make_signature(seed=7).pdq.hex()
MALFORMED = {"items": [item_of() | {"signatures": [{"pdq": HASH, "more": HASH}]}]}


class Provider:
    """A provider of traces, figures and logs that keeps whatever it is given."""

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


@pytest.fixture
def provider(monkeypatch):
    """What an agent in the process would set up."""
    made = Provider()
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: made)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: made)
    monkeypatch.setattr(_logs, "get_logger_provider", lambda: made)
    return made


def test_nothing_is_told(provider, start, connect):
    client = connect(start())
    key = client.app.state.services.platforms.create_key(
        "example", [Scope.MATCHES_WRITE], at=now(), days=1
    )
    headers = {"Authorization": f"Bearer {plant('an API key', key.text())}"}

    for question in ({"items": [item_of()]}, MALFORMED):
        client.post("/v1/matches", json=question, headers=headers)
    client.post("/v1/cases", json={"pin": HASH, "signatures": MALFORMED})
    client.get(f"/compat/hma/{HASH}")

    assert provider.told == []


def test_the_control_tells_addresses_and_what_went_wrong(provider, monkeypatch):
    monkeypatch.delenv("FASTAPI_OTEL_AUTO_CONFIGURE")  # its exporters are not installed
    app = FastAPI()

    @app.get("/lookup/{pdq}")
    async def look(pdq: str):
        raise ValueError(f"nobody knows {pdq}")

    TestClient(app, raise_server_exceptions=False).get(f"/lookup/{HASH}")

    assert HASH in repr(provider.told)

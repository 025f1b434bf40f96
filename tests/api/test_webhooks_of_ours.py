"""A webhook that leads to the service itself does no harm: a real server, told to call itself."""

import signal
from contextlib import closing
from time import monotonic, sleep

from api.security.key_files import make_key_files, read_key_files
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.platforms import PlatformService
from api.settings import Settings
from hashsvc.times import now
from indexer.store import Store
from tests.api.servers import Server

SOON = 20  # seconds


def key_for(folder):
    keys = read_key_files(folder)
    with closing(Store.at(Settings(data=folder).url, keys.seal)) as store:
        store.migrate()
        platforms = PlatformService(store, Pepper(keys.pepper))
        key = platforms.create_key("example.com", [Scope.WEBHOOKS_WRITE], at=now(), days=1)
    return {"Authorization": f"Bearer {key.text()}"}


def test_it_is_refused_like_any_stranger_and_nothing_comes_back(tmp_path, monkeypatch):
    monkeypatch.setenv("HASHSVC_WEBHOOK_DESTINATIONS", "loopback")
    monkeypatch.setenv("HASHSVC_WEBHOOK_LOOK_SECONDS", "0.05")
    make_key_files(tmp_path)
    key = key_for(tmp_path)
    server = Server(tmp_path)
    try:
        body = {"address": f"{server.url}/v1/matches"}
        repeat = key | {"Idempotency-Key": "once"}
        made = server.client.post("/v1/webhooks", json=body, headers=repeat).json()
        server.client.post(f"/v1/webhooks/{made['webhook_id']}/test", headers=repeat)

        end = monotonic() + SOON
        while not (shown := _only(server, key))["failures"]:
            assert monotonic() < end, "it was never tried"
            sleep(0.02)
        assert shown["last_outcome"] == "refused"
        metrics = server.client.get("/metrics").text
        assert 'hashsvc_requests_total{route="/v1/matches",status="401"} 1.0' in metrics
    finally:
        server.stop(signal.SIGTERM)


def _only(server, key):
    (shown,) = server.client.get("/v1/webhooks", headers=key).json()["items"]
    return shown

"""Backup, withdrawal, kill, restore: what was withdrawn stays away, and cursors end."""

import signal
from contextlib import contextmanager

import pytest

from api.security.key_files import make_key_files, read_key_files
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.platforms import PlatformService
from api.settings import Settings
from hashsvc.times import now
from indexer.store import Store
from tests.api.bodies import ask, case_request, item_of, only_line, opened_number
from tests.api.servers import command
from tests.api.test_serving import running
from tests.factories import make_signature

FOLDER_MODE = 0o700
GOES, STAYS = make_signature(seed=3), make_signature(seed=4)
pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=FOLDER_MODE)
    make_key_files(folder)
    return folder


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def places(request, data):
    """The URL before the loss, and that of an empty database afterwards."""
    if request.param == "sqlite":
        yield 2 * [{"HASHSVC_DATA": str(data)}]
        return
    databases = request.getfixturevalue("postgres_databases")
    with databases.empty() as before, databases.empty() as after:
        yield [{"HASHSVC_DATABASE_URL": url} for url in (before, after)]


@pytest.fixture
def serving(data, tmp_path, monkeypatch):
    """A server that remembers withdrawals, at one of the places."""
    monkeypatch.setenv("HASHSVC_TOMBSTONES", str(tmp_path / "tombstones.jsonl"))

    @contextmanager
    def served(place):
        for name, value in place.items():
            monkeypatch.setenv(name, value)
        with running(data) as server:
            yield server

    return served


def make_key(data, place):
    keys = read_key_files(data)
    store = Store.at(place.get("HASHSVC_DATABASE_URL") or Settings(data=data).url, keys.seal)
    scopes = [Scope.MATCHES_WRITE, Scope.CHANGES_READ]
    key = PlatformService(store, Pepper(keys.pepper)).create_key("one", scopes, at=now(), days=1)
    store.close()
    return {"Authorization": f"Bearer {key.text()}"}


@pytest.mark.goal("G6")
def test_what_was_withdrawn_after_the_backup_stays_away(data, places, serving, tmp_path, figure):
    before, after = places
    backup = tmp_path / "backup"
    with serving(before) as server:
        key = make_key(data, before)
        number = opened_number(server.client, GOES)
        assert opened_number(server.client, STAYS)
        assert only_line(ask(server.client, key, item_of(GOES)))["tier"] == "strong"
        taken = command("backup", str(backup), folder=data, **before)
        assert case_request(server.client, "withdraw", number).status_code == 204
        cursor = server.client.get("/v1/changes", headers=key).json()["next_cursor"]
        server.stop(signal.SIGKILL)

    put_back = command("restore", str(backup), folder=data, **after)

    assert (taken.returncode, put_back.returncode) == (0, 0), taken.stderr + put_back.stderr
    with serving(after) as server:
        assert only_line(ask(server.client, key, item_of(GOES, ref="upl-2"))).get("tier") is None
        assert only_line(ask(server.client, key, item_of(STAYS)))["tier"] == "strong"
        answer = server.client.get("/v1/changes", headers=key, params={"cursor": cursor})
        assert answer.status_code == 410
        feed = server.client.get("/v1/changes", headers=key).json()
        assert "match.withdrawn" in str(feed)  # the platform is told by the replay
    figure("server killed after a withdrawal, older backup restored: 0 answered again")

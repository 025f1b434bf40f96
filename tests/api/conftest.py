"""The whole service on a temporary SQLite folder with real key files, without a network."""

import logging
import os
import shutil
import warnings

import pytest
from argon2 import PasswordHasher

from api.app import create_app
from api.security.case_secrets import CaseSecrets
from api.security.key_files import make_key_files, read_key_files
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.settings import Settings
from hashsvc.times import now
from indexer.store import Store
from tests.api.instances import Instance
from tests.leaks import heard, listen_to, plant
from tests.quick_folders import quick_folder

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it announces a successor of httpx; httpx is what we carry
    from starlette.testclient import TestClient


def _cheap_case_secrets(keys):
    """Weak on purpose: one pass over 8 KiB instead of 19 MiB, so that tests are quick."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return CaseSecrets(Pepper(keys.pepper), hasher=hasher)


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory):
    """A data folder as the first start leaves it; each test gets a copy."""
    folder = tmp_path_factory.mktemp("data")
    make_key_files(folder)
    store = Store.at(Settings(data=folder).url, read_key_files(folder).seal)
    store.migrate()
    store.close()
    return folder


@pytest.fixture
def root_logger():
    """The root logger, put back as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield root
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
def folder(migrated_folder):
    with quick_folder("hashsvc-data-") as place:
        yield shutil.copytree(migrated_folder, place / "var")


@pytest.fixture
def kept_umask():
    """For commands that are run in the tests' own process, whose mask they narrow."""
    mask = os.umask(0o077)
    os.umask(mask)
    yield
    os.umask(mask)


@pytest.fixture
def settings(folder):
    return Settings(data=folder)


@pytest.fixture
def start(settings):
    """Make an application on the same data folder: the first, or one after a restart."""

    def started(**changed):
        keys = read_key_files(settings.data)
        changed_settings = settings.model_copy(update=changed)
        return create_app(changed_settings, keys, case_secrets=_cheap_case_secrets(keys))

    return started


@pytest.fixture
def connect():
    """A client of an application whose lifespan has begun."""
    open_clients = []

    def connected(app):
        client = TestClient(app, raise_server_exceptions=False)
        open_clients.append(client)
        return listen_to(client.__enter__())

    yield connected
    for client in open_clients:
        heard("metrics", client.get("/metrics").text)
        client.__exit__(None, None, None)
        client.app.state.services.matching.store.close()


@pytest.fixture
def client(start, connect):
    return connect(start())


@pytest.fixture
def services(client):
    return client.app.state.services


@pytest.fixture
def make_key(services):
    """Make an API key; the answer is the header that carries it."""

    def made(*scopes, name="example", at=None, days=1):
        key = services.platforms.create_key(
            name, scopes or [Scope.MATCHES_WRITE], at=at or now(), days=days
        )
        return {"Authorization": f"Bearer {plant('an API key', key.text())}"}

    return made


@pytest.fixture
def instance(databases, tmp_path):
    """A migrated instance without cases, once on each kind of database."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    make_key_files(folder)
    if databases.name == "sqlite":
        yield _migrated(Instance(folder, Settings(data=folder).url))
        return
    with databases.empty() as url:
        yield _migrated(Instance(folder, url))


def _migrated(instance):
    with instance.store() as store:
        store.migrate()
    return instance

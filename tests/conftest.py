"""What a test may ask for: a store on either engine, and the keys that open it."""

import os
from contextlib import closing

import pytest
from hypothesis import settings

from indexer.store import Store
from tests import leaks
from tests.availability import unavailable
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.indexer.factories import make_key_ring
from tests.postgres_server import newest_binaries, running_postgres
from tests.quick_folders import quick_folder
from tests.services import service  # noqa: F401  # a fixture

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HASHSVC_TEST_PROFILE", "dev"))


def pytest_configure(config):
    """The whole suite is a search for secrets that come out; controllers of no child do it."""
    config.pluginmanager.register(leaks.LeakPlugin(leaks.SUITE), "leaks")


_ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres():
    """The URL of a PostgreSQL server's `postgres` database; started here unless one is named."""
    given = os.environ.get("HASHSVC_TEST_DATABASE_URL")
    binaries = newest_binaries()
    if given:
        yield given
    elif binaries is None:
        unavailable("postgres", "no server is installed and HASHSVC_TEST_DATABASE_URL is not set")
    else:
        with running_postgres(binaries) as url:
            yield url


@pytest.fixture(scope="session")
def sqlite_databases():
    """SQLite databases for one test each."""
    with quick_folder("hashsvc-databases-") as folder:
        yield SqliteDatabases(folder)


@pytest.fixture(scope="session")
def postgres_databases(postgres):
    """PostgreSQL databases for one test each."""
    with closing(PostgresDatabases(postgres)) as databases:
        yield databases


@pytest.fixture(scope="session", params=_ENGINES)
def databases(request):
    """Databases for one test each, on every engine in turn."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def database_url(databases):
    """The URL of a migrated database."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def empty_url(databases):
    """The URL of a database without tables."""
    with databases.empty() as url:
        yield url


@pytest.fixture
def figure(record_property):
    """Says, in words for `make security-report`, what a test of a goal counted."""

    def say(text):
        record_property("figure", text)

    return say


@pytest.fixture
def key_ring():
    """Keys, the same in every test."""
    return make_key_ring()


@pytest.fixture
def store(database_url, key_ring):
    """A migrated store without cases."""
    with closing(Store.at(database_url, key_ring)) as store:
        yield store

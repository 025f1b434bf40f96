"""A PostgreSQL that can be killed and started again, and data folders that use it."""

import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from api.security.key_files import make_key_files
from tests.availability import unavailable
from tests.postgres_server import CrashingPostgres, newest_binaries


@pytest.fixture
def crashing():
    """A server of one test's own."""
    binaries = newest_binaries()
    if binaries is None:
        unavailable("postgres", "no server is installed here that could be killed")
    # Not below pytest's folder, which only its owner may enter: the server runs as another user.
    with TemporaryDirectory(prefix="hashsvc-faults-") as name:
        server = CrashingPostgres(binaries, Path(name))
        server.start()
        yield server
        server.kill()


@pytest.fixture
def on_crashing(crashing, monkeypatch):
    """Servers and commands of this test use it."""
    monkeypatch.setenv("HASHSVC_DATABASE_URL", crashing.url)
    return crashing


@pytest.fixture
def data(tmp_path):
    """A data folder that holds key files only."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    make_key_files(folder)
    return folder


@pytest.fixture
def root_logger():
    """The root logger, put back as it was; `run` sets it up for its whole process."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield root
    root.handlers[:] = before
    root.setLevel(level)

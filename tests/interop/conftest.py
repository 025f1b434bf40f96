"""A service with lists switched on, one for each module of tests."""

import pytest

from tests.api.servers import Server
from tests.interop.recipients import ListServer, TxCommand


@pytest.fixture
def lists(tmp_path, monkeypatch):
    """A real service over HTTP that publishes at once."""
    monkeypatch.setenv("HASHSVC_COMPAT_LISTS_ENABLED", "1")
    monkeypatch.setenv("HASHSVC_LISTS_PUBLISH_SECONDS", "0")
    server = Server(tmp_path / "var")
    running = ListServer(tmp_path / "var", server)
    yield running
    running.store.close()
    server.stop()


@pytest.fixture
def recipient(lists):
    """A platform that two operators granted the list."""
    return lists.recipient()


@pytest.fixture
def tx(tmp_path, recipient):
    """The stock command line, pointed at the service as at StopNCII."""
    state = tmp_path / "tx"
    state.mkdir()
    keys = (recipient.function_keys["FetchHashes"], recipient.key.text(), recipient.base)
    command = TxCommand(state, TX_STOPNCII_KEYS=",".join(keys))
    made = command("config", "collab", "edit", "stop_ncii", "--create", "HASHSVC")
    assert made.code == 0, made.err
    return command

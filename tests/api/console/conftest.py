"""Moderators with a browser of their own each, before a whole service."""

import pytest

from api.console.console import Console
from api.security.scopes import Scope
from hashsvc.times import now
from tests.api.console.desks import Desk, browser_of


@pytest.fixture
def console(client) -> Console:
    return client.app.state.console


@pytest.fixture
def make_text_key(services):
    """Make an API key; the answer is its text, as somebody types it."""

    def made(*scopes, name="example", **fields):
        wanted = scopes or [Scope.MATCHES_READ, Scope.DECISIONS_WRITE]
        return services.platforms.create_key(name, wanted, at=now(), days=1, **fields).text()

    return made


@pytest.fixture
def desk(client, make_text_key):
    """Sit somebody down: signed in, with a key of a platform."""

    def seated(*scopes, name="example", origin="http://localhost", **fields):
        desk = Desk(browser_of(client, origin), make_text_key(*scopes, name=name, **fields))
        assert desk.sign_in().status_code == 303
        return desk

    return seated


@pytest.fixture
def asking(make_key):
    """The header of a platform that asks about uploads."""
    return make_key(Scope.MATCHES_WRITE, Scope.MATCHES_READ, Scope.POLICY_WRITE, name="example")

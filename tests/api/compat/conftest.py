"""An application that hands lists on, without a network, and platforms that may have them."""

import pytest

from api.compat.function_keys import Endpoint, function_key
from api.security.scopes import Scope
from hashsvc.times import now
from tests.api.compat.recipients import Platform


@pytest.fixture
def client(start, connect):
    return connect(
        start(compat_lists_enabled=True, compat_hma_enabled=True, lists_publish_seconds=0)
    )


@pytest.fixture
def publish(services):
    """Publish what was listed or removed until now, without waiting for the thread."""
    return lambda: services.lists.publish(at=now())


@pytest.fixture
def platform(client, services):
    """Make a platform with a key and, unless told otherwise, with the list."""

    def made(name="example", *scopes, granted=True, days=1, at=None):
        scopes = scopes or (Scope.LISTS_READ, Scope.LISTS_WRITE, Scope.DECISIONS_WRITE)
        key = services.platforms.create_key(name, scopes, at=at or now(), days=days)
        for operator in ("amina", "ben") if granted else ():
            services.lists.grant(name, "reported", operator=operator, reference="4/2026", at=now())
        pepper = services.platforms.pepper
        function_keys = {one: function_key(pepper, one, key.key_id) for one in Endpoint}
        return Platform(client, key, function_keys)

    return made

"""Keys are checked at each request and revoked for good."""

from datetime import UTC, datetime
from time import monotonic, sleep

import pytest

from api.security.api_keys import PresentedKey
from api.security.errors import KeyInvalidError
from api.security.scopes import Scope
from api.services import platforms as platforms_module
from api.services.errors import NoSuchKeyError
from tests.api.bodies import ask, item_of

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def platforms(services):
    return services.platforms


def test_a_key_names_its_platform_and_scopes(platforms):
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1)

    caller = platforms.caller(key, at=AT)

    assert (caller.key_id, caller.platform.name) == (key.key_id, "example")
    assert caller.scopes == {Scope.MATCHES_WRITE}


def test_a_platform_has_one_id_whatever_its_keys(platforms):
    keys = [platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1) for _ in "ab"]
    other = platforms.create_key("other", [Scope.MATCHES_WRITE], at=AT, days=1)

    ids = {platforms.caller(key, at=AT).platform.platform_id for key in keys}

    assert len(ids) == 1
    assert platforms.caller(other, at=AT).platform.platform_id not in ids


def test_an_unknown_key_cannot_be_revoked(platforms):
    with pytest.raises(NoSuchKeyError):
        platforms.revoke_key("nobody00", at=AT)


def test_a_revoked_key_is_refused_within_a_second(client, make_key, platforms):
    key = make_key()
    key_id = key["Authorization"].split("_")[2]
    assert ask(client, key, item_of()).status_code == 200

    platforms.revoke_key(key_id, at=AT)
    revoked_at = monotonic()
    while ask(client, key, item_of()).status_code == 200:
        assert monotonic() - revoked_at < 1
        sleep(0.02)

    assert ask(client, key, item_of()).status_code == 401


def test_a_key_that_was_checked_is_remembered(platforms):
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1)
    assert not platforms.is_remembered(key)

    platforms.caller(key, at=AT)

    assert platforms.is_remembered(key)


def test_a_remembered_key_needs_its_secret_all_the_same(platforms):
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1)
    platforms.caller(key, at=AT)

    with pytest.raises(KeyInvalidError):
        platforms.caller(PresentedKey(key.key_id, "x" * 43), at=AT)


def test_guessed_ids_fill_no_memory(platforms):
    limit = platforms_module._REMEMBER_KEYS
    platforms._remembered.update({str(number): (0.0, None) for number in range(limit)})

    with pytest.raises(KeyInvalidError):
        platforms.caller(PresentedKey("nobody00", "x" * 43), at=AT)

    assert len(platforms._remembered) == 1

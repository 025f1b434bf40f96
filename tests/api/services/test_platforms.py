"""Keys are checked at each request and revoked for good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from secrets import token_hex
from time import monotonic, sleep

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.security.api_keys import KeyKind, KeyWish, PresentedKey
from api.security.errors import KeyInvalidError, SignatureInvalidError
from api.security.scopes import Scope
from api.services.errors import NoSuchKeyError
from api.services.idempotency import Once
from api.services.key_memory import KeyMemory
from hashsvc import Tier
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


@pytest.fixture
def recall(platforms):
    """Ask what is remembered; nothing is read again."""
    return partial(platforms.remembered_caller, at=AT, renew=list)


def test_a_key_that_was_checked_is_remembered(platforms, recall):
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1)
    assert recall(key) is None

    caller = platforms.caller(key, at=AT)

    assert [recall(key), recall(key)] == [caller, caller]


def test_a_remembered_key_needs_its_secret_all_the_same(platforms, recall):
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1)
    platforms.caller(key, at=AT)

    for _ in range(2):
        with pytest.raises(KeyInvalidError):
            recall(replace(key, secret="x" * 43))
        assert recall(key)


def test_a_remembered_key_is_good_no_longer_than_it_holds(platforms, recall):
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1)
    platforms.caller(key, at=AT)
    assert recall(key)

    with pytest.raises(KeyInvalidError):
        platforms.remembered_caller(key, at=AT + timedelta(days=1), renew=list)


def test_a_key_that_is_asked_about_halfway_is_to_be_read_again_once(platforms):
    seconds = [100.0]
    platforms = replace(platforms, memory=KeyMemory(lambda: seconds[0]))
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1)
    caller, renewals = platforms.caller(key, at=AT), []

    for seconds[0] in (100.4, 100.5, 100.6):
        assert platforms.remembered_caller(key, at=AT, renew=lambda: renewals.append(1)) == caller

    assert renewals == [1]


def test_an_id_that_nobody_has_is_remembered_too(platforms, recall):
    guessed = PresentedKey(KeyKind.LIVE, "nobody00", "x" * 43)
    with pytest.raises(KeyInvalidError):
        platforms.caller(guessed, at=AT)

    with pytest.raises(KeyInvalidError):
        recall(guessed)


def test_a_key_that_must_sign_is_not_good_because_it_was(platforms, recall):
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    key = platforms.create_key("a", [Scope.MATCHES_WRITE], at=AT, days=1, public_key=public)
    with pytest.raises(SignatureInvalidError):
        platforms.caller(key, at=AT)

    assert recall(key) is None


def make_once():
    return Once("POST /v1/keys", token_hex(8), "")


def test_a_replaced_key_and_its_successor_hold_side_by_side_for_a_while(platforms):
    scopes = [Scope.KEYS_MANAGE, Scope.MATCHES_WRITE]
    old = platforms.create_key(
        "example", scopes, at=AT, days=99, label="filter", daily_budget=7, weakest_tier=Tier.LIKELY
    )

    new = platforms.replace_key(old.key_id, at=AT, days=30, overlap=timedelta(days=7))

    before, after = platforms.caller(old, at=AT), platforms.caller(new, at=AT)
    assert (before.platform, before.scopes) == (after.platform, after.scopes)
    assert (after.kept.label, after.kept.daily_budget) == ("filter", 7)
    assert after.weakest_tier is Tier.LIKELY
    last = AT + timedelta(days=7)
    assert platforms.caller(old, at=last - timedelta(microseconds=1))
    assert platforms.caller(new, at=last)
    with pytest.raises(KeyInvalidError):
        platforms.caller(old, at=last)


def test_a_replaced_key_ends_no_later_than_it_would_have(platforms):
    old = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1)

    platforms.replace_key(old.key_id, at=AT, days=30, overlap=timedelta(days=7))

    with pytest.raises(KeyInvalidError):
        platforms.caller(old, at=AT + timedelta(days=1))


def test_keys_below_a_replaced_one_outlive_it(platforms):
    old = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=99)
    wish = KeyWish(frozenset({Scope.MATCHES_WRITE}), AT + timedelta(days=50))
    child, _ = platforms.create_below(platforms.caller(old, at=AT), wish, make_once(), at=AT)

    new = platforms.replace_key(old.key_id, at=AT, days=99, overlap=timedelta(days=1))
    platforms.revoke_key(old.key_id, at=AT)

    kept = platforms.caller(child, at=AT).kept
    assert (kept.parent_id, kept.root_id) == (new.key_id, new.key_id)


def test_only_a_live_key_that_an_operator_made_is_replaced(platforms):
    old = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=9)
    wish = KeyWish(frozenset({Scope.MATCHES_WRITE}), AT + timedelta(days=5))
    child, _ = platforms.create_below(platforms.caller(old, at=AT), wish, make_once(), at=AT)
    revoked = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=9)
    platforms.revoke_key(revoked.key_id, at=AT)

    for key_id in (child.key_id, revoked.key_id, "nobody00"):
        with pytest.raises(NoSuchKeyError):
            platforms.replace_key(key_id, at=AT, days=9, overlap=timedelta(0))


def test_a_key_is_good_where_its_last_use_cannot_be_kept(platforms, services):
    key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=AT, days=1)
    refuse = "CREATE TRIGGER full BEFORE UPDATE ON api_key BEGIN SELECT RAISE(ABORT, 'full'); END"
    with services.matching.store.transaction() as tx:
        tx.connection.exec_driver_sql(refuse)

    assert platforms.caller(key, at=AT).key_id == key.key_id

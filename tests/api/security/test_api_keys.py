"""API keys: their form, and who holds one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.security.api_keys import (
    KeyKind,
    KeyWish,
    PresentedKey,
    caller_of,
    make_key,
    past_holder_of,
    stored,
)
from api.security.errors import KeyInvalidError, KeyTooBroadError, KeyTooLongError
from api.security.peppers import Pepper
from api.security.scopes import Scope
from indexer.records import ApiKey, Platform, PlatformId
from indexer.store.sealing import KeyRing

AT = datetime(2026, 1, 1, tzinfo=UTC)
PEPPER = Pepper(KeyRing("one", {"one": b"p" * 32}))
OTHER_PEPPER = Pepper(KeyRing("two", {"two": b"q" * 32}))
PLATFORM = Platform(PlatformId(1), "example")


def wish_of(*, days=1, **fields):
    scopes = frozenset({Scope.MATCHES_WRITE})
    return KeyWish(scopes=scopes, expires_at=AT + timedelta(days=days), **fields)


def holder_of(key, *, revoked=False, days=1, **fields):
    new = stored(key, PEPPER, wish_of(days=days, **fields))
    kept = ApiKey(
        key_id=new.key_id,
        platform=PLATFORM,
        secret_mac=new.secret_mac,
        scopes=new.scopes,
        weakest_tier=new.weakest_tier,
        expires_at=new.expires_at,
        revoked=revoked,
        root_id=new.key_id,
        not_before=new.not_before,
        daily_budget=new.daily_budget,
    )
    return past_holder_of(kept)


def test_a_key_is_read_back_from_its_text():
    key = make_key()

    assert PresentedKey.parse(key.text()) == key


def test_two_keys_differ_in_id_and_secret():
    one, other = make_key(), make_key()

    assert one.key_id != other.key_id
    assert one.secret != other.secret


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text + "a",
        lambda text: text[:-1],
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text.replace("hsk_live_", "hsk_"),
        lambda text: text.replace("hsk_live_", "hsk_demo_"),
        lambda text: text[:-1] + "\u0663",
        lambda text: text[:-1] + "-",
        lambda _text: "",
    ],
)
def test_a_text_of_another_form_is_no_key(damage):
    with pytest.raises(KeyInvalidError):
        PresentedKey.parse(damage(make_key().text()))


def test_the_repr_of_a_key_hides_its_secret():
    key = make_key()

    assert key.secret not in repr(key)


def test_the_store_gets_no_secret():
    key = make_key()

    new = stored(key, PEPPER, wish_of())

    assert key.secret not in repr(new)
    assert key.secret.encode() not in new.secret_mac
    assert len(new.secret_mac) == 32


def test_the_holder_is_known():
    key = make_key()

    caller = caller_of(key, holder_of(key), PEPPER, at=AT)

    assert caller.platform == PLATFORM
    assert caller.scopes == {Scope.MATCHES_WRITE}


def test_a_key_holds_up_to_its_last_moment():
    key, end = make_key(), AT + timedelta(days=3)

    assert caller_of(key, holder_of(key, days=3), PEPPER, at=end - timedelta(microseconds=1))
    with pytest.raises(KeyInvalidError):
        caller_of(key, holder_of(key, days=3), PEPPER, at=end)


def test_a_revoked_key_is_refused():
    key = make_key()

    with pytest.raises(KeyInvalidError):
        caller_of(key, holder_of(key, revoked=True), PEPPER, at=AT)


def test_an_unknown_key_is_refused():
    with pytest.raises(KeyInvalidError):
        caller_of(make_key(), None, PEPPER, at=AT)


def test_another_secret_under_the_same_id_is_refused():
    key = make_key()

    with pytest.raises(KeyInvalidError):
        caller_of(replace(key, secret=make_key().secret), holder_of(key), PEPPER, at=AT)


def test_a_digest_made_with_another_pepper_does_not_fit():
    key = make_key()

    with pytest.raises(KeyInvalidError):
        caller_of(key, holder_of(key), OTHER_PEPPER, at=AT)


def test_a_key_of_one_kind_is_none_of_the_other():
    key = make_key(KeyKind.TEST)

    with pytest.raises(KeyInvalidError):
        caller_of(replace(key, kind=KeyKind.LIVE), holder_of(key), PEPPER, at=AT)


def test_a_key_holds_from_its_first_moment():
    key, begin = make_key(), AT + timedelta(hours=3)
    holder = holder_of(key, not_before=begin)

    assert caller_of(key, holder, PEPPER, at=begin)
    with pytest.raises(KeyInvalidError):
        caller_of(key, holder, PEPPER, at=begin - timedelta(microseconds=1))


@pytest.mark.parametrize(("days", "not_before"), [(400, None), (1, AT - timedelta(days=9))])
def test_a_life_of_up_to_400_days_from_now_is_taken(days, not_before):
    wish_of(days=days, not_before=not_before).require_life(at=AT)


@pytest.mark.parametrize(
    ("days", "not_before"),
    [(401, None), (0, None), (-1, None), (1, AT + timedelta(days=1)), (401, AT + timedelta(2))],
)
def test_another_life_is_refused(days, not_before):
    with pytest.raises(KeyTooLongError):
        wish_of(days=days, not_before=not_before).require_life(at=AT)


@pytest.mark.parametrize(("maker", "made"), [(5, 6), (5, None)])
def test_a_budget_is_within_its_makers(maker, made):
    kept = holder_of(make_key(), daily_budget=maker).kept

    wish_of(daily_budget=maker).require_within(kept)
    with pytest.raises(KeyTooBroadError):
        wish_of(daily_budget=made).require_within(kept)

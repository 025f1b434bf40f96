"""A key that matches five times as often as in its last seven days is told of, once a day."""

from datetime import timedelta

from api.security.hit_rates import HitRates
from hashsvc.times import now

AT = now()
KEY = "key00001"


def used_to(rates, matches, *, days=7, uploads=1_000, key=KEY):
    """So many matches a day, on the days before today."""
    for day in range(days, 0, -1):
        assert not rates.count(key, uploads=uploads, matches=matches, at=AT - timedelta(days=day))
    return rates


def test_five_times_the_usual_rate_is_an_alarm():
    rates = used_to(HitRates(), 10)

    assert not rates.count(KEY, uploads=1_000, matches=49, at=AT)
    assert rates.count(KEY, uploads=0, matches=1, at=AT)


def test_more_uploads_alone_are_none():
    rates = used_to(HitRates(), 10)

    assert not rates.count(KEY, uploads=100_000, matches=1_000, at=AT)


def test_the_operator_is_told_once_a_day():
    rates = used_to(HitRates(), 1)

    told = [rates.count(KEY, uploads=50, matches=50, at=AT) for _ in range(3)]

    assert told == [True, False, False]
    assert rates.count(KEY, uploads=5_000, matches=5_000, at=AT + timedelta(days=1))


def test_a_key_without_a_past_raises_none():
    assert not HitRates().count(KEY, uploads=100, matches=100, at=AT)


def test_a_few_matches_raise_none():
    rates = used_to(HitRates(), 0)

    assert not rates.count(KEY, uploads=19, matches=19, at=AT)


def test_what_lies_longer_back_than_a_week_does_not_count():
    rates = used_to(used_to(HitRates(), 0, days=30), 10)

    assert not rates.count(KEY, uploads=1_000, matches=49, at=AT)


def test_keys_are_counted_apart():
    rates = used_to(used_to(HitRates(), 1), 100, key="key00002")

    assert not rates.count("key00002", uploads=1_000, matches=100, at=AT)
    assert rates.count(KEY, uploads=1_000, matches=100, at=AT)

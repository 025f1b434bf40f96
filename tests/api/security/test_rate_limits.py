"""What a key may ask, over time that the tests tell."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.security.rate_limits import (
    DailyBudgetSpentError,
    Lane,
    RateLimitedError,
    rate_limits_of,
)
from api.settings import Settings
from hashsvc import Tier
from indexer.records import ApiKey, Platform, PlatformId

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def make_limits(**settings):
    defaults = {
        "key_signatures_per_second": 10,
        "key_burst": 100,
        "key_daily_budget": 10**6,
        "key_requests_at_once": 4,
        "sweep_signatures_per_second": 5,
    }
    return rate_limits_of(Settings(**defaults | settings))


def make_kept(key_id="root0001", *, root_id=None, daily_budget=None, root_budget=None):
    return ApiKey(
        key_id=key_id,
        platform=Platform(PlatformId(1), "example"),
        secret_mac=bytes(32),
        scopes=(),
        weakest_tier=Tier.POSSIBLE,
        expires_at=AT + timedelta(days=9),
        revoked=False,
        root_id=root_id or key_id,
        daily_budget=daily_budget,
        root_budget=root_budget if root_id else daily_budget,
    )


def ask(limits, cost, *, key=None, lane=Lane.SIGNATURES, at=AT):
    """Ask and be answered; what is left afterwards, by name."""
    with limits.asking(key or make_kept(), cost, lane=lane, at=at) as quotas:
        return {quota.name: quota for quota in quotas}


def wait_of(limits, cost, **more):
    """The seconds that a refused request is told to wait."""
    with pytest.raises(RateLimitedError) as refusal:
        ask(limits, cost, **more)
    return refusal.value.retry_after_seconds


def test_a_burst_is_answered_and_then_the_rate():
    limits = make_limits()

    assert ask(limits, 100)["signatures"].left == 0
    assert wait_of(limits, 1) == 1
    assert wait_of(limits, 25) == 3
    assert ask(limits, 25, at=AT + 2.5 * SECOND)["signatures"].left == 0


def test_waiting_as_long_as_told_is_enough():
    limits = make_limits()
    ask(limits, 100)

    wait = wait_of(limits, 77)

    assert ask(limits, 77, at=AT + wait * SECOND)


def test_a_refused_request_takes_nothing():
    limits = make_limits()
    ask(limits, 60)

    for _ in range(5):
        wait_of(limits, 41)

    assert ask(limits, 40)["signatures"].left == 0


def test_a_request_larger_than_the_burst_needs_a_full_bucket_and_leaves_a_debt():
    limits = make_limits()

    assert ask(limits, 150)["signatures"].left == 0
    assert wait_of(limits, 1, at=AT + 5 * SECOND) == 1
    assert wait_of(limits, 150, at=AT + 5 * SECOND) == 10
    assert ask(limits, 150, at=AT + 15 * SECOND)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 100)), max_size=60))
def test_never_more_than_the_burst_and_the_rate_get_through(requests):
    limits, at, answered = make_limits(), AT, 0
    for pause, cost in requests:
        at += pause * SECOND
        try:
            ask(limits, cost, at=at)
        except RateLimitedError:
            continue
        answered += cost

    assert answered <= 100 + 10 * (at - AT).total_seconds()


def test_a_clock_set_back_gives_nothing_away():
    limits = make_limits()
    ask(limits, 100)

    assert wait_of(limits, 1, at=AT - timedelta(hours=1)) == 1
    assert ask(limits, 10, at=AT - timedelta(hours=1) + SECOND)


def test_keys_do_not_share_but_a_key_shares_with_those_below_it():
    limits = make_limits()
    ask(limits, 100)

    assert wait_of(limits, 1, key=make_kept("child001", root_id="root0001")) == 1
    assert ask(limits, 100, key=make_kept("other001"))


def test_a_sweep_has_a_slower_bucket_and_fewer_places_of_its_own():
    limits = make_limits()
    ask(limits, 100)

    sweep = ask(limits, 50, lane=Lane.SWEEP)

    assert (sweep["sweep"].amount, sweep["sweep"].left) == (50, 0)
    assert sweep["at-once"].amount == 1
    assert "day" not in sweep
    assert wait_of(limits, 10, lane=Lane.SWEEP) == 2


def test_so_many_requests_run_at_once_and_each_end_makes_room():
    limits = make_limits()
    with ExitStack() as running:
        for left in (3, 2, 1, 0):
            asking = limits.asking(make_kept(), 1, lane=Lane.SIGNATURES, at=AT)
            quotas = {quota.name: quota for quota in running.enter_context(asking)}
            assert quotas["at-once"].left == left
        assert wait_of(limits, 1) == 1

    assert ask(limits, 1)["at-once"].left == 3


def test_a_failed_request_makes_room_too():
    limits = make_limits(key_requests_at_once=1)
    with pytest.raises(ZeroDivisionError):
        with limits.asking(make_kept(), 1, lane=Lane.SIGNATURES, at=AT):
            raise ZeroDivisionError

    assert ask(limits, 1)


def test_a_days_budget_ends_and_begins_again_at_midnight():
    limits = make_limits(key_daily_budget=60)
    assert ask(limits, 50)["day"].left == 10

    with pytest.raises(DailyBudgetSpentError) as refusal:
        ask(limits, 11)

    assert refusal.value.retry_after_seconds == 12 * 3_600
    assert ask(limits, 10)["day"].left == 0
    assert ask(limits, 50, at=AT + timedelta(hours=12))["day"].left == 10


def test_a_key_of_its_own_budget_is_held_to_it_and_to_that_above():
    limits, root = make_limits(), make_kept(daily_budget=50)
    below = {"root_id": "root0001", "root_budget": 50}
    small, free = make_kept("small001", daily_budget=20, **below), make_kept("free0001", **below)

    assert ask(limits, 20, key=small)["day"].left == 0
    with pytest.raises(DailyBudgetSpentError):
        ask(limits, 1, key=small)
    assert ask(limits, 29, key=free)["day"].left == 1
    with pytest.raises(DailyBudgetSpentError):
        ask(limits, 2, key=root)


def test_workers_share_what_a_key_may_ask():
    limits = make_limits(workers=3, key_daily_budget=300)

    quotas = ask(limits, 34)

    assert (quotas["signatures"].amount, quotas["at-once"].amount) == (34, 2)
    assert quotas["day"].amount == 100
    assert wait_of(limits, 34) == 11  # 10/3 a second


def test_the_largest_request_passes_however_many_workers_there_are():
    limits = rate_limits_of(Settings(workers=64))

    assert ask(limits, 4_096)

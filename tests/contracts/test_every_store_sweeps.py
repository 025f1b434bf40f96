"""What holds for every database: a platform looks back for what is new, at most once an hour."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest

from indexer.records import CaseId
from indexer.store.sweeps import SweepPlace, SweepPlan, SweepReceipt
from tests.indexer.factories import (
    AT,
    add_to_case,
    make_enrolment,
    make_new_key,
    make_platform,
    open_case,
    withdraw_case,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PLAN = SweepPlan(lookback_days=30, time=7 * DAY)
RECEIPT = SweepReceipt(AT - 30 * DAY, AT, items_scanned=70_000, hits=2, complete=True)
NUMBERS = count()


@pytest.fixture
def platform(store):
    return make_platform(store)


def ask(store, platform, *, at=AT):
    with store.transaction() as tx:
        new_id = lambda: f"swp_{next(NUMBERS)}"  # noqa: E731  # short, and used once
        return tx.sweeps.ask(platform.platform_id, PLAN, new_id=new_id, at=at)


def page(store, platform, *, after=None, limit=10):
    with store.snapshot() as tx:
        return tx.sweeps.page(platform.platform_id, after=after, limit=limit)


def test_an_empty_list_is_nothing_to_look_back_for(store, platform):
    assert ask(store, platform) is None


def test_the_first_sweep_is_about_everything_that_is_listed(store, platform):
    open_case(store)

    sweep = ask(store, platform)

    assert (sweep.listed_since, sweep.lookback_days) == (0, 30)
    assert (sweep.asked_at, sweep.due_at, sweep.receipt) == (AT, AT + 7 * DAY, None)
    assert page(store, platform) == [sweep]


def test_the_next_one_waits_for_something_new_and_begins_on_the_day_of_the_last(store, platform):
    case_id = open_case(store)
    ask(store, platform)
    assert ask(store, platform, at=AT + 2 * DAY) is None

    add_to_case(store, case_id, [make_enrolment(seed=7)])

    sweep = ask(store, platform, at=AT + 2 * DAY)
    assert sweep.since == AT.date()


def test_a_withdrawal_is_nothing_new(store, platform):
    case_id = open_case(store)
    ask(store, platform)
    withdraw_case(store, CaseId(case_id))

    assert ask(store, platform, at=AT + DAY) is None


def test_a_platform_is_asked_once_an_hour_and_each_for_itself(store, platform):
    case_id = open_case(store)
    ask(store, platform)
    add_to_case(store, case_id, [make_enrolment(seed=7)])

    assert ask(store, platform, at=AT + HOUR - timedelta(seconds=1)) is None
    assert ask(store, make_platform(store, "other.example")) is not None
    assert ask(store, platform, at=AT + HOUR) is not None


def test_of_several_that_ask_at_once_one_does(store, platform):
    open_case(store)
    start = threading.Barrier(4)

    def asked(_):
        start.wait()
        return ask(store, platform)

    with ThreadPoolExecutor(4) as pool:
        sweeps = list(pool.map(asked, range(4)))

    assert len([sweep for sweep in sweeps if sweep is not None]) == 1


def test_pages_go_from_the_newest_to_the_oldest(store, platform):
    case_id = open_case(store)
    asked = []
    for number in range(3):
        asked.append(ask(store, platform, at=AT + number * DAY))
        add_to_case(store, case_id, [make_enrolment(seed=100 + number)])

    first = page(store, platform, limit=2)
    place = SweepPlace(first[-1].asked_at, first[-1].sweep_id)
    rest = page(store, platform, after=place, limit=2)

    assert [*first, *rest] == asked[::-1]
    assert page(store, make_platform(store, "other.example")) == []


def test_the_latest_receipt_counts_and_only_its_own_platform_gives_one(store, platform):
    open_case(store)
    sweep_id = ask(store, platform).sweep_id
    other = make_platform(store, "other.example").platform_id
    begun = SweepReceipt(AT - DAY, AT, items_scanned=5, hits=0, complete=False)

    for receipt in (begun, RECEIPT):
        with store.transaction() as tx:
            assert not tx.sweeps.keep_receipt(sweep_id, other, RECEIPT, at=AT)
            assert tx.sweeps.keep_receipt(sweep_id, platform.platform_id, receipt, at=AT)
        with store.snapshot() as tx:
            assert tx.sweeps.one(sweep_id, platform.platform_id).receipt == receipt
            assert tx.sweeps.one(sweep_id, other) is None


def test_who_holds_a_key_for_it_is_asked(store, platform):
    with store.transaction() as tx:
        tx.platforms.add_key(platform, make_new_key(expires_at=AT))
        assert tx.sweeps.holders("match", at=AT - DAY) == [platform.platform_id]
        assert tx.sweeps.holders("mat", at=AT - DAY) == []
        assert tx.sweeps.holders("match", at=AT) == []
        tx.platforms.revoke_key("key00001", at=AT)
        assert tx.sweeps.holders("match", at=AT - DAY) == []

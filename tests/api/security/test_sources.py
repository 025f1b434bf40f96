"""Each network has a count of its own, and nothing of an address stays."""

from datetime import timedelta

import pytest

from api.security.peppers import Pepper
from api.security.sources import SourceLimits, network_of
from tests.indexer.factories import AT, make_key_ring

HOME, NEIGHBOUR, ELSEWHERE = "198.51.100.7", "198.51.100.200", "203.0.113.7"


def limits(per_hour=20, workers=1):
    return SourceLimits(Pepper(make_key_ring()), per_hour=per_hour, workers=workers)


def free(counted, source, *, at=AT, tries=100):
    """How many of so many go through."""
    return sum(counted.take(source, at=at) == 0 for _ in range(tries))


def test_a_network_has_its_hour_worth_and_then_waits():
    counted = limits(per_hour=20)

    assert free(counted, HOME) == 20
    assert counted.take(HOME, at=AT) == 180
    assert free(counted, HOME, at=AT + timedelta(minutes=3)) == 1
    assert free(counted, HOME, at=AT + timedelta(hours=5)) == 20


def test_neighbours_share_and_others_do_not():
    counted = limits(per_hour=5)

    assert [free(counted, one) for one in (HOME, NEIGHBOUR, ELSEWHERE)] == [5, 0, 5]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:7::1", "2001:db8:7:ffff::2"),
        ("::ffff:198.51.100.7", "198.51.100.9"),
        (None, ""),
        ("unknown", "198.51.100.7, 203.0.113.7"),
    ],
)
def test_these_are_one_network(one, other):
    assert network_of(one) == network_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:7::1", "2001:db8:8::1"), ("198.51.100.7", "198.51.101.7"), (None, "192.0.2.1")],
)
def test_these_are_two(one, other):
    assert network_of(one) != network_of(other)


@pytest.mark.parametrize(("workers", "free_in_all"), [(1, 20), (4, 20), (8, 24), (64, 64)])
def test_workers_share_the_limit_and_each_lets_one_through(workers, free_in_all):
    all_workers = [limits(per_hour=20, workers=workers) for _ in range(workers)]

    assert sum(free(one, HOME) for one in all_workers) == free_in_all


def test_a_new_day_forgets_and_nothing_links_two_days():
    counted = limits(per_hour=1)
    counted.take(HOME, at=AT)
    today = set(counted._accounts)

    counted.take(HOME, at=AT + timedelta(days=1))

    assert today.isdisjoint(counted._accounts)
    assert len(counted._accounts) == 1


def test_a_clock_that_is_set_back_gives_nothing_away():
    counted = limits(per_hour=2)
    assert free(counted, HOME) == 2

    assert free(counted, HOME, at=AT - timedelta(hours=3)) == 0
    assert free(counted, HOME, at=AT - timedelta(hours=2)) == 2


def test_no_address_is_kept_in_any_form_that_shows_it():
    counted = limits()
    counted.take(HOME, at=AT)

    kept = repr(vars(counted))

    assert HOME not in kept
    assert repr(network_of(HOME))[2:-1] not in kept


def test_a_full_table_lets_nobody_new_in_freely_and_forgets_who_is_full_again():
    counted = limits(per_hour=1)
    for number in range(100_000):
        network = number.to_bytes(3, "big")
        assert counted.take(f"{network[0]}.{network[1]}.{network[2]}.1", at=AT) == 0

    assert counted.take("203.0.113.7", at=AT) == 3_600
    assert counted.take("203.0.113.7", at=AT + timedelta(minutes=62)) == 0

"""What holds for every database: each process reads what others moved, and nothing of a hash."""

from datetime import timedelta

import pytest

from hashsvc import Algorithm
from indexer.alarm_records import Moves, ProbeTarget
from tests.indexer.factories import AT, listed_in, make_new_key, make_platform, open_case
from tests.indexer.rows import row_counts

DAY = timedelta(days=1)


@pytest.fixture
def target(store):
    """A listed signature, and a key that asks about it."""
    platform = make_platform(store)
    with store.transaction() as tx:
        tx.platforms.add_key(platform, make_new_key())
    open_case(store, 1)
    return ProbeTarget("key00001", Algorithm.PDQ, next(iter(listed_in(store))))


def share(store, target, places, *, worker, begun_at=AT):
    with store.transaction() as tx:
        tx.probes.share([Moves(target, places, begun_at, fresh=True)], worker=worker)


def of_others(store, target, *, worker, since=AT - DAY):
    with store.snapshot() as tx:
        return tx.probes.of_others([target], worker=worker, since=since)


def test_what_several_moved_is_joined_and_ones_own_is_left_out(store, target):
    for worker, places in (("wrk_1", 0b0011), ("wrk_2", 0b0110), ("wrk_3", 1 << 255)):
        share(store, target, places, worker=worker)

    assert of_others(store, target, worker="wrk_3") == {target: 0b0111}
    assert of_others(store, target, worker="wrk_9") == {target: 1 << 255 | 0b0111}


def test_what_a_process_shares_takes_the_place_of_what_it_shared(store, target):
    share(store, target, 0b0011, worker="wrk_1")
    share(store, target, 0b1100, worker="wrk_1")

    assert of_others(store, target, worker="wrk_2") == {target: 0b1100}
    assert row_counts(store)["probe_moves"] == 1


def test_the_other_hash_is_apart(store, target):
    dhash = ProbeTarget(target.root_id, Algorithm.DHASH, target.signature_id)
    share(store, target, 0b01, worker="wrk_1")
    share(store, dhash, 0b10, worker="wrk_1")

    found = of_others(store, target, worker="wrk_2")

    assert (found[target], found[dhash]) == (0b01, 0b10)


def test_a_day_later_it_does_not_count_and_is_purged(store, target):
    share(store, target, 0b01, worker="wrk_1", begun_at=AT)
    share(store, target, 0b10, worker="wrk_2", begun_at=AT + timedelta(hours=1))

    assert of_others(store, target, worker="wrk_3", since=AT) == {target: 0b10}
    with store.transaction() as tx:
        tx.probes.purge(before=AT)
    assert of_others(store, target, worker="wrk_3") == {target: 0b10}
    assert row_counts(store)["probe_moves"] == 1

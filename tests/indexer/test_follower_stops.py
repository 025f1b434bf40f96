"""The index stops at what it cannot trust, and applies nothing after it."""

import pytest
from sqlalchemy import delete

from indexer.errors import HistoryChangedError, LogBrokenError, SealBrokenError
from indexer.follower import Follower
from indexer.records import BankKind
from indexer.search import LayeredIndex
from indexer.store import tables
from tests.indexer.factories import (
    make_key_ring,
    open_case,
    opened,
)
from tests.indexer.rows import alter, column


def follow(store):
    index = LayeredIndex()
    return Follower(store, {BankKind.REPORTED: index}), index


def broken_after(store, breaking):
    """Follow, list five more, break the log, try again; the follower and its index."""
    open_case(store, 2)
    follower, index = follow(store)
    follower.catch_up()
    open_case(store, 5, seed=1)
    breaking()
    with pytest.raises(LogBrokenError):
        follower.catch_up()
    return follower, index


def drop_change(store, seq):
    with store.transaction() as tx:
        tx.connection.execute(delete(tables.change).where(tables.change.c.seq == seq))


@pytest.mark.parametrize("seq", [3, 5, 7], ids=["first", "middle", "last"])
def test_a_gap_stops_the_follower(store, seq):
    follower, index = broken_after(store, lambda: drop_change(store, seq))

    assert (follower.applied, len(index)) == (2, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", 2),
        ("kind", 9),
        ("signature_id", 1),
        ("signature_id", -1),
        ("day", 1),
        ("body", "{}"),
        ("prev", bytes(32)),
        ("digest", bytes(32)),
    ],
)
def test_an_altered_row_stops_the_follower(store, name, value):
    def breaking():
        alter(store, tables.change, tables.change.c.seq == 5, **{name: value})

    follower, index = broken_after(store, breaking)

    assert (follower.applied, len(index)) == (2, 2)


def test_a_stopped_follower_stays_stopped_and_grows_stale(store):
    follower, index = broken_after(store, lambda: drop_change(store, 3))
    before = follower.staleness_seconds()
    open_case(store, 1, seed=2)

    with pytest.raises(LogBrokenError):
        follower.catch_up()

    assert len(index) == 2
    assert follower.staleness_seconds() > before


def test_a_log_that_fell_back_stops_the_follower(store):
    open_case(store, 2)
    follower, _ = follow(store)
    follower.catch_up()
    alter(store, tables.head, seq=1)

    with pytest.raises(HistoryChangedError):
        follower.catch_up()


def test_a_head_that_names_another_chain_stops_the_follower(store):
    open_case(store, 2)
    follower, _ = follow(store)
    follower.catch_up()
    alter(store, tables.head, digest=bytes(32))

    with pytest.raises(LogBrokenError):
        follower.catch_up()


def test_an_exchanged_database_stops_the_follower(store):
    open_case(store, 2)
    follower, index = follow(store)
    follower.catch_up()
    alter(store, tables.head, epoch=b"restored")
    open_case(store, 2, seed=1)

    with pytest.raises(HistoryChangedError):
        follower.catch_up()

    assert (follower.applied, len(index)) == (2, 2)


@pytest.mark.parametrize("started", [False, True], ids=["at the start", "later"])
def test_a_wrong_key_stops_the_follower(database_url, started):
    with opened(database_url) as store, opened(database_url, make_key_ring(current="x")) as other:
        follower, index = follow(other)
        if started:
            follower.catch_up()
        open_case(store, 2)

        with pytest.raises(SealBrokenError):
            follower.catch_up()

        assert (follower.applied, len(index)) == (0, 0)


def test_a_body_of_another_row_stops_the_follower(store):
    open_case(store, 2)
    rows = tables.listed_signature
    one, other = column(store, rows, "id")
    (body,) = column(store, rows, "body", rows.c.id == other)
    alter(store, rows, rows.c.id == one, body=body)

    with pytest.raises(SealBrokenError):
        follow(store)[0].catch_up()

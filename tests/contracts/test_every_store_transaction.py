"""What holds for every database: a transaction is whole or nothing, a snapshot one moment."""

import threading

import pytest

from indexer.errors import CaseExistsError
from indexer.records import BankKind
from tests.indexer.factories import (
    AT,
    add_to_case,
    listed_in,
    make_enrolment,
    make_enrolments,
    make_new_case,
    open_case,
)
from tests.indexer.rows import every_row, row_counts


def test_a_number_that_is_taken_leaves_nothing_behind(store):
    open_case(store, 2)
    rows = set(every_row(store))

    with pytest.raises(CaseExistsError):
        open_case(store, make_enrolments(3))

    assert set(every_row(store)) == rows


def test_one_number_opened_by_two_at_once_is_one_case(store):
    outcomes, start = [], threading.Barrier(2)

    def opening():
        start.wait()
        try:
            open_case(store, 2)
            outcomes.append("opened")
        except CaseExistsError:
            outcomes.append("taken")

    threads = [threading.Thread(target=opening) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["opened", "taken"]
    assert row_counts(store)["survivor_case"] == row_counts(store)["data_key"] == 1


def fail_after_writing(store):
    with store.transaction() as tx:
        tx.cases.open(make_new_case(), [make_enrolment()], at=AT)
        tx.platforms.named("example.com")
        tx.listing.new_data_key()
        raise ZeroDivisionError


def test_a_transaction_that_raises_leaves_nothing(store):
    rows = set(every_row(store))

    with pytest.raises(ZeroDivisionError):
        fail_after_writing(store)

    assert set(every_row(store)) == rows


def test_a_snapshot_sees_one_moment_while_others_write(store, databases):
    case_id = open_case(store, 1)
    enrolments = make_enrolments(2, start=9)
    writer = threading.Thread(target=add_to_case, args=(store, case_id, enrolments))

    with store.snapshot() as tx:
        head, before = tx.changes.head(), list(tx.listing.live(BankKind.REPORTED))
        writer.start()
        writer.join(timeout=0.5)
        # Without a write-ahead log SQLite's reader holds up the commit instead.
        assert databases.name == "sqlite" or not writer.is_alive()
        after = tx.changes.head(), list(tx.listing.live(BankKind.REPORTED))
    writer.join()

    assert after == (head, before)
    assert len(before) == 1
    assert len(listed_in(store)) == 3

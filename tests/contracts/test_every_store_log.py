"""What holds for every database: the change log is gap-free and chained, whoever writes at once."""

import random
import threading
import time

import pytest

from indexer.errors import LogBrokenError
from indexer.records import ChangeKind, Stream
from indexer.store import tables
from indexer.store.chains import Entry, follows
from tests.indexer.factories import (
    AT,
    listed_in,
    log_of,
    make_enrolments,
    make_new_case,
    open_case,
    opened,
    withdraw_case,
)
from tests.indexer.rows import alter

WRITERS = 8
CASES_PER_WRITER = 4
SIGNATURES_PER_CASE = 3


def first_prev(changes):
    return changes[0].prev if changes else None


def is_whole(head, changes):
    """Whether the rows are a gap-free chain from the first number to the head."""
    seq, digest = 0, first_prev(changes)
    for change in changes:
        if not follows(Stream.CHANGE, change, seq=seq, digest=digest):
            return False
        seq, digest = change.seq, change.digest
    return (seq, digest) == (head.seq, head.digest)


def test_a_new_log_is_empty_and_like_no_other(databases):
    heads = []
    for _ in range(2):
        with databases.empty() as url, opened(url) as store:
            store.migrate()
            head, changes = log_of(store)
            heads.append(head)
            assert (head.seq, changes) == (0, [])

    assert heads[0].epoch != heads[1].epoch
    assert heads[0].digest != heads[1].digest


def test_migrating_again_keeps_the_log(store):
    open_case(store, 2)
    before = log_of(store)

    store.migrate()

    assert log_of(store) == before


def test_the_log_says_what_came_and_went(store):
    case_id = open_case(store, 2)
    ids = sorted(listed_in(store))
    withdraw_case(store, case_id)

    head, changes = log_of(store)

    assert [c.signature_id for c in changes if c.kind is ChangeKind.ADD] == ids
    assert sorted(c.signature_id for c in changes if c.kind is ChangeKind.REMOVE) == ids
    assert {change.day for change in changes} == {22_051}
    assert is_whole(head, changes)


def test_a_page_of_the_log_starts_after_a_number_and_ends_at_the_limit(store):
    open_case(store, 6)

    with store.snapshot() as tx:
        page = tx.changes.after(2, limit=3)

    assert [change.seq for change in page] == [3, 4, 5]


def test_appending_nothing_moves_nothing(store):
    open_case(store, 2)
    head, _ = log_of(store)

    with store.transaction() as tx:
        assert tx.changes.append([], day=1) == head.seq == 2

    assert log_of(store)[0] == head


def test_appending_answers_with_the_last_number(store):
    entry = Entry(ChangeKind.ADD, 5, "{}")

    with store.transaction() as tx:
        assert tx.changes.append([entry] * 3, day=1) == 3


def test_a_kind_that_does_not_exist_breaks_the_log(store):
    open_case(store, 1)
    alter(store, tables.change, kind=9)

    with pytest.raises(LogBrokenError):
        log_of(store)


def test_eight_writers_at_once_leave_a_whole_log(store):
    failures, start = [], threading.Barrier(WRITERS)

    def writing(writer):
        pauses = random.Random(writer)  # noqa: S311  # seeded pauses
        start.wait()
        try:
            for case in range(CASES_PER_WRITER):
                seed = writer * CASES_PER_WRITER + case
                enrolments = make_enrolments(SIGNATURES_PER_CASE, start=100 * seed)
                with store.transaction() as tx:
                    tx.changes.head()  # begun as a read: still it may write
                    tx.cases.open(make_new_case(seed=seed), enrolments, at=AT)
                    time.sleep(pauses.uniform(0, 0.004))
        except Exception as error:  # noqa: BLE001  # shown by the main thread
            failures.append(error)

    threads = [threading.Thread(target=writing, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    head, changes = log_of(store)
    assert failures == []
    assert is_whole(head, changes)
    assert {c.signature_id for c in changes} == listed_in(store).keys()
    assert head.seq == WRITERS * CASES_PER_WRITER * SIGNATURES_PER_CASE

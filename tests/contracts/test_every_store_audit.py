"""What holds for every database: acts and their audit rows are kept together or not at all."""

import json
import threading

import pytest

from indexer.audit_records import OPERATOR, SERVICE, Act
from indexer.records import Stream
from indexer.store import tables
from indexer.store.chains import follows
from tests.indexer.factories import AT, open_case
from tests.indexer.rows import alter


def access_of(store):
    with store.snapshot() as tx:
        return tx.access.head(), tx.access.after(0, limit=10_000)


def acts_of(store):
    return [json.loads(row.body)["act"] for row in access_of(store)[1]]


def is_whole(head, rows):
    seq, digest = 0, rows[0].prev if rows else head.digest
    for row in rows:
        if not follows(Stream.ACCESS, row, seq=seq, digest=digest):
            return False
        seq, digest = row.seq, row.digest
    return (seq, digest) == (head.seq, head.digest)


def test_rows_are_appended_in_the_order_in_which_they_were_recorded(store):
    with store.transaction() as tx:
        tx.audit.record(Act.KEY_CREATE, by=OPERATOR, at=AT)
        tx.audit.record(Act.KEY_REVOKE, by=OPERATOR, at=AT)
    with store.transaction() as tx:
        tx.audit.record(Act.SEAL_ROTATE, by=SERVICE, at=AT)

    assert acts_of(store) == ["key:create", "key:revoke", "seal:rotate"]
    assert is_whole(*access_of(store))


def test_what_is_undone_leaves_no_row(store):
    def fail_after_recording():
        with store.transaction() as tx:
            tx.audit.record(Act.KEY_CREATE, by=OPERATOR, at=AT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_recording()

    assert acts_of(store) == []


def test_what_cannot_be_recorded_is_not_done(store):
    with store.transaction() as tx:
        tx.connection.execute(tables.head.delete().where(tables.head.c.stream == Stream.ACCESS))
    listed = listed_of(store)

    def limit():
        with store.transaction() as tx:
            tx.banks.limit("reported", "strong")
            tx.audit.record(Act.BANK_LIMIT, by=OPERATOR, at=AT)

    with pytest.raises(Exception, match="No row was found"):
        limit()

    assert listed_of(store) == listed


def test_the_two_streams_do_not_fit_each_other(store):
    open_case(store, 1)
    with store.transaction() as tx:
        tx.audit.record(Act.CASE_OPEN, by=OPERATOR, at=AT)
    with store.snapshot() as tx:
        (change,) = tx.changes.after(0, limit=9)

    assert follows(Stream.CHANGE, change, seq=0, digest=change.prev)
    assert not follows(Stream.ACCESS, change, seq=0, digest=change.prev)


def test_an_altered_row_is_found(store):
    with store.transaction() as tx:
        tx.audit.record(Act.CASE_OPEN, by=OPERATOR, at=AT)
    assert is_whole(*access_of(store))

    alter(store, tables.access, day=1)

    assert not is_whole(*access_of(store))


def test_many_writers_leave_one_whole_stream(store):
    def write():
        for _ in range(10):
            with store.transaction() as tx:
                tx.audit.record(Act.CASE_OPEN, by=OPERATOR, at=AT)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)

    assert len(access_of(store)[1]) == 40
    assert is_whole(*access_of(store))


def listed_of(store):
    with store.snapshot() as tx:
        return [(bank.name, bank.weakest_tier) for bank in tx.banks.overview()]

"""A log that was written once is verified for ever: its digests, and what it once ended at."""

import hashlib
from dataclasses import replace

from indexer.records import Change, ChangeKind, Stream
from indexer.store.chains import row_digest
from tests.indexer.factories import open_case

CHANGE = Change(
    seq=258,
    kind=ChangeKind.ADD,
    signature_id=2**40 + 5,
    day=22_051,
    body='{"a":"é"}',
    prev=bytes(range(32)),
    digest=b"",
)


def test_a_digest_is_the_one_that_the_notes_describe():
    """Worked out by hand: a changed label, order or width would break every log there is."""
    body = '{"a":"é"}'.encode()
    expected = hashlib.sha256(
        b"hashsvc log v1\nchange\n"
        + (258).to_bytes(8, "big")
        + bytes(range(32))
        + int(ChangeKind.ADD).to_bytes(2, "big")
        + (2**40 + 5).to_bytes(8, "big")
        + (22_051).to_bytes(4, "big")
        + len(body).to_bytes(4, "big")
        + body
    ).digest()

    assert row_digest(Stream.CHANGE, CHANGE) == expected
    assert row_digest(Stream.ACCESS, CHANGE) != expected


def head_of(store):
    with store.snapshot() as tx:
        return tx.changes.head()


def passed(store, place):
    with store.snapshot() as tx:
        return tx.changes.passed(place)


def test_a_log_passed_where_it_ended_once_and_nowhere_else(store):
    open_case(store, seed=1)
    before = head_of(store)
    open_case(store, 3, seed=2)
    now = head_of(store)

    for place in (before, now):
        assert passed(store, place)
        assert not passed(store, replace(place, digest=bytes(32)))
    assert not passed(store, replace(now, seq=now.seq + 1))


def test_rows_come_in_order_and_only_those_after_a_number(store):
    for seed in range(3):
        open_case(store, seed=seed)

    with store.snapshot() as tx:
        rows = tx.changes.after(0, limit=100)
        later = tx.changes.after(rows[0].seq, limit=1)

    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert later == [rows[1]]

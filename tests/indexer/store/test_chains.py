"""A row's digest covers all of it, and a row follows one other alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import LogForkedError
from indexer.records import Change, ChangeKind, Stream
from indexer.store.chains import follows, row_digest
from tests.indexer.factories import log_of, open_case

NUMBERS = st.integers(-(2**63), 2**63 - 1)


def make_change(**columns):
    """The first row of a log, with its digest."""
    plain = {
        "seq": 1,
        "kind": ChangeKind.ADD,
        "signature_id": 5,
        "day": 22_051,
        "body": '{"a":"b"}',
        "prev": bytes(32),
    }
    bare = Change(**(plain | columns), digest=b"")
    return replace(bare, digest=row_digest(Stream.CHANGE, bare))


def fits(change, *, prev=bytes(32)):
    return follows(Stream.CHANGE, change, seq=0, digest=prev)


def test_a_row_follows_the_one_before():
    assert fits(make_change())


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("seq", 2),
        ("kind", ChangeKind.REMOVE),
        ("signature_id", 6),
        ("day", 22_052),
        ("body", '{"a":"c"}'),
        ("prev", bytes(31) + b"\1"),
        ("digest", bytes(32)),
    ],
)
def test_altering_any_column_breaks_the_chain(column, other):
    altered = replace(make_change(), **{column: other})

    assert not fits(altered)
    assert not follows(Stream.CHANGE, altered, seq=altered.seq - 1, digest=altered.prev)


@given(column=st.sampled_from(["seq", "signature_id", "day"]), number=NUMBERS)
def test_no_other_number_fits_a_row_s_digest(column, number):
    change = make_change()
    altered = replace(change, **{column: number})

    assert follows(Stream.CHANGE, altered, seq=altered.seq - 1, digest=altered.prev) == (
        altered == change
    )


@given(body=st.text(st.characters(codec="utf-8")))
def test_no_other_body_fits_a_row_s_digest(body):
    change = make_change()

    assert fits(replace(change, body=body)) == (body == change.body)


def test_a_sound_row_of_another_place_does_not_follow():
    assert not fits(make_change(seq=2))
    assert not fits(make_change(prev=bytes(31) + b"\1"))


def test_an_append_onto_an_older_head_is_undone(store):
    open_case(store, 2)
    before = log_of(store)
    last = before[1][-1]

    with pytest.raises(LogForkedError), store.transaction() as tx:
        tx.changes._move_head(last.seq - 1, replace(last, digest=bytes(32)))

    assert log_of(store) == before

"""Whatever was done to a row, the first bad one is named; what nobody outside knows is missed."""

import os
import random

import pytest

from indexer.auditing import Place, checked_digests
from indexer.errors import StreamFaultyError
from indexer.records import Head, Stream
from tests.indexer.streams import (
    DELETED,
    FLIPPED,
    REORDERED,
    check,
    cut,
    fill,
    rewritten,
    rows_of,
    run,
    uncommitted,
)

ROWS = int(os.environ.get("HASHSVC_TEST_AUDIT_ROWS", "100"))
_AROUND = 20  # rows that are checked on either side of an altered one


@pytest.fixture
def filled(store):
    fill(store, ROWS)
    return store


def check_around(store, rows, seq):
    """What a check finds that has come as far as a few rows before one."""
    before, last = max(0, seq - _AROUND), rows[min(len(rows), seq + _AROUND) - 1]
    after = Place(before, rows[before - 1].digest if before else None)
    end = Head(b"", last.seq, last.digest)
    try:
        for _ in checked_digests(store, Stream.ACCESS, end, after=after):
            pass
    except StreamFaultyError as error:
        return error.seq, error.fault.value
    return None


@pytest.mark.goal("G12")
def test_every_altered_deleted_or_moved_row_is_found_and_named(filled, figure):
    rows, chance = rows_of(filled), random.Random(12)  # noqa: S311  # the same in every run
    found = 0

    with uncommitted(filled) as within:
        for row in rows[:-1]:
            other = rows[chance.randrange(row.seq, len(rows))]  # some row behind it
            for tampering in (chance.choice(FLIPPED), DELETED, REORDERED):
                with tampering.of(within, row, other):
                    expected = row.seq, expected_fault(tampering, row)
                    assert check_around(within, rows, row.seq) == expected, tampering.name
                    found += 1
        assert check(within) is None

    figure(f"{found} audit rows flipped, deleted or moved: {found} found, each row named")


def expected_fault(tampering, row):
    if row.seq == 1 and tampering.fault == "link":
        return "digest"  # nothing stands before the first row that it could differ from
    return tampering.fault


@pytest.mark.goal("G12")
def test_a_cut_tail_is_found_while_the_head_still_knows_of_it(filled, figure):
    cuts = [1, 2, ROWS // 2, ROWS - 1, ROWS]
    for seq in reversed(cuts):
        run(filled, "DELETE FROM access WHERE seq >= :seq", seq=seq)

        assert check(filled) == (seq, "truncated")
    figure(f"{len(cuts)} tails cut: {len(cuts)} found, first missing row named")


@pytest.mark.parametrize("tampering", [*FLIPPED, DELETED, REORDERED], ids=lambda one: one.name)
def test_a_check_of_the_whole_names_the_first_bad_row(filled, tampering):
    rows = rows_of(filled)

    with uncommitted(filled) as within:
        for seq in (2, ROWS // 2, ROWS - 1):
            with tampering.of(within, rows[seq - 1], rows[-1]):
                assert check(within) == (seq, tampering.fault)
        assert check(within) is None


def test_a_head_that_was_altered_is_found(filled):
    run(filled, "UPDATE head SET seq = seq - 1 WHERE stream = 'access'")
    assert check(filled) == (ROWS, "link")

    run(filled, "UPDATE head SET seq = seq + 2 WHERE stream = 'access'")
    assert check(filled) == (ROWS + 1, "truncated")

    run(filled, "UPDATE head SET seq = seq - 1, digest = :digest", digest=bytes(32))
    assert check(filled) == (ROWS, "link")

    run(filled, "DELETE FROM head WHERE stream = 'access'")
    assert check(filled) == (1, "truncated")


def test_bytes_that_are_no_text_are_found_where_they_stand(filled):
    if filled.engine.dialect.name == "postgresql":
        return  # it keeps no such text
    run(filled, "UPDATE access SET body = CAST(x'fffe' AS TEXT) WHERE seq = 77")
    assert check(filled) == (77, "digest")

    run(filled, "UPDATE access SET body = 'x', digest = 'text' WHERE seq = 70")
    assert check(filled) == (70, "digest")


def test_rows_that_others_append_meanwhile_disturb_no_check(filled):
    end = Head(b"", ROWS, rows_of(filled)[-1].digest)
    pages = checked_digests(filled, Stream.ACCESS, end)
    fill(filled, 10)

    assert sum(len(page) for page in pages) == ROWS


@pytest.mark.control("G12")
def test_without_an_outside_checkpoint_a_cut_and_a_rewritten_stream_are_missed(filled, figure):
    """The control: whoever writes to the database may leave a stream that fits itself."""
    rewritten(filled, keep=ROWS // 2)
    assert check(filled) is None

    cut(filled, keep=ROWS // 2)
    assert check(filled) is None
    figure("no outside checkpoint: rewritten stream missed, cut stream missed")

"""What holds for every database: what left the list is remembered outside, once and in order."""

import json
import threading
from contextlib import contextmanager

import pytest

from hashsvc.closed_sets import ListedState
from indexer.errors import (
    StoreOlderError,
    TombstonesBrokenError,
    TombstonesForeignError,
    TombstonesUnavailableError,
)
from indexer.records import Hold, Standing
from indexer.store.high_water import HighWater
from indexer.store.restoring import replay
from indexer.store.tombstones import Tombstones, TombstoneSink, read_tombstones
from tests.indexer.factories import (
    AT,
    listed_in,
    log_of,
    make_enrolment,
    open_case,
    opened,
    withdraw_case,
)

SUSPENDED = Standing(ListedState.SUSPENDED, Hold.VOTES)
LISTED = Standing(ListedState.PROBATION)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tombstones.jsonl"


@pytest.fixture
def sink(store, path):
    return TombstoneSink(path, store)


def move(store, id_, standing):
    with store.transaction() as tx:
        tx.listing.standings([id_])
        return tx.listing.move({id_: standing}, at=AT)


def lines_of(path):
    return path.read_bytes().splitlines(keepends=True)


def test_a_withdrawal_is_remembered_with_every_signature(store, sink, path):
    case = open_case(store, [make_enrolment(seed=1), make_enrolment(seed=2)])
    stays = open_case(store, 1, seed=5)
    ids = set(listed_in(store, case))

    withdraw_case(store, case)
    sink.catch_up()

    known = read_tombstones(path)
    assert known.erased == ids
    assert not known.suspended
    assert not known.erased & set(listed_in(store, stays))
    assert known.reach(log_of(store)[0])


def test_nothing_is_written_twice(store, sink, path):
    withdraw_case(store, open_case(store, 2))
    sink.catch_up()
    before = lines_of(path)

    sink.catch_up()
    TombstoneSink(path, store).catch_up()

    assert lines_of(path) == before


def test_a_suspension_and_its_end_are_remembered(store, sink, path):
    open_case(store, 2)
    first, second = listed_in(store)
    move(store, first, SUSPENDED)
    move(store, second, SUSPENDED)
    sink.catch_up()
    assert read_tombstones(path).suspended == {first: Hold.VOTES, second: Hold.VOTES}

    move(store, first, LISTED)
    sink.catch_up()

    assert read_tombstones(path).suspended == {second: Hold.VOTES}
    assert not read_tombstones(path).erased


CHILD = Standing(ListedState.SUSPENDED, Hold.CHILD)


def test_another_hold_of_what_is_suspended_is_remembered(store, sink, path):
    open_case(store, 1)
    (id_,) = listed_in(store)
    move(store, id_, SUSPENDED)
    sink.catch_up()
    before = log_of(store)[0].seq

    for _ in range(2):  # the second time nothing is new
        assert move(store, id_, CHILD) == []  # no index has to know

    sink.catch_up()
    assert read_tombstones(path).suspended == {id_: Hold.CHILD}
    assert log_of(store)[0].seq == before + 1


def test_a_backup_from_before_another_hold_gets_that_hold(store, sink, path):
    open_case(store, 2)
    held, listed = listed_in(store)
    move(store, held, SUSPENDED)
    known = Tombstones(frozenset(), {held: Hold.CHILD, listed: Hold.VOTES}, ())

    assert replay(store, known, at=AT) == 1

    with store.transaction() as tx:
        assert tx.listing.standings([held, listed]) == {held: CHILD, listed: SUSPENDED}


def test_what_is_erased_while_suspended_is_erased(store, sink, path):
    case = open_case(store, 1)
    (id_,) = listed_in(store)
    move(store, id_, SUSPENDED)
    withdraw_case(store, case)
    sink.catch_up()

    known = read_tombstones(path)

    assert (known.erased, known.suspended) == ({id_}, {})


@pytest.mark.parametrize("torn", [b'{"digest":"00', b"\0\0\0", b"[]\n", b"{}\n"])
def test_a_line_that_a_crash_cut_off_is_passed_over(store, sink, path, torn):
    first = open_case(store, 1)
    withdraw_case(store, first)
    sink.catch_up()
    with path.open("ab") as file:
        file.write(torn)
    withdraw_case(store, open_case(store, 2, seed=1))

    sink.catch_up()

    assert len(read_tombstones(path).erased) == 3
    assert read_tombstones(path).reach(log_of(store)[0])


def three_lines(store, sink):
    for seed in range(3):
        withdraw_case(store, open_case(store, 1, seed=seed))
        sink.catch_up()


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_that_is_missing_is_seen(store, sink, path, line):
    three_lines(store, sink)
    lines = lines_of(path)
    del lines[line]
    path.write_bytes(b"".join(lines))

    with pytest.raises(TombstonesBrokenError):
        read_tombstones(path)


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_that_was_altered_is_seen(store, sink, path, line):
    three_lines(store, sink)
    lines = lines_of(path)
    lines[line] = json.dumps(json.loads(lines[line]) | {"erased": []}).encode() + b"\n"
    path.write_bytes(b"".join(lines))

    with pytest.raises(TombstonesBrokenError):
        read_tombstones(path)


def test_a_file_whose_end_is_cut_off_does_not_reach_as_far(store, sink, path):
    three_lines(store, sink)
    path.write_bytes(b"".join(lines_of(path)[:-1]))

    assert not read_tombstones(path).reach(log_of(store)[0])


def test_another_store_is_refused(store, sink, path, databases):
    three_lines(store, sink)
    before = lines_of(path)

    with databases.fresh() as url, opened(url) as other:
        with pytest.raises(TombstonesForeignError):
            TombstoneSink(path, other).catch_up()

    assert lines_of(path) == before


def test_a_file_of_something_else_is_left_as_it_is(sink, path):
    path.write_text("a letter\n")

    with pytest.raises(TombstonesForeignError):
        sink.catch_up()

    assert path.read_text() == "a letter\n"


@contextmanager
def broken(path):
    """A folder stands where the file should be."""
    path.mkdir()
    yield
    path.rmdir()


def test_a_disk_that_fails_is_told_and_what_was_missed_is_written_later(store, sink, path):
    withdraw_case(store, open_case(store, 1))
    with broken(path), pytest.raises(TombstonesUnavailableError):
        sink.catch_up()

    sink.catch_up()

    assert len(read_tombstones(path).erased) == 1


def test_several_writers_write_one_chain(store, path):
    sinks = [TombstoneSink(path, store) for _ in range(4)]

    def withdraw(number):
        for seed in range(5):
            withdraw_case(store, open_case(store, 1, seed=100 * number + seed))
            sinks[number].catch_up()

    threads = [threading.Thread(target=withdraw, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(read_tombstones(path).erased) == 20
    assert sum(len(json.loads(line)["erased"]) for line in lines_of(path)) == 20


def test_only_random_ids_are_written(store, sink, path):
    case = open_case(store, [make_enrolment(seed=77)])
    ids = set(listed_in(store, case))
    withdraw_case(store, case)
    sink.catch_up()

    (line,) = map(json.loads, lines_of(path))

    assert set(line) == {"digest", "epoch", "erased", "listed", "log", "prev", "seq", "suspended"}
    assert set(line["erased"]) == ids


@pytest.fixture
def high_water(tmp_path):
    return HighWater(tmp_path / "high-water.json")


def test_a_store_that_moved_on_is_as_high_as_it_was(store, high_water):
    high_water.require(store)  # nothing was seen yet
    high_water.write(store)
    high_water.require(store)
    open_case(store, 3)
    high_water.require(store)
    high_water.write(store)

    assert high_water.read() == log_of(store)[0]


def test_an_older_or_other_store_is_refused_and_forgets_nothing(store, high_water, databases):
    open_case(store, 1)
    high_water.write(store)
    seen = high_water.read()

    with databases.fresh() as url, opened(url) as other:
        for use in (high_water.require, high_water.write):
            with pytest.raises(StoreOlderError):
                use(other)
        open_case(other, 5)
        with pytest.raises(StoreOlderError):  # as long, and other rows
            high_water.require(other)

    assert high_water.read() == seen


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"epoch": "zz", "seq": 1, "digest": ""}'])
def test_a_damaged_high_water_is_told(store, high_water, text):
    high_water.path.write_text(text)

    with pytest.raises(StoreOlderError):
        high_water.require(store)

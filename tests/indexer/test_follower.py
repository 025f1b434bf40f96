"""The index follows the store, change by change, or stops."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from indexer.follower import Follower
from indexer.records import BankKind
from indexer.search import LayeredIndex
from tests.factories import make_signature
from tests.indexer.factories import (
    add_to_case,
    listed_in,
    log_of,
    make_enrolments,
    open_case,
    opened,
    withdraw_case,
)

CASES = st.integers(0, 3)
STEPS = st.lists(
    st.tuples(st.sampled_from(["open", "add", "withdraw", "catch up"]), CASES, st.integers(1, 3)),
    max_size=12,
)


def follow(store):
    index = LayeredIndex()
    return Follower(store, {BankKind.REPORTED: index}), index


def ids_in(index):
    """Every id that the index can find."""
    return {hit.signature_id for hit in index.find(make_signature(), threshold=256)}


def step(store, cases, action, case, count):
    """Open, add to or withdraw one of a few cases, where it is in a state for that."""
    if action == "open" and case not in cases:
        cases[case] = open_case(store, count, seed=case)
    elif action == "add" and cases.get(case):
        add_to_case(store, cases[case], make_enrolments(count, start=1_000 * case + 500))
    elif action == "withdraw" and cases.get(case):
        withdraw_case(store, cases[case])
        cases[case] = None


@settings(max_examples=settings.default.max_examples // 3)  # each one makes a database
@given(steps=STEPS)
def test_the_index_holds_what_is_live_after_any_history(databases, steps):
    with databases.fresh() as url, opened(url) as store:
        follower, index = follow(store)
        cases = {}
        for action, case, count in steps:
            if action == "catch up":
                follower.catch_up()
                assert ids_in(index) == listed_in(store).keys()
            step(store, cases, action, case, count)

        follower.catch_up()

        assert ids_in(index) == listed_in(store).keys()
        assert follower.applied == log_of(store)[0].seq


def test_rows_from_before_the_start_are_in_the_index(store):
    withdraw_case(store, open_case(store, 2, seed=1))
    open_case(store, 3)
    follower, index = follow(store)

    follower.catch_up()

    assert ids_in(index) == listed_in(store).keys()
    assert len(index) == 3
    assert follower.applied == 7


def test_nothing_is_read_before_it_catches_up(store):
    open_case(store, 1)

    follower, index = follow(store)

    assert (follower.applied, len(index), follower.staleness_seconds()) == (0, 0, float("inf"))


def test_a_history_of_more_than_one_page_is_followed_to_its_end(sqlite_databases):
    with sqlite_databases.fresh() as url, opened(url) as store:
        follower, index = follow(store)
        follower.catch_up()
        signature = make_enrolments(1)
        open_case(store, signature * 5_000)
        open_case(store, 1, seed=1)

        follower.catch_up()

        assert (follower.applied, len(index)) == (5_001, 5_001)


def test_a_signature_withdrawn_before_its_addition_was_seen_stays_out(store):
    follower, index = follow(store)
    follower.catch_up()
    kept = open_case(store, 1)
    withdraw_case(store, open_case(store, 2, seed=1))

    follower.catch_up()

    assert ids_in(index) == listed_in(store, kept).keys()
    assert follower.applied == 5


def test_staleness_is_the_time_since_it_last_caught_up(store):
    follower, _ = follow(store)

    follower.catch_up()
    early = follower.staleness_seconds()
    late = follower.staleness_seconds()

    assert 0 < early < late < 60


@pytest.fixture
def statements(store):
    """What is asked of the database."""
    asked = []

    def hear(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(store.engine, "before_cursor_execute", hear)


def test_a_poll_that_finds_nothing_new_asks_for_the_end_of_the_log_alone(store, statements):
    open_case(store, 2)
    follower, index = follow(store)
    follower.catch_up()
    statements.clear()

    follower.catch_up()

    assert len([one for one in statements if one.startswith("SELECT")]) == 1
    assert len(index) == 2
    assert follower.staleness_seconds() < 60

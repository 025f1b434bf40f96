"""What holds for every database: a withdrawal reaches every match, also one under way."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from indexer.store import tables
from tests.indexer.factories import (
    AT,
    confirm,
    listed_in,
    make_asked,
    make_graded,
    make_platform,
    open_case,
    withdraw_case,
)
from tests.indexer.rows import column


@pytest.fixture
def platform(store):
    return make_platform(store)


def states(store):
    return column(store, tables.match, "state")


def test_withdrawal_withdraws_matches_that_rest_on_it_alone(store, platform):
    gone, kept = open_case(store, 1), open_case(store, 1, seed=1)
    (one,), (other,) = listed_in(store, gone), listed_in(store, kept)
    confirm(store, make_asked(platform, ref="both"), [make_graded(i) for i in (one, other)])
    confirm(store, make_asked(platform, ref="one", new_id="mat_2"), [make_graded(one)])
    confirm(store, make_asked(platform, ref="other", new_id="mat_3"), [make_graded(other)])

    withdraw_case(store, gone)
    after_first = dict(zip(column(store, tables.match, "id"), states(store), strict=True))
    withdraw_case(store, kept)

    assert after_first == {"mat_1": "open", "mat_2": "withdrawn", "mat_3": "open"}
    assert states(store) == ["withdrawn"] * 3


def test_a_withdrawn_match_opens_again_on_another_listing(store, platform):
    gone = open_case(store, 1)
    confirm(store, make_asked(platform), [make_graded(id_) for id_ in listed_in(store)])
    withdraw_case(store, gone)
    open_case(store, 1, seed=1)

    again = confirm(store, make_asked(platform), [make_graded(id_) for id_ in listed_in(store)])

    assert (again.match_id, again.state, states(store)) == ("mat_1", "open", ["open"])


def test_a_withdrawal_waits_for_a_match_under_way_and_withdraws_it(store, platform):
    case_id = open_case(store, 2)
    graded = [make_graded(id_) for id_ in listed_in(store)]
    withdrawing = threading.Thread(target=withdraw_case, args=(store, case_id))

    with store.transaction() as tx:
        assert tx.matches.confirm(make_asked(platform), graded, at=AT) is not None
        withdrawing.start()
        withdrawing.join(timeout=0.3)
        assert withdrawing.is_alive()
    withdrawing.join()

    assert states(store) == ["withdrawn"]


def test_two_withdrawals_at_once_withdraw_the_match_that_rests_on_both(store, platform):
    one, other = open_case(store, 1), open_case(store, 1, seed=1)
    confirm(store, make_asked(platform), [make_graded(id_) for id_ in listed_in(store)])
    withdrawing = threading.Thread(target=withdraw_case, args=(store, other))

    with store.transaction() as tx:
        tx.cases.withdraw(one, at=AT)
        withdrawing.start()
        withdrawing.join(timeout=0.3)
    withdrawing.join()

    assert states(store) == ["withdrawn"]


def test_what_was_found_live_cannot_be_withdrawn_before_its_match_is_kept(store):
    case_id = open_case(store, 2)
    withdrawing = threading.Thread(target=withdraw_case, args=(store, case_id))

    with store.transaction() as tx:
        assert len(tx.matches._live(listed_in(store))) == 2
        withdrawing.start()
        withdrawing.join(timeout=0.3)
        assert withdrawing.is_alive()
    withdrawing.join()


def test_a_match_waits_for_a_withdrawal_under_way_and_is_none(store, platform):
    case_id = open_case(store, 1)
    graded = [make_graded(id_) for id_ in listed_in(store)]

    with ThreadPoolExecutor(1) as pool:
        with store.transaction() as tx:
            tx.cases.withdraw(case_id, at=AT)
            asking = pool.submit(confirm, store, make_asked(platform), graded)
        assert asking.result() is None

    assert states(store) == []

"""What holds for every database: cases are opened, added to and withdrawn."""

from dataclasses import replace

from hashsvc.closed_sets import CaseStatus
from tests.indexer.factories import (
    add_to_case,
    listed_in,
    make_enrolment,
    make_enrolments,
    make_new_case,
    make_number_mac,
    open_case,
    withdraw_case,
)
from tests.indexer.rows import every_row


def find(store, seed=0):
    with store.snapshot() as tx:
        return tx.cases.find(make_number_mac(seed))


def test_a_case_is_found_as_it_was_opened(store):
    case_id = open_case(store, 3)

    case = find(store)

    new = make_new_case()
    assert (case.case_id, case.status, case.signatures) == (case_id, CaseStatus.ACTIVE, 3)
    assert (case.pin_digest, case.request_mac) == (new.pin_digest, new.request_mac)
    assert case.opened_day == 22_051  # 2030-05-17; no time of day is kept


def test_a_case_is_found_in_a_transaction_that_may_write(store):
    open_case(store)

    with store.transaction() as tx:
        assert tx.cases.find(make_number_mac()).signatures == 1


def test_an_unknown_number_finds_nothing(store):
    open_case(store)

    assert find(store, seed=1) is None


def test_listed_signatures_open_as_they_were_enrolled(store):
    enrolments = [
        make_enrolment(seed=1),
        make_enrolment(seed=2, strong_only=True, quality=12),
        make_enrolment(seed=3, dhash=None),
    ]

    case_id = open_case(store, enrolments)

    listed = listed_in(store, case_id).values()
    assert {(one.signature, one.strong_only) for one in listed} == {
        (one.signature, one.strong_only) for one in enrolments
    }


def test_ids_are_positive_and_different(store):
    open_case(store, 50)

    ids = list(listed_in(store))

    assert len(set(ids)) == 50
    assert all(0 < id_ < 2**63 for id_ in ids)


def test_live_reads_every_case(store):
    first, second = open_case(store, 2), open_case(store, 3, seed=1)

    assert listed_in(store) == listed_in(store, first) | listed_in(store, second)
    assert len(listed_in(store)) == 5


def test_signatures_are_added_to_an_open_case(store):
    case_id = open_case(store, 2)

    held = add_to_case(store, case_id, make_enrolments(3, start=10))

    assert held == find(store).signatures == len(listed_in(store, case_id)) == 5


def test_signatures_that_a_case_holds_already_are_passed_over(store):
    case_id = open_case(store, 2)
    before = listed_in(store)

    held = add_to_case(store, case_id, make_enrolments(3))

    assert held == 3
    assert len(listed_in(store)) == 3
    assert before.items() <= listed_in(store).items()


def test_a_signature_added_twice_in_one_request_is_listed_once(store):
    case_id = open_case(store, 1)

    held = add_to_case(store, case_id, [make_enrolment(seed=7)] * 2)

    assert held == find(store).signatures == 2


def test_two_cases_may_hold_equal_signatures(store):
    open_case(store, 2)
    second = open_case(store, make_enrolments(2), seed=1)

    withdraw_case(store, second)

    assert len(listed_in(store)) == 2


def test_a_case_may_hold_no_signature(store):
    case_id = open_case(store, 0)

    withdraw_case(store, case_id)

    assert find(store).signatures == 0


def test_a_withdrawn_case_keeps_its_number_and_lists_nothing(store):
    case_id = open_case(store, 4)

    withdraw_case(store, case_id)

    assert find(store) == replace(
        find(store), case_id=case_id, status=CaseStatus.WITHDRAWN, signatures=0
    )
    assert listed_in(store) == listed_in(store, case_id) == {}


def test_withdrawing_one_case_leaves_the_others(store):
    gone, kept = open_case(store, 2), open_case(store, 2, seed=1)
    before = listed_in(store, kept)

    withdraw_case(store, gone)

    assert listed_in(store) == before


def test_withdrawing_twice_is_as_good_as_once(store):
    case_id = open_case(store, 2)

    withdraw_case(store, case_id)
    rows = set(every_row(store))
    withdraw_case(store, case_id)

    assert set(every_row(store)) == rows

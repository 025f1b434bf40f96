"""What holds for every database: what is published, in which order, to whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from hashsvc import RegionKind
from hashsvc.closed_sets import ListedState
from indexer.list_records import ListAccess, Wish
from indexer.records import Standing
from indexer.store import list_tables, tables
from indexer.store.list_streams import ROWS_A_SECOND, seconds_of
from tests.indexer.factories import (
    AT,
    listed_in,
    make_enrolment,
    make_enrolments,
    make_new_key,
    make_platform,
    open_case,
    withdraw_case,
)
from tests.indexer.rows import column


def bank_id_of(tx, name="reported"):
    return tx.lists.bank_id(name)


def granted(store, name="example.com"):
    platform = make_platform(store, name)
    with store.transaction() as tx:
        for operator in ("amina", "ben"):
            grant = tx.lists.grant(platform, bank_id_of(tx), Wish(operator, "4/2026"), at=AT)
    return grant


@pytest.fixture
def grant(store):
    return granted(store)


def publish(store, grant, *, at=AT, every_seconds=0):
    more = True
    while more:
        with store.transaction() as tx:
            more = tx.lists.streams.publish(grant.bank_id, at=at, every_seconds=every_seconds)


def page(store, grant, after=0, **fields):
    with store.snapshot() as tx:
        return tx.lists.page(grant, after, **{"limit": 1_000} | fields)


def real_lines(store, grant, after=0, **fields):
    """Without honey."""
    return [line for line in page(store, grant, after, **fields).lines if line.pos > 2]


def ids(lines):
    return {line.signature_id for line in lines}


def move(store, signature_id, state):
    """As a decision or an operator would."""
    with store.transaction() as tx:
        tx.listing.move({signature_id: Standing(state)}, at=AT)


def test_a_list_takes_two_operators(store):
    platform = make_platform(store)

    def grant(operator):
        with store.transaction() as tx:
            return tx.lists.grant(platform, bank_id_of(tx), Wish(operator, "4/2026"), at=AT)

    def readable():
        with store.snapshot() as tx:
            return tx.lists.grants_of(platform.platform_id)

    assert not grant("amina").holds
    assert readable() == []
    assert grant("ben").holds
    assert [one.bank for one in readable()] == ["reported"]


def test_of_operators_who_agree_at_once_one_grants_a_list(store):
    platform = make_platform(store)
    together = Barrier(4, timeout=60)

    def grant(operator):
        with store.transaction() as tx:
            return tx.lists.grant(platform, bank_id_of(tx), Wish(operator, "4/2026"), at=AT)

    def agree(operator):
        together.wait()
        return grant(operator)

    asked = grant("amina")
    with ThreadPoolExecutor(4) as operators:
        answers = list(operators.map(agree, ["ben", "chao", "dina", "esi"]))

    assert len({one.granted_by for one in answers}) == 1
    assert len(page(store, asked).lines) == 2  # the honey of one recipient


def test_a_revoked_grant_takes_two_operators_again(store, grant):
    with store.transaction() as tx:
        tx.lists.revoke(grant, at=AT)
        assert tx.lists.grants_of(grant.platform.platform_id) == []

    with store.transaction() as tx:
        asked = tx.lists.grant(grant.platform, grant.bank_id, Wish("ben", "5/2026"), at=AT)
    assert (asked.asked_by, asked.granted_by, asked.reference) == ("ben", None, "5/2026")
    assert granted(store).holds
    assert len(page(store, grant).lines) == 2  # the same honey as before


def test_every_recipient_has_honey_of_its_own(store, grant):
    other = granted(store, "other.example")
    publish(store, grant)

    mine, theirs = page(store, grant).lines, page(store, other).lines

    assert (len(mine), len(theirs)) == (2, 2)
    assert not {line.pdq for line in mine} & {line.pdq for line in theirs}
    assert {line.pdq.popcount() for line in mine} == {128}


def test_what_is_listed_is_published_once(store, grant):
    open_case(store, 3)
    publish(store, grant)
    publish(store, grant)

    lines = real_lines(store, grant)

    assert ids(lines) == set(listed_in(store))
    expected = {id_: one.signature.pdq for id_, one in listed_in(store).items()}
    assert {line.signature_id: line.pdq for line in lines} == expected
    assert [line.pos for line in lines] == [3, 4, 5]


def test_additions_wait_and_removals_do_not(store, grant):
    gone = open_case(store, 1, seed=1)
    publish(store, grant, every_seconds=300)
    open_case(store, 1, seed=2)
    withdraw_case(store, gone)
    soon, later = AT + timedelta(seconds=299), AT + timedelta(seconds=300)

    publish(store, grant, at=soon, every_seconds=300)
    before = real_lines(store, grant)
    publish(store, grant, at=later, every_seconds=300)
    after = real_lines(store, grant)

    assert [line.state for line in before] == [ListedState.DELISTED]
    assert [line.state for line in after] == [ListedState.DELISTED, ListedState.PROBATION]


def test_what_is_withdrawn_while_it_waits_is_never_published(store, grant):
    withdraw_case(store, open_case(store, 2))

    publish(store, grant)

    assert real_lines(store, grant) == []


def test_cases_of_one_batch_are_mixed(store, grant):
    for seed in range(8):
        open_case(store, 8, seed=seed)
    publish(store, grant)

    order = [line.signature_id for line in real_lines(store, grant)]

    assert len(order) == 64
    assert order not in (sorted(order), column(store, tables.listed_signature, "id"))


@pytest.mark.parametrize(
    "unfit", [{"quality": 49}, {"region": RegionKind.CROP}, {"region": RegionKind.ANCHOR}]
)
def test_only_whole_photos_with_detail_are_handed_on(store, grant, unfit):
    open_case(store, [make_enrolment(seed=1, **unfit), make_enrolment(seed=2, quality=50)])
    publish(store, grant)

    assert len(real_lines(store, grant)) == 1


def test_a_removal_is_left_without_its_hash(store, grant):
    case_id = open_case(store, 1)
    publish(store, grant)
    (added,) = real_lines(store, grant)
    withdraw_case(store, case_id)

    unpublished = real_lines(store, grant)
    publish(store, grant)
    (removed,) = real_lines(store, grant)

    assert unpublished == []  # left out at once, also before the publisher has come by
    assert (removed.signature_id, removed.pdq, removed.live) == (added.signature_id, None, False)
    assert (removed.pos, removed.added_pos) == (added.pos + 1, added.pos)


def test_what_is_restored_is_added_again(store, grant):
    open_case(store, 1)
    publish(store, grant)
    (first,) = real_lines(store, grant)
    for state in (ListedState.SUSPENDED, ListedState.PROBATION):
        move(store, first.signature_id, state)
        publish(store, grant)

    (again,) = real_lines(store, grant)

    assert (again.live, again.pdq) == (True, first.pdq)
    assert (again.pos, again.added_pos) == (first.pos + 2, first.pos)


def test_a_new_state_is_published_again(store, grant):
    open_case(store, 2)
    publish(store, grant)
    first, second = real_lines(store, grant)
    move(store, first.signature_id, ListedState.CONFIRMED)

    publish(store, grant)

    (again,) = real_lines(store, grant, after=second.pos)
    assert (again.signature_id, again.state) == (first.signature_id, ListedState.CONFIRMED)
    assert again.added_pos == first.pos


def test_a_page_ends_where_the_next_begins(store, grant):
    open_case(store, 7)
    publish(store, grant)

    first = page(store, grant, limit=5)
    rest = page(store, grant, after=first.last_pos, limit=5)

    assert (first.more, rest.more) == (True, False)
    assert [line.pos for line in first.lines + rest.lines] == list(range(1, 10))
    assert page(store, grant, after=rest.last_pos).last_pos == rest.last_pos


def test_published_times_never_fall_and_no_second_holds_too_many(store, grant):
    open_case(store, make_enrolments(ROWS_A_SECOND))
    publish(store, grant, at=AT)
    open_case(store, 1, seed=9_999)
    publish(store, grant, at=AT - timedelta(hours=1))

    times = [line.published_at for line in page(store, grant, limit=9_999).lines]

    start = seconds_of(AT)
    assert times == sorted(times)
    assert times.count(start) == ROWS_A_SECOND
    assert set(times) == {start, start + 1}


def test_a_window_of_time_has_a_position(store, grant):
    open_case(store, 1)
    publish(store, grant, at=AT + timedelta(seconds=10))
    start = seconds_of(AT)

    with store.snapshot() as tx:
        ends = [tx.lists.position_at(grant, start + seconds) for seconds in (-1, 0, 9, 10)]

    assert ends == [0, 2, 2, 3]
    assert real_lines(store, grant, until_second=start + 9) == []


def test_an_acknowledgement_never_goes_back(store, grant):
    for pos in (5, 3):
        with store.transaction() as tx:
            tx.lists.acknowledge(grant, pos, at=AT)

    assert column(store, list_tables.list_grant, "acknowledged") == [5]


def test_an_access_is_kept_with_what_was_handed_over(store, grant):
    with store.transaction() as tx:
        found = tx.lists.page(grant, 0, limit=10)
        tx.platforms.add_key(grant.platform, make_new_key())
        access = ListAccess(grant, "key00001", "stopncii", 0, found)
        tx.lists.note_access(access, at=AT)

    assert column(store, list_tables.list_access, "rows") == [2]

"""What holds for every database: who is signed in to the console, and decisions that wait."""

from datetime import timedelta

import pytest

from hashsvc.closed_sets import Decision, Reason, Restriction
from indexer.console_records import ConsoleSession, HeldDecision
from indexer.platform_records import NewDecision
from indexer.records import MatchId
from tests.indexer.factories import (
    AT,
    confirm,
    listed_in,
    make_asked,
    make_graded,
    make_new_key,
    make_platform,
    make_secret,
    open_case,
)

MAC, OTHER_MAC = make_secret("a session"), make_secret("another")
MINUTE = timedelta(minutes=1)
NEW = NewDecision(Decision.REMOVED, Reason.SYNTHETIC, automated=False, decided_at=AT)
RESTRICTED = NewDecision(
    Decision.RESTRICTED,
    Reason.COURT_ORDER,
    automated=False,
    decided_at=AT - MINUTE,
    restriction=Restriction.GEO,
)


@pytest.fixture
def platform(store):
    """One with a key and a match."""
    made = make_platform(store)
    with store.transaction() as tx:
        tx.platforms.add_key(made, make_new_key())
    open_case(store)
    confirm(store, make_asked(made), [make_graded(id_) for id_ in listed_in(store)])
    return made


def session_of(store, mac=MAC):
    with store.snapshot() as tx:
        return tx.console_sessions.of(mac)


def begin(store, mac=MAC, *, at=AT):
    with store.transaction() as tx:
        tx.console_sessions.begin(mac, "key00001", at=at)


def hold(store, new=NEW, *, match_id="mat_1", send_at=AT):
    with store.transaction() as tx:
        return tx.held_decisions.hold(MatchId(match_id), "key00001", new, send_at=send_at)


def held(store, platform, *, limit=10):
    with store.snapshot() as tx:
        return tx.held_decisions.of(platform.platform_id, limit=limit)


def undo(store, platform, *ids):
    with store.transaction() as tx:
        return tx.held_decisions.undo(ids, platform.platform_id)


def take(store, held_id):
    with store.transaction() as tx:
        return tx.held_decisions.take(held_id)


def due(store, *, at=AT, limit=10):
    with store.snapshot() as tx:
        return tx.held_decisions.due(at=at, limit=limit)


def test_a_session_is_found_as_it_began(store, platform):
    begin(store)

    assert session_of(store) == ConsoleSession("key00001", opened_at=AT, used_at=AT)
    assert session_of(store, OTHER_MAC) is None


def test_its_use_is_noted_and_its_beginning_stays(store, platform):
    begin(store)
    begin(store, OTHER_MAC)

    with store.transaction() as tx:
        tx.console_sessions.note_use(MAC, at=AT + MINUTE)

    assert session_of(store) == ConsoleSession("key00001", opened_at=AT, used_at=AT + MINUTE)
    assert session_of(store, OTHER_MAC).used_at == AT


def test_an_ended_session_does_not_come_back_by_being_used(store, platform):
    begin(store)
    begin(store, OTHER_MAC)

    with store.transaction() as tx:
        tx.console_sessions.end(MAC)
        tx.console_sessions.note_use(MAC, at=AT + MINUTE)

    assert session_of(store) is None
    assert session_of(store, OTHER_MAC) is not None


@pytest.mark.parametrize(
    ("opened_before", "used_before", "stays"),
    [
        (AT - MINUTE, AT - MINUTE, True),
        (AT, AT - MINUTE, False),
        (AT - MINUTE, AT, False),
    ],
)
def test_old_sessions_are_forgotten(store, platform, opened_before, used_before, stays):
    begin(store)

    with store.transaction() as tx:
        tx.console_sessions.purge(opened_before=opened_before, used_before=used_before)

    assert (session_of(store) is not None) is stays


def test_held_decisions_are_found_as_they_were_made(store, platform):
    first = hold(store)
    second = hold(store, RESTRICTED, send_at=AT + MINUTE)

    assert held(store, platform) == [
        HeldDecision(second, MatchId("mat_1"), "key00001", RESTRICTED, AT + MINUTE),
        HeldDecision(first, MatchId("mat_1"), "key00001", NEW, AT),
    ]
    assert [one.held_id for one in held(store, platform, limit=1)] == [second]


def test_a_held_decision_is_its_platforms_alone(store, platform):
    other = make_platform(store, "other.example")
    held_id = hold(store)

    assert held(store, other) == []
    assert undo(store, other, held_id) == 0
    assert [one.held_id for one in held(store, platform)] == [held_id]


def test_what_is_undone_is_gone_and_the_rest_stays(store, platform):
    first, second, third = (hold(store) for _ in range(3))

    assert undo(store, platform, first, third) == 2
    assert undo(store, platform, first) == 0
    assert [one.held_id for one in held(store, platform)] == [second]
    assert take(store, first) is None


def test_an_id_is_never_given_again(store, platform):
    first = hold(store)
    undo(store, platform, first)

    assert hold(store) > first


def test_what_is_due_comes_in_the_order_it_was_made(store, platform):
    late = hold(store, send_at=AT + MINUTE)
    first, second = hold(store), hold(store)

    assert due(store) == [first, second]
    assert due(store, limit=1) == [first]
    assert due(store, at=AT - MINUTE) == []
    assert due(store, at=AT + MINUTE) == [late, first, second]


def test_what_is_taken_is_taken_once(store, platform):
    held_id = hold(store, RESTRICTED)

    assert take(store, held_id).new == RESTRICTED
    assert take(store, held_id) is None
    assert held(store, platform) == []


def test_what_could_not_be_sent_still_waits(store, platform):
    held_id = hold(store)

    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        _ = 1 // (tx.held_decisions.take(held_id) is None)

    assert due(store) == [held_id]

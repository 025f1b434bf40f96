"""What holds for every database: a month counts what happened in it, platform by platform."""

from datetime import timedelta

import pytest

from hashsvc.closed_sets import (
    AppealOutcome,
    AppealReason,
    Decision,
    FeedKind,
    Reason,
)
from indexer.platform_records import NewClock, NewDecision, NewEntry
from indexer.records import MatchId
from indexer.store import tables
from indexer.store.appeals import NewAppeal
from indexer.store.statistics import Cell, Period, Span
from tests.indexer.factories import (
    AT,
    confirm,
    listed_in,
    make_asked,
    make_graded,
    make_new_key,
    make_platform,
    open_case,
    withdraw_case,
)
from tests.indexer.rows import alter

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HERE = Period(AT - DAY, AT + 2 * DAY)
BEFORE = Period(AT - 9 * DAY, AT)
AFTER = Period(AT + 2 * DAY, AT + 9 * DAY)
MATCH = MatchId("mat_1")


@pytest.fixture
def platform(store):
    return make_platform(store)


@pytest.fixture
def match(store, platform):
    """One match that began at AT, and a key of its platform."""
    open_case(store, 1)
    (id_,) = listed_in(store)
    confirm(store, make_asked(platform, new_id=MATCH), [make_graded(id_)])
    with store.transaction() as tx:
        tx.platforms.add_key(platform, make_new_key())
    return MATCH


def decide(store, decision, reason, *, at):
    new = NewDecision(decision, reason, automated=False, decided_at=at)
    with store.transaction() as tx:
        tx.decisions.keep(MATCH, "key00001", new, at=at)


def counts(store, what, period=HERE):
    with store.snapshot() as tx:
        return getattr(tx.statistics, what)(period)


def test_a_match_counts_where_it_began(store, platform, match):
    assert counts(store, "matches") == [Cell(platform.platform_id, ("strong",), 1)]
    assert counts(store, "matches", BEFORE) == []
    assert counts(store, "matches", AFTER) == []
    assert counts(store, "matches", Period(AT, AT + HOUR)) != []


def test_the_last_word_before_the_end_counts_once(store, platform, match):
    decide(store, Decision.PENDING, Reason.UNDER_REVIEW, at=AT + HOUR)
    decide(store, Decision.KEPT, Reason.NOT_A_MATCH, at=AT + 2 * HOUR)
    decide(store, Decision.REMOVED, Reason.SYNTHETIC, at=AT + 3 * DAY)

    words = ("strong", "probation", "kept", "not_a_match")
    assert counts(store, "decisions") == [Cell(platform.platform_id, words, 1)]
    later = ("strong", "probation", "removed", "synthetic")
    assert counts(store, "decisions", AFTER) == [Cell(platform.platform_id, later, 1)]


def test_the_first_decision_that_is_one_ends_the_time(store, platform, match):
    decide(store, Decision.PENDING, Reason.UNDER_REVIEW, at=AT + HOUR)
    assert counts(store, "decision_times") == []
    decide(store, Decision.KEPT, Reason.NOT_INTIMATE, at=AT + 2 * HOUR)
    decide(store, Decision.REMOVED, Reason.SYNTHETIC, at=AT + 5 * HOUR)

    assert counts(store, "decision_times") == [Span(platform.platform_id, 2 * HOUR)]


def test_what_stands_on_nothing_live_says_so(store, platform, match):
    decide(store, Decision.REMOVED, Reason.SYNTHETIC, at=AT)
    alter(store, tables.listed_signature, state="suspended")

    assert [cell.words[1] for cell in counts(store, "decisions")] == ["none"]


def test_appeals_count_where_they_were_received(store, platform, match):
    for number, outcome in enumerate(AppealOutcome):
        new = NewAppeal(f"app_{number}", match, outcome, AppealReason.OTHER, AT)
        with store.transaction() as tx:
            tx.appeals.keep(new, "key00001", at=AT)

    found = {cell.words: cell.count for cell in counts(store, "appeals")}
    assert found == {("upheld",): 1, ("rejected",): 1}
    assert counts(store, "appeals", AFTER) == []


@pytest.mark.parametrize(
    ("stopped", "word"), [(HOUR, "met"), (2 * HOUR, "met"), (3 * HOUR, "missed"), (None, "missed")]
)
def test_a_clock_is_met_when_it_was_stopped_by_its_due_time(store, platform, match, stopped, word):
    with store.transaction() as tx:
        new = NewClock("us-tida", 1, AT, due_at=AT + 2 * HOUR, warn_at=None)
        tx.clocks.start(match, new, at=AT)
        if stopped is not None:
            tx.clocks.stop(match, why="removed", at=AT + stopped)

    assert counts(store, "clocks") == [Cell(platform.platform_id, ("us-tida", word), 1)]
    assert counts(store, "clocks", AFTER) == []


def test_a_withdrawal_counts_from_its_entry_to_its_acknowledgement(store, platform):
    case_id = open_case(store, 1)
    (id_,) = listed_in(store)
    confirm(store, make_asked(platform), [make_graded(id_)])
    withdraw_case(store, case_id)
    other = NewEntry(platform.platform_id, FeedKind.POLICY_CHANGED)
    with store.transaction() as tx:
        tx.feeds.append([other], at=AT)
    assert counts(store, "acknowledgement_times") == [Span(platform.platform_id, None)]

    with store.transaction() as tx:
        tx.feeds.acknowledge(platform.platform_id, 2, at=AT + HOUR)

    assert counts(store, "acknowledgement_times") == [Span(platform.platform_id, HOUR)]

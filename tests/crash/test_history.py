"""The checker itself: a good history passes, and a bad one for each rule does not."""

from dataclasses import replace

import pytest

from tests.crash.history import Event, Op, Outcome, violations

ADD = Event(Op.ADD, 1, invoked=0, completed=1, seq=1)
WITHDRAW = Event(Op.WITHDRAW, 1, invoked=20, completed=21)
QUERY = Event(Op.QUERY, 1, invoked=10, completed=11, found=(1,))
LATER = Event(Op.QUERY, 1, invoked=30, completed=31)
GOOD = [ADD, QUERY, WITHDRAW, LATER]


def rules(events, log=(1, 2), audited=()):
    found = violations(events, log=log, fresh_seconds=5, audited=audited)
    return {one.rule[:2] for one in found}


def test_a_good_history_breaks_no_rule():
    assert rules(GOOD) == set()


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("H1", [ADD, replace(QUERY, found=())]),
        ("H2", [*GOOD, replace(LATER, found=(1,))]),
        ("H3", [replace(QUERY, found=(7,))]),
        ("H3", [replace(ADD, outcome=Outcome.FAIL), QUERY]),
        ("H3", [replace(ADD, invoked=15, completed=16), QUERY]),
        ("H4", [ADD, replace(QUERY, invoked=2, completed=3, found=(), min_seq=1)]),
        ("H5", [ADD, replace(ADD, id=2, invoked=2, completed=3)]),
        ("H5", [replace(ADD, seq=2), replace(ADD, id=2, invoked=2, completed=3, seq=1)]),
        ("H5", [replace(ADD, seq=3)]),
    ],
)
def test_a_bad_history_breaks_its_rule(rule, events):
    assert rule in rules(events)


def test_a_log_with_a_gap_is_seen():
    assert rules([ADD], log=(1, 3)) == {"H5"}


TOLD = replace(QUERY, answered=("mat_1", "mat_2"))
TWICE = ("mat_1", "mat_2", "mat_1", "mat_2")


@pytest.mark.parametrize(
    ("events", "audited"),
    [
        ([ADD, TOLD], ("mat_1",)),  # an answer without its row
        ([ADD, TOLD, TOLD], ("mat_1", "mat_2")),  # asked twice, kept once
        ([ADD, TOLD], TWICE),  # a row without its answer
        ([ADD, replace(TOLD, outcome=Outcome.INFO), TOLD], ()),
    ],
)
def test_an_answer_and_its_audit_row_go_together(events, audited):
    assert rules(events, audited=audited) == {"H6"}


@pytest.mark.parametrize(
    ("events", "audited"),
    [
        ([ADD, TOLD, TOLD], TWICE),
        ([ADD, TOLD, replace(TOLD, outcome=Outcome.INFO)], ("mat_1", "mat_2")),  # it never came
        ([ADD, TOLD, replace(TOLD, outcome=Outcome.INFO)], TWICE),  # it came, and no answer left
    ],
)
def test_answers_with_their_audit_rows_break_no_rule(events, audited):
    assert rules(events, audited=audited) == set()


@pytest.mark.parametrize(
    "events",
    [
        [ADD, replace(QUERY, invoked=3, completed=4, found=())],  # not due yet
        [ADD, WITHDRAW, replace(LATER, invoked=19, found=(1,))],  # asked before it was withdrawn
        [ADD, WITHDRAW, replace(QUERY, invoked=20, completed=22, found=())],
        [replace(ADD, outcome=Outcome.INFO, seq=None), QUERY],  # nobody answered, yet it happened
        [ADD, replace(WITHDRAW, outcome=Outcome.INFO), replace(LATER, found=(1,))],
        [ADD, replace(ADD, id=2, completed=2, seq=2)],  # at the same time: either order
        [ADD, replace(QUERY, found=(), outcome=Outcome.FAIL)],
    ],
)
def test_what_nobody_can_know_breaks_no_rule(events):
    assert rules(events) == set()

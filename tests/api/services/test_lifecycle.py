"""The table of effects is whole, and votes move signatures as the rules say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.services.lifecycle import DEFAULT_THRESHOLDS, EFFECTS, Outcome, moved
from hashsvc.closed_sets import Decision, ListedState, Reason
from indexer.platform_records import Votes
from indexer.records import Hold, Side, Standing

PROBATION = Standing(ListedState.PROBATION)
CONFIRMED = Standing(ListedState.CONFIRMED)
DELISTED = Standing(ListedState.DELISTED)


def suspended(hold):
    return Standing(ListedState.SUSPENDED, hold)


def after(standing, *, confirm=0, suspend=0):
    return moved(standing, Votes(confirm, suspend), DEFAULT_THRESHOLDS)


def test_every_decision_and_every_reason_has_an_effect():
    assert {decision for decision, _ in EFFECTS} == set(Decision)
    assert {reason for _, reason in EFFECTS} == set(Reason)


def test_only_pending_lets_clocks_run():
    running = {key for key, effect in EFFECTS.items() if not effect.stops_clocks}

    assert running == {key for key in EFFECTS if key[0] is Decision.PENDING}


def test_what_platforms_act_on_confirms_and_what_is_no_match_suspends():
    votes = {key: effect.vote for key, effect in EFFECTS.items() if effect.vote}

    assert {reason for (_, reason), side in votes.items() if side is Side.SUSPEND} == {
        Reason.NOT_A_MATCH,
        Reason.BENIGN_ASSET,
    }
    assert {decision for (decision, _), side in votes.items() if side is Side.CONFIRM} == {
        Decision.REMOVED,
        Decision.RESTRICTED,
    }


def test_a_suspected_minor_is_held_and_not_told():
    effect = EFFECTS[Decision.REMOVED, Reason.MINOR_SUSPECTED]

    assert (effect.hold, effect.outcome, effect.vote) == (Hold.CHILD, Outcome.HIDDEN, None)


@pytest.mark.parametrize(
    ("standing", "confirm", "suspend", "to"),
    [
        (PROBATION, 0, 0, PROBATION),
        (PROBATION, 1, 0, CONFIRMED),
        (PROBATION, 0, 1, PROBATION),
        (PROBATION, 0, 2, suspended(Hold.VOTES)),
        (PROBATION, 1, 1, CONFIRMED),
        (PROBATION, 3, 2, CONFIRMED),
        (CONFIRMED, 1, 1, CONFIRMED),
        (CONFIRMED, 1, 2, suspended(Hold.VOTES)),
        (CONFIRMED, 2, 2, suspended(Hold.VOTES)),
        (CONFIRMED, 3, 2, CONFIRMED),
        (CONFIRMED, 0, 0, CONFIRMED),
        (suspended(Hold.FLOOD), 1, 0, CONFIRMED),
        (suspended(Hold.FLOOD), 0, 0, suspended(Hold.FLOOD)),
        (suspended(Hold.VOTES), 9, 0, suspended(Hold.VOTES)),
        (suspended(Hold.CHILD), 9, 0, suspended(Hold.CHILD)),
        (suspended(Hold.APPEAL), 9, 0, suspended(Hold.APPEAL)),
        (suspended(Hold.INTAKE), 9, 0, suspended(Hold.INTAKE)),
        (DELISTED, 9, 0, DELISTED),
    ],
)
def test_votes_move_signatures(standing, confirm, suspend, to):
    assert after(standing, confirm=confirm, suspend=suspend) == to


@given(
    st.sampled_from([PROBATION, CONFIRMED, *map(suspended, Hold), DELISTED]),
    st.integers(0, 9),
    st.integers(0, 9),
)
def test_voting_again_changes_nothing_more(standing, confirm, suspend):
    once = after(standing, confirm=confirm, suspend=suspend)

    assert after(once, confirm=confirm, suspend=suspend) == once

"""What holds for every database: which matches a platform's list shows."""

from datetime import timedelta

import pytest

from hashsvc import Tier
from hashsvc.closed_sets import ListedState, MatchState, Surface
from indexer.platform_records import MatchFilter, NewClock, NewNotice
from indexer.records import MatchId, Standing
from indexer.store.matches import Asked
from tests.indexer.factories import (
    AT,
    add_to_case,
    confirm,
    listed_in,
    make_enrolments,
    make_graded,
    make_platform,
    make_secret,
    open_case,
)

HOUR = timedelta(hours=1)


def clock(hours):
    return NewClock("service-review", 1, AT, due_at=AT + hours * HOUR, warn_at=None)


def ask_about(store, platform, signature_id, *, ref, tier, surface, clocks=()):
    asked = Asked(
        platform.platform_id,
        ref,
        make_secret(ref),
        MatchId(f"mat_{ref}"),
        surface=surface,
        clocks=clocks,
    )
    confirm(store, asked, [make_graded(signature_id, tier=tier)])


@pytest.fixture
def platform(store):
    """With a confirmed strong match that is due soon, and a likely one without a clock."""
    made = make_platform(store)
    case_id = open_case(store, 1)
    add_to_case(store, case_id, make_enrolments(1, start=50))
    first, second = listed_in(store)
    soon = (clock(2),)
    ask_about(store, made, first, ref="a", tier=Tier.STRONG, surface=Surface.UPLOAD, clocks=soon)
    ask_about(store, made, second, ref="b", tier=Tier.LIKELY, surface=Surface.PROFILE)
    with store.transaction() as tx:
        tx.listing.move({first: Standing(ListedState.CONFIRMED)}, at=AT)
    return made


def shown(store, platform, **wanted):
    with store.snapshot() as tx:
        found = tx.match_views.page(
            platform.platform_id, MatchFilter(**wanted), after=None, limit=10
        )
    return [view.ref for view in found]


@pytest.mark.parametrize(
    ("wanted", "refs"),
    [
        ({}, ["a", "b"]),
        ({"states": (MatchState.OPEN, MatchState.PENDING)}, ["a", "b"]),
        ({"states": (MatchState.DECIDED,)}, []),
        ({"tier": Tier.LIKELY}, ["b"]),
        ({"surface": Surface.UPLOAD}, ["a"]),
        ({"list_state": ListedState.CONFIRMED}, ["a"]),
        ({"list_state": ListedState.PROBATION}, ["b"]),
        ({"due_before": AT + 3 * HOUR}, ["a"]),
        ({"due_before": AT + HOUR}, []),
        ({"tier": Tier.LIKELY, "list_state": ListedState.CONFIRMED}, []),
    ],
)
def test_the_list_shows_what_was_asked_for(store, platform, wanted, refs):
    assert shown(store, platform, **wanted) == refs


def test_notices_are_read_in_the_order_in_which_they_came(store, platform):
    late = NewNotice("ntc_1", "us-tida", AT + HOUR, ())
    early = NewNotice("ntc_2", "us-tida", AT, ("signature", "good_faith"))
    with store.transaction() as tx:
        for notice in (late, early):
            tx.clocks.keep_notice(MatchId("mat_a"), notice)

    with store.snapshot() as tx:
        assert tx.clocks.notices(MatchId("mat_a")) == [early, late]
        assert tx.clocks.notices(MatchId("mat_b")) == []

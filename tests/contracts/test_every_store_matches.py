"""What holds for every database: only what is live becomes a match, and one match per photo."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hashsvc import Tier
from hashsvc.closed_sets import ListedState, MatchState
from indexer.store import tables
from tests.indexer.factories import (
    confirm,
    listed_in,
    make_asked,
    make_graded,
    make_platform,
    open_case,
    withdraw_case,
)
from tests.indexer.rows import alter, column, every_row, row_counts


@pytest.fixture
def platform(store):
    return make_platform(store)


def states(store):
    return column(store, tables.match, "state")


def test_a_live_signature_becomes_a_match(store, platform):
    open_case(store, 1)
    (id_,) = listed_in(store)
    graded = make_graded(id_, pdq_distance=8, dhash_distance=3)

    match = confirm(store, make_asked(platform), [graded])

    assert match.match_id == "mat_1"
    assert match.nearest == graded
    assert (match.state, match.list_state) == (MatchState.OPEN, ListedState.PROBATION)


def test_a_match_names_its_nearest_live_hit(store, platform):
    gone, kept = open_case(store, 1), open_case(store, 2, seed=1)
    (best,) = listed_in(store, gone)
    worse, worst = listed_in(store, kept)
    withdraw_case(store, gone)
    graded = [
        make_graded(best, pdq_distance=0),
        make_graded(worst, tier=Tier.POSSIBLE, pdq_distance=60),
        make_graded(worse, tier=Tier.LIKELY, pdq_distance=40),
    ]

    match = confirm(store, make_asked(platform), graded)

    assert match.nearest == graded[2]
    assert set(column(store, tables.match_hit, "signature_id")) == {worse, worst}
    assert column(store, tables.match, "tier") == [Tier.LIKELY]


@pytest.mark.parametrize("state", ListedState)
def test_only_live_states_are_confirmed(store, platform, state):
    open_case(store, 1)
    (id_,) = listed_in(store)
    alter(store, tables.listed_signature, state=state)

    match = confirm(store, make_asked(platform), [make_graded(id_)])

    live = state in (ListedState.PROBATION, ListedState.CONFIRMED)
    assert (match.list_state if match else None) == (state if live else None)


def test_nothing_live_leaves_nothing(store, platform):
    case_id = open_case(store, 1)
    (id_,) = listed_in(store)
    withdraw_case(store, case_id)
    rows = set(every_row(store))

    assert confirm(store, make_asked(platform), [make_graded(id_), make_graded(5)]) is None
    assert confirm(store, make_asked(platform), []) is None
    assert set(every_row(store)) == rows


def test_asking_again_gives_the_same_match(store, platform):
    open_case(store, 2)
    one, other = listed_in(store)
    confirm(store, make_asked(platform), [make_graded(one)])

    again = confirm(
        store, make_asked(platform, new_id="mat_2"), [make_graded(i) for i in (one, other)]
    )

    assert again.match_id == "mat_1"
    assert row_counts(store)["match"] == 1
    assert sorted(column(store, tables.match_hit, "signature_id")) == sorted([one, other])


def test_asking_again_renames_the_tier(store, platform):
    open_case(store, 1)
    (id_,) = listed_in(store)
    confirm(store, make_asked(platform), [make_graded(id_, tier=Tier.POSSIBLE)])

    confirm(store, make_asked(platform), [make_graded(id_, tier=Tier.STRONG)])

    assert column(store, tables.match, "tier") == [Tier.STRONG]


def test_another_photo_or_platform_gets_another_match(store, platform):
    open_case(store, 1)
    graded = [make_graded(id_) for id_ in listed_in(store)]
    questions = [
        make_asked(platform, new_id="mat_1"),
        make_asked(platform, ref="photo 2", new_id="mat_2"),
        make_asked(make_platform(store, "other.example"), new_id="mat_3"),
    ]

    ids = [confirm(store, asked, graded).match_id for asked in questions]

    assert ids == ["mat_1", "mat_2", "mat_3"]


def test_several_askers_at_once_share_one_match(store, platform):
    open_case(store, 3)
    graded, start = [make_graded(id_) for id_ in listed_in(store)], threading.Barrier(4)

    def asking(number):
        start.wait()
        return confirm(store, make_asked(platform, new_id=f"mat_{number}"), graded).match_id

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(asking, range(4)))

    assert len(set(ids)) == 1
    assert column(store, tables.match, "id") == ids[:1]
    assert row_counts(store)["match_hit"] == 3


def test_more_hits_than_a_statement_takes_parameters_are_confirmed(store, platform):
    open_case(store, 1)
    (id_,) = listed_in(store)
    graded = [make_graded(other) for other in range(1, 70_001)] + [make_graded(id_)] * 2

    match = confirm(store, make_asked(platform), graded)

    assert match.nearest.hit.signature_id == id_

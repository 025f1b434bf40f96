"""What holds for every database: banks, benign signatures, and how weak a match may be."""

import pytest

from hashsvc import Tier
from hashsvc.closed_sets import ListedState
from indexer.records import Bank, BankKind, Enrolment
from indexer.store import tables
from tests.factories import make_signature
from tests.indexer.factories import (
    AT,
    add_to_case,
    confirm,
    listed_in,
    log_of,
    make_asked,
    make_enrolments,
    make_graded,
    make_platform,
    open_case,
    withdraw_case,
)
from tests.indexer.rows import column


@pytest.fixture
def platform(store):
    return make_platform(store)


def live(store, kind):
    with store.snapshot() as tx:
        return {entry.signature_id: entry for entry in tx.listing.live(kind)}


def limit(store, name, tier):
    with store.transaction() as tx:
        return tx.banks.limit(name, tier)


def test_a_new_store_has_a_bank_for_reports_and_one_for_benign_signatures(store):
    with store.snapshot() as tx:
        banks = tx.banks.overview()

    assert banks == [
        Bank("benign", BankKind.BENIGN, Tier.STRONG, live=0, held=0),
        Bank("reported", BankKind.REPORTED, Tier.POSSIBLE, live=0, held=0),
    ]


def test_benign_signatures_are_kept_apart_from_reported_ones(store):
    open_case(store, 2)
    with store.transaction() as tx:
        tx.banks.add("benign", make_enrolments(3, start=50), at=AT)

    assert len(live(store, BankKind.REPORTED)) == 2
    assert len(live(store, BankKind.BENIGN)) == 3


def test_each_of_several_banks_gives_what_is_its_own(store):
    open_case(store, 2)
    with store.transaction() as tx:
        tx.banks.make("partner", BankKind.REPORTED)
        tx.banks.add("partner", make_enrolments(3, start=50), at=AT)
    everything = live(store, BankKind.REPORTED)

    with store.snapshot() as tx:
        reported, partner, nobody = map(list, map(tx.listing.live_in, ("reported", "partner", "x")))

    assert (len(reported), len(partner), nobody) == (2, 3, [])
    assert {entry.signature_id: entry for entry in (*reported, *partner)} == everything


def test_a_benign_signature_never_becomes_a_match(store, platform):
    with store.transaction() as tx:
        tx.banks.add("benign", make_enrolments(1), at=AT)
    (id_,) = live(store, BankKind.BENIGN)

    assert confirm(store, make_asked(platform), [make_graded(id_)]) is None


def test_a_held_signature_is_kept_without_being_matched(store, platform):
    case_id = open_case(store, [Enrolment(make_signature(), held=True)])
    (id_,) = listed_in(store, case_id)

    head, changes = log_of(store)

    assert live(store, BankKind.REPORTED) == {}
    assert (head.seq, changes) == (0, [])
    assert column(store, tables.listed_signature, "state") == [ListedState.SUSPENDED]
    assert confirm(store, make_asked(platform), [make_graded(id_)]) is None


def test_a_held_signature_is_not_added_twice_and_goes_with_its_case(store):
    held = [Enrolment(make_signature(), held=True)]
    case_id = open_case(store, held)

    assert add_to_case(store, case_id, held) == 1
    withdraw_case(store, case_id)
    assert column(store, tables.listed_signature, "body") == [None]


def test_the_overview_counts_live_and_held_signatures(store):
    open_case(store, [*make_enrolments(2), Enrolment(make_signature(seed=9), held=True)])

    with store.snapshot() as tx:
        reported = tx.banks.overview()[1]

    assert (reported.live, reported.held) == (2, 1)


@pytest.mark.parametrize("weakest", Tier)
@pytest.mark.parametrize("tier", Tier)
def test_a_bank_answers_at_its_weakest_tier_and_above(store, platform, weakest, tier):
    open_case(store, 1)
    (id_,) = listed_in(store)
    limit(store, "reported", weakest)

    match = confirm(store, make_asked(platform), [make_graded(id_, tier=tier)])

    assert (match is not None) is tier.reaches(weakest)


def test_an_unknown_bank_cannot_be_limited(store):
    assert limit(store, "elsewhere", Tier.STRONG) is False


@pytest.mark.parametrize("first", [Tier.POSSIBLE, Tier.STRONG])
def test_a_match_keeps_the_strongest_tier_of_all_questions(store, platform, first):
    """A platform asks about the whole photo first, then about its parts."""
    second = {Tier.POSSIBLE: Tier.STRONG, Tier.STRONG: Tier.POSSIBLE}[first]
    open_case(store, 2)
    one, other = listed_in(store)

    confirm(store, make_asked(platform), [make_graded(one, tier=first)])
    match = confirm(store, make_asked(platform), [make_graded(other, tier=second)])

    assert match.tier is Tier.STRONG
    assert match.nearest.tier is second


def test_one_signature_hit_again_keeps_its_strongest_tier(store, platform):
    open_case(store, 1)
    (id_,) = listed_in(store)
    for tier in (Tier.LIKELY, Tier.STRONG, Tier.POSSIBLE):
        match = confirm(store, make_asked(platform), [make_graded(id_, tier=tier)])

    assert match.tier is Tier.STRONG
    assert column(store, tables.match_hit, "tier") == [Tier.STRONG]


def test_the_tier_of_a_withdrawn_hit_no_longer_counts(store, platform):
    gone, kept = open_case(store, 1), open_case(store, 1, seed=1)
    (strong,), (likely,) = listed_in(store, gone), listed_in(store, kept)
    graded = [make_graded(strong), make_graded(likely, tier=Tier.LIKELY, pdq_distance=40)]
    confirm(store, make_asked(platform), graded)
    withdraw_case(store, gone)

    match = confirm(store, make_asked(platform), graded)

    assert match.tier is Tier.LIKELY

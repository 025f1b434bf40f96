"""Crowds of uploads and what operators see of held signatures, on every store."""

from datetime import timedelta

import pytest

from hashsvc import Tier
from hashsvc.closed_sets import FeedKind, ListedState
from indexer.platform_records import NewEntry
from indexer.records import Hold, MatchId, Side, Standing
from indexer.store.floods import Crowd, Holder, Traffic, minute_of
from indexer.store.matches import Asked
from tests.indexer.factories import (
    AT,
    listed_in,
    make_graded,
    make_platform,
    make_secret,
    open_case,
)

HELD = Standing(ListedState.SUSPENDED, Hold.VOTES)
DAY = timedelta(days=1)
TODAY = (AT - AT.replace(year=1970, month=1, day=1)).days


@pytest.fixture
def ids(store):
    """Three signatures of a case."""
    open_case(store, 3)
    return sorted(listed_in(store))


@pytest.fixture
def platforms(store):
    return [make_platform(store, name) for name in ("one", "two", "three")]


def upload(store, platform, ref, *graded, at=AT):
    """One upload that matches; returns the match's id."""
    new_id = MatchId(f"mat_{make_secret(ref).hex()[:20]}")
    asked = Asked(platform.platform_id, ref, make_secret(ref), new_id)
    with store.transaction() as tx:
        tx.matches.confirm(asked, graded, at=at)
    return new_id


def crowds(store, **fields):
    with store.snapshot() as tx:
        return tx.floods.crowds(**{"since": AT - DAY, "listed_since": 0, "over": 1} | fields)


def test_a_crowd_is_counted_by_platform(store, ids, platforms):
    for number in range(3):
        upload(store, platforms[0], f"a {number}", make_graded(ids[0]), make_graded(ids[1]))
    upload(store, platforms[1], "b", make_graded(ids[0]))
    one, two = (platform.platform_id for platform in platforms[:2])

    first, second = Crowd(ids[0], {one: 3, two: 1}), Crowd(ids[1], {one: 3})
    assert crowds(store) == [first, second]
    assert crowds(store, over=3) == [first]
    assert crowds(store, over=4) == []
    assert crowds(store, since=AT + DAY) == []
    assert crowds(store, listed_since=TODAY + 10_000) == []


def test_only_what_is_on_probation_and_not_reviewed_counts(store, ids, platforms):
    for number in range(3):
        upload(store, platforms[0], f"a {number}", *(make_graded(id_) for id_ in ids))
    confirmed = Standing(ListedState.CONFIRMED)
    with store.transaction() as tx:
        tx.listing.move({ids[0]: HELD, ids[1]: confirmed}, at=AT)
        tx.reviews.mark(ids[2:], at=AT)

    assert crowds(store) == []


def test_questions_add_up_by_minute_and_are_forgotten(store, platforms):
    (platform_id, *_) = (platform.platform_id for platform in platforms)
    minute = minute_of(AT)
    with store.transaction() as tx:
        tx.floods.count_questions({(platform_id, minute): 5, (platform_id, minute - 1): 7})
        tx.floods.count_questions({(platform_id, minute): 5})

    def traffic(enough):
        with store.snapshot() as tx:
            return tx.floods.traffic(platform_id, since=AT - DAY, enough=enough)

    assert traffic(10) == Traffic(10, AT.replace(second=0, microsecond=0))
    assert traffic(11).uploads == 17
    assert traffic(18) == Traffic(17, AT - DAY)
    with store.transaction() as tx:
        tx.floods.forget_questions(before=AT)
    assert traffic(18).uploads == 10


def test_holders_are_those_with_most_matches_and_their_surest_one(store, ids, platforms):
    one, two, three = platforms
    weak = make_graded(ids[0], tier=Tier.LIKELY)
    upload(store, one, "one", weak)
    oldest = upload(store, two, "two weak", weak)
    surest = upload(store, two, "two strong", make_graded(ids[0]), at=AT + DAY)
    upload(store, three, "three", make_graded(ids[1]))

    with store.snapshot() as tx:
        holders = tx.floods.holders(ids[0], limit=3)
        first = tx.floods.holders(ids[0], limit=1)
        uploads = tx.floods.uploads(ids[0], two.platform_id, since=AT + DAY)

    assert [one_.platform_id for one_ in holders] == [two.platform_id, one.platform_id]
    assert first == [Holder(two.platform_id, surest)]
    assert oldest not in {one_.match_id for one_ in holders}
    assert uploads == 1


def test_what_is_held_is_shown_with_uploads_votes_and_when_somebody_was_asked(
    store, ids, platforms
):
    one, two, _ = platforms
    match_id = upload(store, one, "one", make_graded(ids[0]))
    upload(store, one, "again", make_graded(ids[0]))
    with store.transaction() as tx:
        tx.votes.cast(match_id, two.platform_id, Side.SUSPEND, [ids[0]])
        tx.feeds.append(
            [NewEntry(one.platform_id, FeedKind.MATCH_REVIEW_REQUESTED, match_id)], at=AT
        )
        tx.listing.move({ids[0]: HELD, ids[1]: Standing(ListedState.SUSPENDED, Hold.FLOOD)}, at=AT)
        tx.reviews.wish([ids[0]], by="amina")
        tx.reviews.wish([ids[0]], by="brian")

    with store.snapshot() as tx:
        urgent, other = tx.reviews.held(None, None, limit=10)
        totals = tx.reviews.totals()
        counts = [
            len(tx.reviews.held(*which, limit=1)) for which in ((Hold.CHILD, None), (None, "x"))
        ]

    assert (urgent.signature_id, other.signature_id) == (ids[1], ids[0])
    assert totals == {Hold.VOTES: 1, Hold.FLOOD: 1}
    assert counts == [0, 0]
    assert (other.bank, other.standing, other.asked_at) == ("reported", HELD, AT)
    assert (other.uploads, other.votes(Side.SUSPEND), other.votes(Side.CONFIRM)) == (2, 1, 0)
    assert [(voice.platform, voice.uploads) for voice in other.voices] == [("one", 2), ("two", 0)]
    assert (other.wished_by, urgent.wished_by, urgent.asked_at) == ("brian", None, None)


def test_what_was_brought_back_says_so_and_waits_for_nobody(store, ids):
    with store.transaction() as tx:
        tx.reviews.wish(ids, by="amina")
        tx.reviews.mark(ids[:1], at=AT)
        first, second, _ = tx.reviews.these(ids)

    assert (first.wished_by, second.wished_by) == (None, "amina")
    assert first.reviewed_day is not None
    assert second.reviewed_day is None

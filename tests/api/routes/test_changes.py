"""A platform's feed: in order, without a gap, for it alone; cursors that nobody can make up."""

from time import monotonic

import pytest

from api.security.scopes import Scope
from indexer.store import tables
from tests.api.bodies import case_request, opened_number
from tests.api.deciding import changes, match_on
from tests.factories import make_signature
from tests.indexer.rows import alter, column


@pytest.fixture
def platform(make_key):
    return lambda name="example": make_key(Scope.MATCHES_WRITE, Scope.CHANGES_READ, name=name)


@pytest.fixture
def key(platform):
    return platform()


def withdrawn_matches(client, key, count, *, start=0):
    """Match and withdraw so many cases; the ids of the matches."""
    ids = []
    for seed in range(start, start + count):
        number = opened_number(client, make_signature(seed=seed))
        ids.append(match_on(client, key, make_signature(seed=seed), ref=f"upl-{seed}"))
        case_request(client, "withdraw", number)
    return ids


def acknowledge(client, key, cursor):
    return client.post("/v1/changes/ack", json={"cursor": cursor}, headers=key)


def acknowledged(client):
    store = client.app.state.services.matching.store
    return column(store, tables.feed, "acknowledged")


def test_an_empty_feed_is_a_page_with_a_cursor(client, key):
    page = changes(client, key).json()

    assert (page["items"], page["has_more"]) == ([], False)
    assert changes(client, key, page["next_cursor"]).json()["items"] == []


def test_pages_hold_everything_once_and_in_order(client, key):
    ids = withdrawn_matches(client, key, 5)

    told, cursor, more = [], None, True
    while more:
        page = changes(client, key, cursor, limit=2).json()
        told += page["items"]
        cursor, more = page["next_cursor"], page["has_more"]

    assert [entry["seq"] for entry in told] == [1, 2, 3, 4, 5]
    assert [entry["match_id"] for entry in told] == ids


def test_a_feed_goes_on_from_its_cursor(client, key):
    withdrawn_matches(client, key, 1)
    cursor = changes(client, key).json()["next_cursor"]

    later = withdrawn_matches(client, key, 1, start=1)

    assert [e["match_id"] for e in changes(client, key, cursor).json()["items"]] == later


def test_nobody_hears_of_anothers_matches(client, platform):
    withdrawn_matches(client, platform("one"), 1)

    assert changes(client, platform("other")).json()["items"] == []


def test_acknowledging_never_goes_back(client, key):
    withdrawn_matches(client, key, 1)
    first = changes(client, key).json()["next_cursor"]
    withdrawn_matches(client, key, 1, start=1)
    second = changes(client, key).json()["next_cursor"]

    answers = [acknowledge(client, key, cursor) for cursor in (second, first)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert acknowledged(client) == [2]


@pytest.mark.parametrize("cursor", ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "ä", "A" * 256])
def test_garbage_is_no_cursor(client, key, cursor):
    assert acknowledge(client, key, cursor).status_code == 422
    assert client.get("/v1/changes", params={"cursor": cursor}, headers=key).status_code == 422


def test_a_strangers_cursor_is_refused(client, platform):
    withdrawn_matches(client, platform("one"), 1)
    cursor = changes(client, platform("one")).json()["next_cursor"]

    assert acknowledge(client, platform("other"), cursor).status_code == 422
    assert changes(client, platform("other"), cursor).status_code == 422


def test_a_cursor_of_another_list_is_refused(client, make_key):
    key = make_key(Scope.MATCHES_WRITE, Scope.CHANGES_READ, Scope.MATCHES_READ)
    withdrawn_matches(client, key, 2)
    cursor = client.get("/v1/matches", params={"limit": 1}, headers=key).json()["next_cursor"]

    assert changes(client, key, cursor).status_code == 422


def test_a_cursor_from_the_future_has_expired(client, key):
    withdrawn_matches(client, key, 2)
    cursor = changes(client, key).json()["next_cursor"]
    alter(client.app.state.services.matching.store, tables.feed, seq=1)  # as after a restore

    answer = changes(client, key, cursor)

    assert (answer.status_code, answer.json()["type"]) == (410, "/problems/cursor-expired")
    assert acknowledge(client, key, cursor).status_code == 410


def test_a_cursor_of_another_life_of_the_database_has_expired(client, key):
    cursor = changes(client, key).json()["next_cursor"]
    alter(client.app.state.services.matching.store, tables.head, epoch=b"restored")

    assert changes(client, key, cursor).status_code == 410


def test_what_was_forgotten_is_not_skipped_in_silence(client, key):
    cursor = changes(client, key).json()["next_cursor"]
    withdrawn_matches(client, key, 3)
    store = client.app.state.services.matching.store
    with store.transaction() as tx:
        second = tx.feeds.after(1, 1, limit=1)[0]
        tx.feeds.purge(before=second.at)

    assert changes(client, key, cursor).status_code == 410


def test_waiting_ends_when_there_is_something(client, key):
    withdrawn_matches(client, key, 1)
    begun = monotonic()

    page = changes(client, key, wait=30).json()

    assert len(page["items"]) == 1
    assert monotonic() - begun < 10


def test_waiting_ends_with_nothing(client, key):
    assert changes(client, key, wait=0.2).json()["items"] == []


@pytest.mark.parametrize("query", [{"wait": 31}, {"wait": -1}, {"limit": 0}, {"limit": 1001}])
def test_limits_are_limits(client, key, query):
    assert changes(client, key, **query).status_code == 422

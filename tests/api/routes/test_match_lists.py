"""A platform's own matches, page by page, with its own words and nobody else's."""

from datetime import timedelta

import pytest

from api.security.scopes import Scope
from hashsvc.times import now
from indexer.store import tables
from tests.api.deciding import decide, match_on, matched
from tests.factories import make_signature
from tests.indexer.rows import alter, column

SEEN = make_signature(seed=1)


@pytest.fixture
def platform(make_key):
    scopes = (Scope.MATCHES_WRITE, Scope.MATCHES_READ, Scope.DECISIONS_WRITE)
    return lambda name="example": make_key(*scopes, name=name)


@pytest.fixture
def key(platform):
    return platform()


@pytest.fixture
def store(services):
    return services.matching.store


def test_matches_are_listed_with_the_platforms_own_reference(client, platform):
    one, other = platform("one"), platform("other")
    matched(client, one, ref="their-8841", surface="message")
    match_on(client, other, SEEN, ref="not-theirs")

    (line,) = client.get("/v1/matches", headers=one).json()["items"]

    assert (line["ref"], line["surface"], line["state"]) == ("their-8841", "message", "open")
    assert line["list_state"] == "probation"


def test_a_reference_is_sealed_at_rest(client, key, store):
    matched(client, key, ref="their-8841")

    (sealed,) = column(store, tables.match, "ref")

    assert b"their-8841" not in sealed


def test_pages_hold_every_match_once_the_soonest_first(client, key, store):
    ids = [matched(client, key, seed=seed, ref=f"upl-{seed}") for seed in range(7)]
    decide(client, key, ids[0])  # its clock stops: it goes last
    soonest = now() + timedelta(minutes=1)
    alter(store, tables.match, tables.match.c.id == ids[5], due_at=soonest)

    listed, cursor = [], None
    while True:
        params = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/matches", params=params, headers=key).json()
        listed += [line["match_id"] for line in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert sorted(listed) == sorted(ids)
    assert (listed[0], listed[-1]) == (ids[5], ids[0])


def test_matches_are_filtered(client, key):
    decided, opened = (matched(client, key, seed=seed, ref=f"upl-{seed}") for seed in (1, 2))
    decide(client, key, decided)

    def found(**params):
        lines = client.get("/v1/matches", params=params, headers=key).json()["items"]
        return [line["match_id"] for line in lines]

    assert found(state="decided") == [decided]
    assert found(state="open", tier="strong") == [opened]
    assert found(tier="possible") == []
    assert found(surface="live") == []


@pytest.mark.parametrize("cursor", ["x", "AAAA", "$$$", "A" * 250])
def test_a_cursor_that_nobody_gave_out_is_refused(client, key, cursor):
    answer = client.get("/v1/matches", params={"cursor": cursor}, headers=key)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/cursor-invalid")
    assert cursor not in answer.text


def test_a_cursor_of_another_platform_is_refused(client, platform):
    one, other = platform("one"), platform("other")
    for seed in range(2):
        matched(client, one, seed=seed, ref=f"upl-{seed}")
    page = client.get("/v1/matches", params={"limit": 1}, headers=one).json()

    answer = client.get("/v1/matches", params={"cursor": page["next_cursor"]}, headers=other)

    assert answer.status_code == 422

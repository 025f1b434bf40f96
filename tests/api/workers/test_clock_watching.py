"""Platforms hear once that most of a clock's time is gone."""

from datetime import timedelta

import pytest

from api.security.scopes import Scope
from api.workers.clock_watching import ClockWatching
from hashsvc.times import now
from indexer.store import tables
from tests.api.deciding import changes, decide, kinds, matched
from tests.indexer.rows import alter


@pytest.fixture
def key(make_key):
    return make_key(Scope.MATCHES_WRITE, Scope.DECISIONS_WRITE, Scope.CHANGES_READ)


@pytest.fixture
def watching(services):
    return ClockWatching(services.matching.store)


def let_time_pass(watching):
    alter(watching.store, tables.clock, warn_at=now() - timedelta(seconds=1))


def test_nothing_is_told_before_it_is_time(client, key, watching):
    matched(client, key)

    assert watching.look() == 0


def test_a_platform_is_warned_once(client, key, watching):
    match_id = matched(client, key)
    let_time_pass(watching)

    looks = [watching.look(), watching.look()]

    (entry,) = changes(client, key).json()["items"]
    assert looks == [1, 0]
    assert (entry["kind"], entry["match_id"]) == ("match.clock_due", match_id)
    assert entry["about"] == {"regime": "service-review"}


def test_what_is_decided_is_not_warned_about(client, key, watching):
    match_id = matched(client, key)
    let_time_pass(watching)
    decide(client, key, match_id)

    assert watching.look() == 0
    assert kinds(client, key) == []

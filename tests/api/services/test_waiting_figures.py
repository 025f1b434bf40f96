"""Operators see what waits for platforms, and metrics go on without a store."""

import math

import pytest

from api.metrics import Metrics
from api.services.waiting_figures import WaitingFigures
from hashsvc.closed_sets import FeedKind
from indexer.platform_records import NewClock, NewEntry
from indexer.records import MatchId
from tests.indexer.factories import (
    AT,
    confirm,
    listed_in,
    make_asked,
    make_graded,
    make_platform,
    open_case,
)


@pytest.fixture
def waiting(store):
    return WaitingFigures(store, Metrics())


def sample(waiting, name, **labels):
    return waiting.metrics.registry.get_sample_value(name, labels)


def start_clocks(store, *regimes):
    platform = make_platform(store)
    open_case(store, 1)
    (id_,) = listed_in(store)
    confirm(store, make_asked(platform, new_id="mat_1"), [make_graded(id_)])
    with store.transaction() as tx:
        for regime in regimes:
            new = NewClock(regime, 1, AT, due_at=None, warn_at=None)
            tx.clocks.start(MatchId("mat_1"), new, at=AT)


def test_running_clocks_are_counted_and_platforms_names_for_theirs_are_not_shown(store, waiting):
    start_clocks(store, "us-tida", "custom-secret-plan", "custom-other")

    waiting.refresh()

    assert sample(waiting, "hashsvc_clocks", regime="us-tida", state="running") == 1
    assert sample(waiting, "hashsvc_clocks", regime="custom", state="running") == 2
    assert b"secret-plan" not in waiting.metrics.text()


def test_stopped_clocks_are_not(store, waiting):
    start_clocks(store, "us-tida")
    with store.transaction() as tx:
        tx.clocks.stop(MatchId("mat_1"), why="removed", at=AT)

    waiting.refresh()

    assert b"us-tida" not in waiting.metrics.text()


def test_entries_wait_until_they_are_acknowledged(store):
    platform_id = make_platform(store).platform_id
    with store.transaction() as tx:
        entries = [NewEntry(platform_id, FeedKind.POLICY_CHANGED)] * 3
        tx.feeds.append(entries, at=AT)
        tx.feeds.acknowledge(platform_id, 2, at=AT)
    waiting = WaitingFigures(store, Metrics())

    waiting.refresh()

    assert sample(waiting, "hashsvc_feed_unacknowledged") == 1


def test_asking_often_counts_once(store, waiting):
    waiting.refresh()
    start_clocks(store, "us-tida")

    waiting.refresh()

    assert b"us-tida" not in waiting.metrics.text()


def test_without_a_store_the_figures_are_missing_and_nothing_fails(store, waiting):
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE clock RENAME TO elsewhere")

    waiting.refresh()

    assert math.isnan(sample(waiting, "hashsvc_feed_unacknowledged"))

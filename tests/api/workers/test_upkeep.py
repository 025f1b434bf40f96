"""What is done from time to time: old things are forgotten, ends of keys are told."""

from datetime import timedelta

import pytest

from api.security.scopes import Scope
from api.workers.key_watching import KeyWatching
from api.workers.purging import Purging
from hashsvc.times import now
from indexer.store import tables
from indexer.store.alarm_tables import probe_moves
from indexer.store.webhooks import NewWebhook
from tests.api.bodies import ask, item_of, near, open_case
from tests.api.deciding import changes, decide, matched
from tests.factories import make_signature
from tests.indexer.rows import alter, row_counts

DAY = timedelta(days=1)
SCOPES = (Scope.MATCHES_WRITE, Scope.DECISIONS_WRITE, Scope.CHANGES_READ)


@pytest.fixture
def store(services):
    return services.matching.store


@pytest.fixture
def purging(services, store):
    return Purging(store, services.feeds, services.decisions.idempotency)


def test_a_platform_hears_once_of_a_key_that_ends_soon(client, store, make_key):
    key = make_key(*SCOPES, days=13)
    make_key(*SCOPES, days=100)

    assert [KeyWatching(store).look() for _ in range(2)] == [1, 0]

    (entry,) = changes(client, key).json()["items"]
    assert entry["kind"] == "key.expiring"
    assert entry["about"]["key_id"] in key["Authorization"]
    assert entry["about"]["expires_at"] > now().isoformat()


def test_feeds_are_forgotten_after_400_days(client, store, make_key, purging):
    make_key(*SCOPES, days=13)
    KeyWatching(store).look()

    for age, left in ((399, 1), (401, 0)):
        alter(store, tables.feed_entry, at=now() - age * DAY)
        purging.look()
        assert row_counts(store)["feed_entry"] == left


def test_answers_are_forgotten_after_a_day_though_nobody_asks(client, store, make_key, purging):
    key = make_key(*SCOPES)
    decide(client, key, matched(client, key))

    for age, left in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        alter(store, tables.kept_answer, kept_at=now() - age)
        purging.look()
        assert row_counts(store)["kept_answer"] == left


def test_which_places_were_moved_is_forgotten_after_a_day(client, store, make_key, purging):
    key = make_key(*SCOPES)
    open_case(client, make_signature(dhash=None))
    for copy in (make_signature(dhash=None), near(make_signature(dhash=None), pdq_bits=2)):
        ask(client, key, item_of(copy))

    for age, left in ((timedelta(hours=23), 1), (timedelta(hours=25), 0)):
        alter(store, probe_moves, begun_at=now() - age)
        purging.look()
        assert row_counts(store)["probe_moves"] == left


def test_what_was_given_up_is_forgotten_after_30_days(store, make_key, purging):
    make_key(*SCOPES, name="example")
    with store.transaction() as tx:
        platform_id = tx.platforms.named("example").platform_id
        tx.webhooks.add(NewWebhook("whk_1", platform_id, "https://a.example/", "s1"), at=now())
        tx.deliveries.queue_test("whk_1", platform_id, "dlv_1", at=now())

    for age, left in ((29, 1), (31, 0)):
        alter(store, tables.webhook_delivery, dead_at=now() - age * DAY)
        purging.look()
        assert row_counts(store)["webhook_delivery"] == left

"""What holds for every database: hints follow feeds, one worker an address."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest

from hashsvc.closed_sets import FeedKind, HintKind
from indexer.platform_records import NewEntry
from indexer.store.webhooks import NewWebhook, Outcome
from tests.indexer.factories import AT, make_platform
from tests.indexer.rows import every_row, row_counts

LATER = AT + timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
FIRST = "s1"
NUMBERS = count()


@pytest.fixture
def platform(store):
    return make_platform(store)


def add(store, platform, webhook_id="whk_1", *, address="https://a.example/h", secret=FIRST):
    with store.transaction() as tx:
        tx.webhooks.add(NewWebhook(webhook_id, platform.platform_id, address, secret), at=AT)


def tell(store, platform, *kinds):
    with store.transaction() as tx:
        tx.feeds.append([NewEntry(platform.platform_id, kind) for kind in kinds], at=AT)


def queue_hints(store, *, at=AT):
    with store.transaction() as tx:
        tx.deliveries.queue_hints(new_id=lambda: f"dlv_{next(NUMBERS)}", at=at)


def claim(store, *, at=AT, limit=10):
    with store.transaction() as tx:
        return tx.deliveries.claim(at=at, until=at + MINUTE, limit=limit)


def delivered(store, claimed, *, at=AT):
    with store.transaction() as tx:
        tx.deliveries.delivered(claimed, at=at)


def one(store, platform, webhook_id="whk_1"):
    with store.snapshot() as tx:
        return tx.webhooks.one(webhook_id, platform.platform_id)


def waiting(store, webhook_id="whk_1"):
    with store.snapshot() as tx:
        return [(one.kind, one.head_seq) for one in tx.deliveries.of(webhook_id)]


def test_address_and_secret_come_back_and_lie_sealed(store, platform):
    add(store, platform, address="https://a.example/?token=t0p", secret="whsec_abc")
    tell(store, platform, FeedKind.MATCH_CONFIRMED)
    queue_hints(store)

    (claimed,) = claim(store)

    assert (claimed.address, claimed.secrets) == ("https://a.example/?token=t0p", ("whsec_abc",))
    stored = repr(list(every_row(store)))
    assert "a.example" not in stored
    assert "whsec_abc" not in stored
    assert "whsec_abc" not in repr(claimed)


def test_a_webhook_hears_of_what_comes_after_it(store, platform):
    tell(store, platform, FeedKind.MATCH_CONFIRMED)
    add(store, platform)
    queue_hints(store)
    assert waiting(store) == []

    tell(store, platform, FeedKind.MATCH_WITHDRAWN, FeedKind.MATCH_SUSPENDED)
    queue_hints(store)
    queue_hints(store)

    assert waiting(store) == [(HintKind.CHANGES_AVAILABLE, 3)]


def test_sweeps_and_clocks_are_said_apart(store, platform):
    add(store, platform)
    tell(store, platform, FeedKind.SWEEP_REQUESTED, FeedKind.MATCH_CLOCK_DUE)

    queue_hints(store)

    kinds = {kind for kind, _ in waiting(store)}
    apart = {HintKind.SWEEP_REQUESTED, HintKind.MATCH_CLOCK_DUE}
    assert kinds == {HintKind.CHANGES_AVAILABLE, *apart}


def test_a_hint_that_was_never_sent_says_more_and_a_tried_one_stays(store, platform):
    add(store, platform)
    for _ in range(2):
        tell(store, platform, FeedKind.MATCH_CONFIRMED)
        queue_hints(store)
    assert waiting(store) == [(HintKind.CHANGES_AVAILABLE, 2)]

    claim(store)
    tell(store, platform, FeedKind.MATCH_CONFIRMED)
    queue_hints(store, at=LATER)

    assert waiting(store) == [(HintKind.CHANGES_AVAILABLE, 2), (HintKind.CHANGES_AVAILABLE, 3)]


def test_a_platform_hears_nothing_of_another_ones_feed(store, platform):
    add(store, platform)
    other = make_platform(store, "other.example")
    tell(store, other, FeedKind.MATCH_CONFIRMED)

    queue_hints(store)

    assert waiting(store) == []
    assert one(store, other) is None


def test_one_delivery_at_a_time_goes_to_an_address_the_oldest_first(store, platform):
    add(store, platform)
    tell(store, platform, FeedKind.MATCH_CLOCK_DUE)
    queue_hints(store)

    (first,) = claim(store)
    assert claim(store) == []

    delivered(store, first)
    (second,) = claim(store)
    assert second.delivery.delivery_id != first.delivery.delivery_id
    delivered(store, second)
    assert claim(store) == []
    assert waiting(store) == []
    assert one(store, platform).last_outcome is Outcome.DELIVERED


def test_several_workers_never_claim_the_same(store, platform):
    for number in range(12):
        add(store, platform, f"whk_{number}")
    tell(store, platform, FeedKind.MATCH_CONFIRMED)
    queue_hints(store)
    start = threading.Barrier(4)

    def work(_):
        start.wait()
        return claim(store, limit=12)

    with ThreadPoolExecutor(4) as pool:
        claimed = [one.webhook_id for batch in pool.map(work, range(4)) for one in batch]

    assert sorted(claimed) == sorted({f"whk_{number}" for number in range(12)})


def test_what_a_dead_worker_had_claimed_is_claimed_again_and_its_late_word_counts_no_more(
    store, platform
):
    add(store, platform)
    tell(store, platform, FeedKind.MATCH_CONFIRMED)
    queue_hints(store)
    (lost,) = claim(store)

    (again,) = claim(store, at=LATER)
    delivered(store, lost)

    assert again.delivery.delivery_id == lost.delivery.delivery_id
    assert again.delivery.tries == 1  # before this one
    assert len(waiting(store)) == 1


def test_after_a_failure_an_address_waits(store, platform):
    add(store, platform)
    tell(store, platform, FeedKind.MATCH_CONFIRMED)
    queue_hints(store)
    (claimed,) = claim(store)

    with store.transaction() as tx:
        tx.deliveries.failed(claimed, Outcome.REFUSED, at=AT, next_at=LATER)

    assert claim(store) == []
    (again,) = claim(store, at=LATER)
    assert again.failures == 1
    delivered(store, again, at=LATER)
    found = one(store, platform)
    assert (found.failures, found.off_at) == (0, None)


def test_who_was_given_up_hears_nothing_until_a_test(store, platform):
    add(store, platform)
    tell(store, platform, FeedKind.MATCH_CONFIRMED)
    queue_hints(store)
    (claimed,) = claim(store)

    with store.transaction() as tx:
        assert tx.deliveries.give_up(claimed, Outcome.TIMED_OUT, at=AT)
    tell(store, platform, FeedKind.WEBHOOK_OFF)
    queue_hints(store)

    assert one(store, platform).off_at == AT
    assert claim(store, at=LATER) == []
    with store.snapshot() as tx:
        assert [dead.dead_at for dead in tx.deliveries.of("whk_1")] == [AT]

    with store.transaction() as tx:
        tx.deliveries.queue_test("whk_1", platform.platform_id, "dlv_test", at=LATER)
    (test,) = claim(store, at=LATER)
    assert (test.delivery.kind, test.failures) == (HintKind.TEST, 0)


def test_dead_deliveries_are_purged_in_time(store, platform):
    add(store, platform)
    tell(store, platform, FeedKind.MATCH_CONFIRMED)
    queue_hints(store)
    (claimed,) = claim(store)
    with store.transaction() as tx:
        tx.deliveries.give_up(claimed, Outcome.REFUSED, at=AT)

    for before, left in ((AT, 1), (LATER, 0)):
        with store.transaction() as tx:
            tx.deliveries.purge(before=before)
        assert len(waiting(store)) == left


def test_two_secrets_sign_until_the_older_ones_time_is_over(store, platform):
    add(store, platform)
    tell(store, platform, FeedKind.MATCH_CLOCK_DUE)
    queue_hints(store)
    with store.transaction() as tx:
        assert tx.webhooks.rotate("whk_1", platform.platform_id, "s2", older_until=LATER)

    (during,) = claim(store)
    assert during.secrets == ("s2", "s1")
    delivered(store, during)
    (after,) = claim(store, at=LATER)
    assert after.secrets == ("s2",)


def test_a_webhook_is_rotated_and_removed_by_its_platform_alone(store, platform):
    add(store, platform)
    tell(store, platform, FeedKind.MATCH_CONFIRMED)
    queue_hints(store)
    other = make_platform(store, "other.example").platform_id

    with store.transaction() as tx:
        assert not tx.webhooks.rotate("whk_1", other, "s2", older_until=LATER)
        assert not tx.webhooks.remove("whk_1", other)
        assert tx.webhooks.remove("whk_1", platform.platform_id)
        assert not tx.webhooks.remove("whk_1", platform.platform_id)

    assert row_counts(store)["webhook_delivery"] == 0

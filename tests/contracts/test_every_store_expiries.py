"""What holds for every database: a key that ends soon is told of once, by one worker."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.indexer.factories import AT, make_new_key, make_platform

DAY = timedelta(days=1)
SOON = AT + 14 * DAY


def add(store, key_id, *, expires_at):
    with store.transaction() as tx:
        tx.platforms.add_key(
            tx.platforms.named("example.com"), make_new_key(key_id=key_id, expires_at=expires_at)
        )


def take(store, *, at=AT, limit=10):
    with store.transaction() as tx:
        return tx.expiries.take(at=at, before=SOON, limit=limit)


def test_only_what_holds_and_ends_soon_is_told_of(store):
    platform = make_platform(store)
    add(store, "ended000", expires_at=AT)
    add(store, "soon0000", expires_at=SOON)
    add(store, "later000", expires_at=SOON + timedelta(seconds=1))
    add(store, "revoked0", expires_at=SOON)
    with store.transaction() as tx:
        tx.platforms.revoke_key("revoked0", at=AT)

    (key,) = take(store)

    assert (key.key_id, key.platform_id, key.expires_at) == ("soon0000", platform.platform_id, SOON)


def test_each_is_told_of_once(store):
    for number in range(3):
        add(store, f"key0000{number}", expires_at=AT + DAY)

    assert [len(take(store, limit=2)) for _ in range(3)] == [2, 1, 0]


def test_of_several_workers_one_tells(store):
    add(store, "soon0000", expires_at=AT + DAY)
    start = threading.Barrier(4)

    def taken(_):
        start.wait()
        return len(take(store))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(taken, range(4))) == 1

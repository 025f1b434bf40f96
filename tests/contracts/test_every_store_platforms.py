"""What holds for every database: platforms, their keys, and the waits after wrong PINs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from indexer.records import PinAttempts
from tests.indexer.factories import AT, make_new_key, make_number_mac, make_platform, make_secret

ONE = PinAttempts(1, AT)
TWO = PinAttempts(2, AT + timedelta(seconds=30, microseconds=1))


def key_of(store, key_id="key00001"):
    with store.snapshot() as tx:
        return tx.platforms.key(key_id)


def add_key(store, **fields):
    with store.transaction() as tx:
        tx.platforms.add_key(tx.platforms.named("example.com"), make_new_key(**fields))


def revoke(store, key_id, *, at=AT):
    with store.transaction() as tx:
        return tx.platforms.revoke_key(key_id, at=at)


def count(store, before, after, *, seed=0):
    with store.transaction() as tx:
        return tx.cases.count_attempt(make_number_mac(seed), before=before, after=after)


def counted(store, *, seed=0):
    with store.snapshot() as tx:
        return tx.cases.pin_attempts(make_number_mac(seed))


def test_a_platform_keeps_its_id(store):
    first, other = make_platform(store), make_platform(store, "other.example")

    assert make_platform(store) == first
    assert other.platform_id != first.platform_id


def test_a_key_is_found_as_it_was_added(store):
    expires_at = AT + timedelta(days=365, microseconds=7)
    add_key(store, expires_at=expires_at)

    key = key_of(store)

    assert key.platform == make_platform(store)
    assert (key.key_id, key.secret_mac) == ("key00001", make_secret("key00001"))
    assert (key.scopes, key.expires_at) == (("match", "review"), expires_at)
    assert not key.revoked


def test_an_unknown_key_finds_nothing(store):
    add_key(store)

    assert key_of(store, "key00002") is None


def test_a_revoked_key_is_found_as_revoked(store):
    add_key(store)
    add_key(store, key_id="key00002")

    assert revoke(store, "key00001")
    assert key_of(store).revoked
    assert not key_of(store, "key00002").revoked


def test_revoking_tells_known_from_unknown_keys(store):
    add_key(store)
    revoke(store, "key00001")

    assert revoke(store, "key00001", at=AT + timedelta(days=1))
    assert not revoke(store, "key00002")


def test_attempts_are_counted_for_any_number(store):
    assert counted(store) is None

    assert count(store, None, ONE)
    assert count(store, ONE, TWO)

    assert counted(store) == TWO
    assert counted(store, seed=1) is None


def test_an_attempt_counted_from_an_older_state_does_not_count(store):
    count(store, None, ONE)

    assert not count(store, None, ONE)
    assert count(store, ONE, TWO)
    assert not count(store, ONE, TWO)
    assert counted(store) == TWO


def test_a_lost_count_leaves_the_rest_of_its_transaction_usable(store):
    count(store, None, ONE)

    with store.transaction() as tx:
        assert not tx.cases.count_attempt(make_number_mac(), before=None, after=ONE)
        tx.platforms.named("example.com")

    assert counted(store) == ONE


def test_of_several_attempts_at_once_one_counts(store):
    for before, after in ((None, ONE), (ONE, TWO)):
        start = threading.Barrier(4)

        def attempt(_, start=start, before=before, after=after):
            start.wait()
            return count(store, before, after)

        with ThreadPoolExecutor(4) as pool:
            outcomes = list(pool.map(attempt, range(4)))

        assert sorted(outcomes) == [False, False, False, True]
        assert counted(store) == after


def test_a_right_pin_forgets_the_count_of_its_number_alone(store):
    count(store, None, ONE)
    count(store, None, ONE, seed=1)

    with store.transaction() as tx:
        tx.cases.forget_attempts(make_number_mac())

    assert (counted(store), counted(store, seed=1)) == (None, ONE)


def test_only_counts_from_before_a_moment_are_purged(store):
    count(store, None, ONE)
    count(store, None, TWO, seed=1)

    with store.transaction() as tx:
        tx.cases.purge_attempts(before=TWO.next_at)

    assert (counted(store), counted(store, seed=1)) == (None, TWO)


def branch_of(store, key_id):
    with store.snapshot() as tx:
        return [key.key_id for key in tx.platforms.branch(key_id)]


def add_tree(store):
    """key00001 made 2 and 4, 2 made 3; key00009 stands alone."""
    add_key(store)
    add_key(store, key_id="key00009")
    for key_id, parent_id in (("key00002", "key00001"), ("key00003", "key00002")):
        add_key(store, key_id=key_id, parent_id=parent_id, root_id="key00001")
    add_key(store, key_id="key00004", parent_id="key00001", root_id="key00001")


def test_a_branch_is_a_key_and_all_below_it(store):
    add_tree(store)

    assert branch_of(store, "key00002") == ["key00002", "key00003"]
    assert sorted(branch_of(store, "key00001")) == [f"key0000{n}" for n in (1, 2, 3, 4)]
    assert branch_of(store, "key00009") == ["key00009"]
    assert branch_of(store, "key00007") == []


def test_a_branch_is_revoked_as_one(store):
    add_tree(store)

    assert revoke(store, "key00002")

    with store.snapshot() as tx:
        revoked = {key.key_id for key in tx.platforms.all_keys() if key.revoked}
    assert revoked == {"key00002", "key00003"}


def test_a_key_knows_the_budget_of_the_operators_key_above_it(store):
    add_key(store, daily_budget=50)
    add_key(store, key_id="key00002", parent_id="key00001", root_id="key00001", daily_budget=5)

    key = key_of(store, "key00002")

    assert (key.daily_budget, key.root_budget, key.root_id) == (5, 50, "key00001")
    assert (key_of(store).root_budget, key_of(store).root_id) == (50, "key00001")


def test_the_last_day_of_use_never_goes_back(store):
    add_key(store)
    add_key(store, key_id="key00002")

    for day in (20_000, 20_002, 20_001):
        with store.transaction() as tx:
            tx.platforms.note_use("key00001", make_secret("key00001"), day=day)

    assert (key_of(store).last_used_day, key_of(store, "key00002").last_used_day) == (20_002, None)


def test_no_key_is_made_below_one_that_is_being_revoked(store):
    add_key(store)
    revoking, done = threading.Event(), []

    def make_below():
        revoking.wait()
        with store.transaction() as tx:
            done.append(tx.platforms.locked_branch("key00001")[0].revoked)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(make_below)
        with store.transaction() as tx:
            tx.platforms.revoke_key("key00001", at=AT)
            revoking.set()
            with pytest.raises(TimeoutError):
                waiting.result(0.2)
        waiting.result()

    assert done == [True]


def use_nonce(store, nonce, *, key_id="key00001", at=AT):
    with store.transaction() as tx:
        return tx.platforms.use_nonce(key_id, nonce, at=at)


def test_a_nonce_is_taken_once_by_each_key(store):
    add_key(store)
    add_key(store, key_id="key00002")

    assert [use_nonce(store, "a"), use_nonce(store, "a"), use_nonce(store, "b")] == [
        True,
        False,
        True,
    ]
    assert use_nonce(store, "a", key_id="key00002")


def test_of_several_workers_one_takes_a_nonce(store):
    add_key(store)
    start = threading.Barrier(4)

    def use(_):
        start.wait()
        return use_nonce(store, "a")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_only_nonces_from_before_a_moment_are_purged(store):
    add_key(store)
    use_nonce(store, "old")
    use_nonce(store, "new", at=AT + timedelta(seconds=1))

    with store.transaction() as tx:
        tx.platforms.purge_nonces(before=AT + timedelta(seconds=1))

    assert use_nonce(store, "old")
    assert not use_nonce(store, "new")

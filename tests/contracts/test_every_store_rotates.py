"""What holds for every database: the key that wraps data keys is exchanged while others work."""

import threading
from itertools import count
from time import sleep

import pytest

from api.services.rotation import rotate
from indexer.errors import SealBrokenError
from indexer.store import Store, tables
from tests.indexer.factories import (
    AT,
    add_to_case,
    listed_in,
    make_enrolment,
    make_key_ring,
    open_case,
    opened,
    withdraw_case,
)
from tests.indexer.rows import column

OLD, NEW = "kek-1", "kek-2"
BOTH = make_key_ring(current=OLD, older=[NEW])  # a running server: its first line is still the old


def wrapped_under(store):
    return set(column(store, tables.data_key, "kek_id"))


@pytest.fixture
def both(store):
    """The store, with both keys."""
    return Store(store.engine, BOTH, store.turns)


def test_after_a_rotation_the_new_key_alone_opens_everything(both, database_url):
    for seed in range(5):
        open_case(both, 2, seed=seed)

    assert rotate(both, NEW, at=AT) >= 5

    assert wrapped_under(both) == {NEW}
    with opened(database_url, make_key_ring(current=NEW)) as store:
        assert len(listed_in(store)) == 10
    with opened(database_url, make_key_ring(current=OLD)) as store:
        with pytest.raises(SealBrokenError):
            listed_in(store)


def test_what_is_listed_afterwards_is_wrapped_under_the_new_key_by_everybody(both):
    rotate(both, NEW, at=AT)

    open_case(both, 1)  # its ring's first key is the old one

    assert wrapped_under(both) == {NEW}


def test_who_lacks_the_key_in_use_lists_nothing(both, store):
    rotate(both, NEW, at=AT)

    with pytest.raises(SealBrokenError):
        open_case(store, 1)


def test_a_rotation_that_was_interrupted_goes_on(both):
    for seed in range(5):
        open_case(both, 1, seed=seed)
    with both.transaction() as tx:
        tx.rotation.use(NEW)
    with both.transaction() as tx:
        assert tx.rotation.rewrap(limit=2) == 2
    assert wrapped_under(both) == {OLD, NEW}
    assert len(listed_in(both)) == 5

    rotate(both, NEW, at=AT)

    assert wrapped_under(both) == {NEW}
    assert rotate(both, NEW, at=AT) == 0


def test_rotating_with_a_key_that_is_missing_changes_no_row(both):
    open_case(both, 1)

    with pytest.raises(SealBrokenError):
        rotate(both, "kek-3", at=AT)

    assert wrapped_under(both) == {OLD}


@pytest.mark.postgres
def test_a_data_key_that_is_being_made_is_waited_for(postgres_databases):
    """Else a key could be wrapped under one that is retired; SQLite has one writer anyway."""
    done = threading.Event()
    with postgres_databases.fresh() as url, opened(url, BOTH) as store:

        def change():
            with store.transaction() as tx:
                tx.rotation.use(NEW)
            done.set()

        thread = threading.Thread(target=change)
        with store.transaction() as tx:
            key = tx.listing.new_data_key()
            thread.start()
            assert not done.wait(0.3)
        thread.join()

        rotate(store, NEW, at=AT)

        assert wrapped_under(store) == {NEW}
        with store.snapshot() as tx:
            assert tx.listing.data_key(key.data_key_id) == key


class Repeating:
    """Deeds that go on in threads; whatever one raises is kept."""

    def __init__(self, *deeds):
        self._stop = threading.Event()
        self.failures = []
        self.done = dict.fromkeys(deeds, 0)
        self._threads = [threading.Thread(target=self._repeat, args=[deed]) for deed in deeds]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, deed):
        try:
            while not self._stop.is_set():
                deed()
                self.done[deed] += 1
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not be
            self.failures.append(error)


def rewrap_slowly(store):
    with store.transaction() as tx:
        tx.rotation.use(NEW)
    done = True
    while done:
        with store.transaction() as tx:
            done = tx.rotation.rewrap(limit=5)


def test_cases_come_and_go_meanwhile_and_every_read_succeeds(both, database_url):
    for seed in range(30):
        open_case(both, 2, seed=seed)
    seeds = count(1_000)

    def read():
        assert len(listed_in(both)) >= 60

    def come_and_go():
        case = open_case(both, 1, seed=next(seeds))
        add_to_case(both, case, [make_enrolment(seed=next(seeds))])
        withdraw_case(both, case)

    with Repeating(read, come_and_go) as repeating:
        rewrap_slowly(both)
        while not (all(repeating.done.values()) or repeating.failures):
            sleep(0.01)

    assert not repeating.failures
    assert wrapped_under(both) == {NEW}
    with opened(database_url, make_key_ring(current=NEW)) as store:
        assert len(listed_in(store)) == 60


def test_a_reader_without_the_new_key_fails_meanwhile(both, store):
    """The control of the test above."""
    for seed in range(3):
        open_case(both, 2, seed=seed)

    with Repeating(lambda: listed_in(store)) as repeating:
        rewrap_slowly(both)
        sleep(0.3)

    assert [type(error) for error in repeating.failures] == [SealBrokenError]

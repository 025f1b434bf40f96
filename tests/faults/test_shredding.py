"""After a withdrawal nothing opens: not from a dump with every key file, nor from older backups."""

import pytest

from api.services.rotation import rotate
from indexer.store import Store
from tests.factories import make_signature
from tests.faults.dumps import dump_of, opened_from, sealed_in
from tests.indexer.factories import AT, listed_in, make_key_ring, open_case, opened, withdraw_case

OLD, NEW = "kek-1", "kek-2"
BEFORE, BOTH, AFTER = (
    make_key_ring(current=OLD),
    make_key_ring(current=NEW, older=[OLD]),
    make_key_ring(current=NEW),
)
CASES, EACH = 5, 4
GONE, KEPT = range(CASES - 1), CASES - 1


def signatures_of(seeds):
    return {make_signature(seed=1_000 * seed + each) for seed in seeds for each in range(EACH)}


@pytest.fixture
def cases(store):
    """Cases of which all but the last will be withdrawn."""
    return [open_case(store, EACH, seed=seed) for seed in range(CASES)]


@pytest.fixture
def known(store, cases):
    """Every ciphertext, as somebody who copied the database meanwhile knows them."""
    return sealed_in(store)


@pytest.fixture
def backup(store, database_url, known):
    """A dump from before any withdrawal."""
    return dump_of(database_url)


@pytest.fixture
def withdrawn(store, cases, backup):
    """What an operator and time do: withdrawals, then a new key."""
    for case_id in cases[:-1]:
        withdraw_case(store, case_id)
    rotating = Store(store.engine, BOTH, store.turns)
    assert rotate(rotating, NEW, at=AT) >= 1
    return rotating


@pytest.mark.control("G15")
def test_before_the_withdrawal_a_dump_with_its_key_file_gives_everything(backup, known, figure):
    assert opened_from(backup, known, BEFORE) == signatures_of(range(CASES))
    figure(f"before the withdrawal: {CASES * EACH} of {CASES * EACH} signatures opened")


@pytest.mark.goal("G15")
def test_a_dump_with_every_key_file_opens_nothing_that_was_withdrawn(
    withdrawn, database_url, known, figure
):
    after = sealed_in(withdrawn)
    withdrawn.close()  # SQLite's log goes into its file
    dump = dump_of(database_url)

    opened_now = opened_from(dump, known | after, BEFORE, BOTH, AFTER)

    assert opened_now & signatures_of(GONE) == set()
    assert opened_now == signatures_of([KEPT])  # the dump was read well
    figure(f"after the withdrawal: 0 of {len(GONE) * EACH} withdrawn signatures opened")


@pytest.mark.goal("G15")
def test_a_backup_from_before_opens_nothing_once_its_key_was_destroyed(
    withdrawn, backup, known, database_url, figure
):
    assert opened_from(backup, known, AFTER) == set()
    with opened(database_url, AFTER) as store:
        assert len(listed_in(store)) == EACH  # who is still in use lost nothing
    figure(f"backup without its destroyed key: 0 of {CASES * EACH} opened")


@pytest.mark.control("G15")
def test_a_backup_opens_as_long_as_the_retired_key_is_kept(withdrawn, backup, known, figure):
    assert opened_from(backup, known, BOTH) >= signatures_of(GONE)
    figure(f"backup with the retired key: {len(GONE) * EACH} withdrawn signatures opened")

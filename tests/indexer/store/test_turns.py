"""Writers of one process wait for each other instead of failing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from indexer.errors import StoreUnavailableError
from indexer.store.engine import open_engine
from indexer.store.turns import Turns
from tests.indexer.factories import listed_in, open_case

WRITERS = 16
EACH = 5


def test_many_writers_at_once_all_come_through(store):
    def write(number):
        for turn in range(EACH):
            open_case(store, 1, seed=number * EACH + turn)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))

    assert len(listed_in(store)) == WRITERS * EACH


def test_patience_ends():
    turns = Turns(open_engine("sqlite://"), patience_seconds=0.01)

    with turns.mine(), pytest.raises(StoreUnavailableError, match="Too many changes"):
        turns.mine().__enter__()

    with turns.mine():
        pass


def test_postgres_rows_have_locks_of_their_own():
    turns = Turns(open_engine("postgresql+psycopg://nowhere/none"), patience_seconds=0)

    with turns.mine(), turns.mine():
        pass

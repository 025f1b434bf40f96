"""A store that is out of room or out of connections says so, and works again afterwards."""

from contextlib import ExitStack, closing

import pytest
from sqlalchemy import create_engine, event

from indexer.errors import CaseExistsError, StoreUnavailableError
from indexer.store import Store
from indexer.store.engine import open_engine
from indexer.store.turns import Turns
from tests.indexer.factories import (
    add_to_case,
    listed_in,
    log_of,
    make_enrolments,
    make_key_ring,
    open_case,
    opened,
    withdraw_case,
)
from tests.indexer.rows import every_row

MANY = 500  # signatures; about 60 pages


def limit_pages(store, pages):
    """Let the database grow by so many pages, as on a disk that is nearly full; None: freely."""
    with store.transaction() as tx:
        used = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    limit = 2**30 if pages is None else used + pages

    def limiting(connection, *_):
        connection.execute(f"PRAGMA max_page_count={limit}")

    store.engine.dispose()
    event.listen(store.engine, "connect", limiting)


@pytest.fixture
def sqlite_store(sqlite_databases):
    with sqlite_databases.fresh() as url, opened(url) as store:
        yield store


@pytest.mark.parametrize("pages", [0, 1, 2, 5, 10, 20, 40])
def test_a_full_disk_keeps_nothing_of_what_did_not_fit(sqlite_store, pages):
    open_case(sqlite_store, 3)
    rows = set(every_row(sqlite_store))
    limit_pages(sqlite_store, pages)

    with pytest.raises(StoreUnavailableError):
        open_case(sqlite_store, MANY, seed=1)

    assert set(every_row(sqlite_store)) == rows


def test_a_full_disk_is_worked_on_again_when_there_is_room(sqlite_store):
    case_id = open_case(sqlite_store, 3)
    limit_pages(sqlite_store, 5)
    with pytest.raises(StoreUnavailableError):
        open_case(sqlite_store, MANY, seed=1)
    limit_pages(sqlite_store, None)

    open_case(sqlite_store, MANY, seed=1)

    assert len(listed_in(sqlite_store)) == MANY + 3
    assert log_of(sqlite_store)[0].seq == len(log_of(sqlite_store)[1]) == MANY + 3
    with pytest.raises(CaseExistsError):
        open_case(sqlite_store, 1)
    assert add_to_case(sqlite_store, case_id, make_enrolments(4)) == 4


def test_a_case_can_be_withdrawn_on_a_full_disk(sqlite_store):
    case_id = open_case(sqlite_store, 3)
    limit_pages(sqlite_store, 0)

    withdraw_case(sqlite_store, case_id)

    assert listed_in(sqlite_store) == {}


def test_a_store_without_a_free_connection_is_unavailable(sqlite_databases):
    with sqlite_databases.fresh() as url, ExitStack() as held:
        engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.05)
        store = held.enter_context(closing(Store(engine, make_key_ring(), Turns(engine))))
        held.enter_context(store.snapshot())

        with pytest.raises(StoreUnavailableError), store.snapshot():
            pass


def test_a_store_that_another_writer_holds_is_unavailable(sqlite_databases):
    def hurrying(connection, *_):
        connection.execute("PRAGMA busy_timeout=20")

    with sqlite_databases.fresh() as url, opened(url) as holder:
        engine = open_engine(url)
        event.listen(engine, "connect", hurrying)
        with closing(Store(engine, make_key_ring(), Turns(engine))) as store:
            with holder.transaction(), pytest.raises(StoreUnavailableError), store.transaction():
                pass
            open_case(store, 1)

            assert len(listed_in(holder)) == 1


def test_no_key_and_no_address_shows_when_a_store_is_printed(store):
    with store.transaction() as tx:
        shown = f"{store!r} {tx!r} {tx.cases!r} {tx.matches!r} {tx.platforms!r}"

    assert repr(store.ring.current)[2:-1] not in shown
    assert "://" not in shown

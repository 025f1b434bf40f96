"""The schema moves up and down with rows in, is what the code believes, and is never guessed."""

from contextlib import contextmanager

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from indexer.errors import SchemaNotReadyError, SchemaTooNewError
from indexer.store import migrating
from indexer.store.column_types import METADATA
from indexer.store.disclosures import DisclosureKind, Wanted, WantedPack
from tests.indexer.factories import (
    AT,
    confirm,
    listed_in,
    make_asked,
    make_graded,
    make_new_key,
    make_platform,
    open_case,
    opened,
    withdraw_case,
)
from tests.indexer.rows import every_row, row_counts


def fill(store):
    """Rows in every table that a case or a match fills."""
    platform = make_platform(store)
    with store.transaction() as tx:
        tx.platforms.add_key(platform, make_new_key())
        below = make_new_key(key_id="key00002", parent_id="key00001", root_id="key00001")
        tx.platforms.add_key(platform, below)
        tx.platforms.use_nonce("key00002", "nonce", at=AT)
    withdraw_case(store, open_case(store, 1, seed=1))
    open_case(store, 3)
    graded = [make_graded(id_) for id_ in listed_in(store)]
    confirm(store, make_asked(platform), graded)


def table_names(store):
    return set(inspect(store.engine).get_table_names())


def version_of(store):
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def write_version(store, version):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})


@contextmanager
def as_it_was(store):
    """Nothing in the database may change inside."""
    before = set(every_row(store)), table_names(store), version_of(store)
    yield
    assert (set(every_row(store)), table_names(store), version_of(store)) == before


def test_tables_are_what_the_migrations_make(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, METADATA) == []


def test_the_comparison_would_see_a_missing_column(store):
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE api_key DROP COLUMN revoked_at"))
        context = MigrationContext.configure(connection)

        assert len(compare_metadata(context, METADATA)) == 1


def test_a_fresh_database_is_ready_after_migrating(empty_url):
    with opened(empty_url) as store:
        store.migrate()

        store.require_schema()
        fill(store)
        assert len(listed_in(store)) == 3


def test_migrating_again_changes_nothing(store):
    fill(store)

    with as_it_was(store):
        store.migrate()


def test_a_database_that_was_not_migrated_is_refused(empty_url):
    with opened(empty_url) as store:
        with pytest.raises(SchemaNotReadyError):
            store.require_schema()

        assert table_names(store) == set()


def test_the_schema_goes_down_with_rows_in_and_up_again(store):
    fill(store)

    command.downgrade(migrating.config(store.engine), "base")

    assert table_names(store) == {"alembic_version"}
    with pytest.raises(SchemaNotReadyError):
        store.require_schema()
    store.migrate()
    store.require_schema()
    fill(store)
    assert len(listed_in(store)) == 3


def test_a_version_that_knows_no_packs_among_disclosures_finds_none(store):
    pack = WantedPack("reported", "age1", None, 7, under_18=False)
    wanted = [
        Wanted(DisclosureKind.PACK, "OB-17", pack=pack),
        Wanted(DisclosureKind.COUNTS, "OB-18"),
    ]
    with store.transaction() as tx:
        for one in wanted:
            tx.disclosures.ask(one, by="Amina", day=1)

    command.downgrade(migrating.config(store.engine), "0007")
    store.migrate()

    with store.snapshot() as tx:
        assert [one.wanted for one in tx.disclosures.all()] == wanted[1:]


@pytest.mark.parametrize("use", ["migrate", "require_schema"])
def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(store, use):
    fill(store)
    write_version(store, "9999")

    with as_it_was(store), pytest.raises(SchemaTooNewError):
        getattr(store, use)()


def test_a_migration_that_fails_half_way_leaves_nothing(empty_url):
    with opened(empty_url) as store:
        with store.engine.begin() as connection:
            connection.execute(text("CREATE TABLE survivor_case (a INTEGER)"))

        with pytest.raises(Exception, match="did not do what it was asked"):
            store.migrate()

        assert table_names(store) - {"alembic_version"} == {"survivor_case"}
        assert version_of(store) is None


def test_each_table_can_be_read_after_migrating(store):
    fill(store)

    counts = row_counts(store)

    assert counts.keys() == METADATA.tables.keys()
    assert {name: counts[name] for name in ("survivor_case", "data_key", "bank", "head")} == {
        "survivor_case": 2,
        "data_key": 2,  # the open case's and the platform's
        "bank": 2,
        "head": 2,  # of two streams
    }

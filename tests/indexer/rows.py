"""Tables read and altered behind the store's back, as an intruder or a broken disk would."""

from sqlalchemy import select, update

from indexer.store.column_types import METADATA


def every_row(store):
    """(table's name, row) for everything in the database."""
    with store.snapshot() as tx:
        for table in METADATA.sorted_tables:
            for row in tx.connection.execute(select(table)):
                yield table.name, tuple(row)


def row_counts(store):
    """How many rows each table has."""
    counts = {table.name: 0 for table in METADATA.sorted_tables}
    for name, _ in every_row(store):
        counts[name] += 1
    return counts


def column(store, table, name, *where):
    """One column of the rows that fit."""
    with store.snapshot() as tx:
        return list(tx.connection.scalars(select(table.c[name]).where(*where)))


def alter(store, table, *where, **values):
    """Change rows behind the store's back."""
    with store.transaction() as tx:
        assert tx.connection.execute(update(table).where(*where).values(values)).rowcount > 0

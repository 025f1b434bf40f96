"""Inserts that say what to do where the row is there already; both databases know them."""

from collections.abc import Iterable
from typing import TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Upsert: TypeAlias = postgresql.Insert | sqlite.Insert


def insert_into(connection: Connection, table: Table) -> Upsert:
    """An insert in the words of this connection's database, to be given `on_conflict_...`."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def replacing(insert: Upsert, key: Iterable[str], values: Iterable[str]) -> Upsert:
    """Where a row of this key is there, these columns take what was to be inserted."""
    new = {name: insert.excluded[name] for name in values}
    done: Upsert = insert.on_conflict_do_update(index_elements=list(key), set_=new)
    return done

"""Rows of a stream as they lie in the database, whole or not: what checks them reads them here."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection, func, select

from indexer.records import Head, Stream
from indexer.store import tables

_TABLES = {Stream.CHANGE: tables.change, Stream.ACCESS: tables.access}


class StoredRow(Protocol):
    """A row's columns; somebody may have put anything into them."""

    seq: int
    kind: int
    signature_id: int
    day: int
    body: str
    prev: bytes
    digest: bytes


def rows_after(
    connection: Connection, stream: Stream, seq: int, *, limit: int
) -> Sequence[StoredRow]:
    """At most so many rows with greater numbers than `seq`, in order."""
    log = _TABLES[stream]
    statement = select(log).where(log.c.seq > seq).order_by(log.c.seq).limit(limit)
    rows: Sequence[StoredRow] = connection.execute(statement).all()
    return rows


def digests_after(
    connection: Connection, stream: Stream, seq: int, *, limit: int
) -> list[tuple[int, bytes]]:
    """Numbers and digests of at most so many rows after `seq`, in order."""
    log = _TABLES[stream]
    statement = select(log.c.seq, log.c.digest).where(log.c.seq > seq)
    found = connection.execute(statement.order_by(log.c.seq).limit(limit))
    return [(number, digest) for number, digest in found]


def end_of_rows(connection: Connection, stream: Stream) -> int:
    """The greatest number of a row, whatever the head says; 0: there are none."""
    return connection.scalar(select(func.max(_TABLES[stream].c.seq))) or 0


def stored_head(connection: Connection, stream: Stream) -> Head | None:
    """Where the stream says that it ends; None: it does not say."""
    head = tables.head
    row = connection.execute(select(head).where(head.c.stream == stream)).one_or_none()
    return Head(row.epoch, row.seq, row.digest) if row is not None else None

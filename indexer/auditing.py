"""Whether a stream is what was written: each row unaltered, none missing, one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from hashsvc.transparency import Root, Tree
from indexer.errors import Fault, StoreUnavailableError, StreamFaultyError
from indexer.records import Change, Head, Stream
from indexer.store import Store
from indexer.store.chains import row_digest
from indexer.store.stream_rows import (
    StoredRow,
    digests_after,
    end_of_rows,
    rows_after,
    stored_head,
)

_PAGE = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """Up to where a stream is known; its digest, unless nobody says what stands there."""

    seq: int = 0
    digest: bytes | None = None


BEGINNING = Place()


def end_of(store: Store, stream: Stream) -> Head:
    """Where a stream ends, by its head row.

    Raises:
        StreamFaultyError: it does not say so, or rows go on behind that end.
        StoreUnavailableError: the database does not answer.
    """
    with store.snapshot() as tx:
        head = stored_head(tx.connection, stream)
        last = end_of_rows(tx.connection, stream)
    if head is None:
        raise StreamFaultyError(stream, 1, Fault.TRUNCATED)
    if last > head.seq:
        raise StreamFaultyError(stream, head.seq + 1, Fault.LINK)
    return head


def checked_digests(
    store: Store, stream: Stream, end: Head, *, after: Place = BEGINNING
) -> Iterator[list[bytes]]:
    """The digests of all rows up to an end, page by page; each row is checked before it is given.

    Args:
        store: others may go on writing.
        stream: which one.
        end: what `end_of` said.
        after: the rows up to there were checked before.

    Raises:
        StreamFaultyError: at the first row that is missing, altered or out of place.
        StoreUnavailableError: the database does not answer.
    """
    seq, digest = after.seq, after.digest
    while seq < end.seq:
        rows = _read(store, stream, seq, limit=min(_PAGE, end.seq - seq))
        if not rows:
            raise StreamFaultyError(stream, seq + 1, Fault.TRUNCATED)
        for row in rows:
            seq += 1
            fault = _fault_of(stream, row, Place(seq, digest))
            if fault is not None:
                raise StreamFaultyError(stream, seq, fault)
            digest = row.digest
        yield [row.digest for row in rows]
    if digest is not None and digest != end.digest:
        raise StreamFaultyError(stream, end.seq, Fault.LINK)


def digests(store: Store, stream: Stream, *, upto: int) -> Iterator[bytes]:
    """The digests that rows say they have, from the first on; it ends early at a missing one."""
    seq = 0
    while seq < upto:
        with store.snapshot() as tx:
            page = digests_after(tx.connection, stream, seq, limit=min(_PAGE, upto - seq))
        for number, digest in page:
            seq += 1
            if number != seq:
                return
            yield digest
        if not page:
            return


def root_at(store: Store, stream: Stream, size: int) -> Root:
    """The root of the first so many rows; of fewer where one is missing."""
    return Tree().grown(digests(store, stream, upto=size)).root


def _read(store: Store, stream: Stream, seq: int, *, limit: int) -> Sequence[StoredRow]:
    """A page, or a shorter one that ends before a row that cannot be read at all."""
    try:
        with store.snapshot() as tx:
            return rows_after(tx.connection, stream, seq, limit=limit)
    except (StoreUnavailableError, TypeError):  # text that is none, where a row was overwritten
        with store.snapshot() as tx:  # else the database itself is away
            digests_after(tx.connection, stream, seq, limit=1)
        if limit > 1:
            return _read(store, stream, seq, limit=limit // 2)
        raise StreamFaultyError(stream, seq + 1, Fault.DIGEST) from None


def _fault_of(stream: Stream, row: StoredRow, expected: Place) -> Fault | None:
    if row.seq != expected.seq:
        return Fault.GAP
    if expected.digest is not None and row.prev != expected.digest:
        return Fault.LINK
    try:
        whole = row_digest(stream, cast("Change", row)) == row.digest
    except (AttributeError, OverflowError, TypeError):  # a value that no writer could have put
        return Fault.DIGEST
    return None if whole else Fault.DIGEST

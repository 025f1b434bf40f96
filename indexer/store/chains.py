"""Ordered, gap-free, hash-chained streams: what alters the list, and who was answered what.

Sequence numbers come from one head row a stream that a writer locks until its commit is visible,
so whoever sees number n has seen everything before it. With a serial column a slower writer's
smaller number could appear after a follower had passed it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, insert, select, update

from hashsvc import SignatureId
from indexer.errors import LogBrokenError, LogForkedError
from indexer.records import Change, ChangeKind, Head, Stream
from indexer.store import tables

_KINDS = frozenset(ChangeKind)
_TABLES = {Stream.CHANGE: tables.change, Stream.ACCESS: tables.access}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is about to be appended."""

    kind: ChangeKind
    signature_id: SignatureId
    body: str  # canonical JSON; ids and digests of ciphertexts, never a hash


@dataclass(frozen=True, slots=True)
class Chain:
    """One stream within one transaction."""

    connection: Connection
    stream: Stream

    def head(self) -> Head:
        """The newest end of the stream."""
        row = self.connection.execute(self._select_head()).one()
        return Head(epoch=row.epoch, seq=row.seq, digest=row.digest)

    def after(self, seq: int, *, limit: int) -> list[Change]:
        """The rows with greater numbers than `seq`, in order.

        Args:
            seq: exclusive.
            limit: at most so many.

        Raises:
            LogBrokenError: a row is of a kind that does not exist.
        """
        log = self._table
        rows = self.connection.execute(
            select(log).where(log.c.seq > seq).order_by(log.c.seq).limit(limit)
        )
        return [_change_of(row) for row in rows.mappings()]

    def passed(self, place: Head) -> bool:
        """Whether the stream once ended at a place, epochs aside: it is there, or goes through."""
        head = self.head()
        if head.seq == place.seq:
            return head.digest == place.digest
        following = self.after(place.seq, limit=1)
        return [row.prev for row in following] == [place.digest]

    def append(self, entries: Sequence[Entry], *, day: int) -> int:
        """Add entries at the end: the last act of a transaction, since it locks the head.

        Returns:
            The sequence number of the last one.

        Raises:
            LogForkedError: somebody else appended between lock and update.
        """
        start = self.connection.execute(self._select_head().with_for_update()).one()
        chain = self._chained(entries, seq=start.seq, prev=start.digest, day=day)
        if not chain:
            return int(start.seq)
        self.connection.execute(insert(self._table), [_row_of(change) for change in chain])
        self._move_head(start.seq, chain[-1])
        return chain[-1].seq

    @property
    def _table(self) -> Table:
        return _TABLES[self.stream]

    def _move_head(self, start: int, last: Change) -> None:
        head = tables.head
        moved = self.connection.execute(
            update(head)
            .where(head.c.stream == self.stream, head.c.seq == start)
            .values(seq=last.seq, digest=last.digest)
        )
        if moved.rowcount != 1:
            raise LogForkedError

    def _chained(
        self, entries: Sequence[Entry], *, seq: int, prev: bytes, day: int
    ) -> list[Change]:
        chain: list[Change] = []
        for number, entry in enumerate(entries, start=seq + 1):
            bare = Change(
                seq=number,
                kind=entry.kind,
                signature_id=entry.signature_id,
                day=day,
                body=entry.body,
                prev=prev,
                digest=b"",
            )
            prev = row_digest(self.stream, bare)
            chain.append(replace(bare, digest=prev))
        return chain

    def _select_head(self) -> Select[Any]:
        return select(tables.head).where(tables.head.c.stream == self.stream)


def row_digest(stream: Stream, change: Change) -> bytes:
    """SHA-256 over every column of the row but this one, the previous digest included."""
    body = change.body.encode()
    return hashlib.sha256(
        b"hashsvc log v1\n%s\n" % stream.encode()
        + change.seq.to_bytes(8, "big")
        + change.prev
        + change.kind.to_bytes(2, "big")
        + change.signature_id.to_bytes(8, "big")
        + change.day.to_bytes(4, "big")
        + len(body).to_bytes(4, "big")
        + body
    ).digest()


def follows(stream: Stream, change: Change, *, seq: int, digest: bytes) -> bool:
    """Whether a row is the very next one after (seq, digest) in a stream, and unaltered."""
    if change.seq != seq + 1 or change.prev != digest:
        return False
    try:
        return row_digest(stream, change) == change.digest
    except OverflowError:  # a number that no writer could have appended
        return False


def _row_of(change: Change) -> dict[str, object]:
    # Written out: `asdict` copies deeply, which made it a third of the time of a long import.
    return {
        "seq": change.seq,
        "kind": int(change.kind),
        "signature_id": change.signature_id,
        "day": change.day,
        "body": change.body,
        "prev": change.prev,
        "digest": change.digest,
    }


def _change_of(row: RowMapping) -> Change:
    if row["kind"] not in _KINDS:
        raise LogBrokenError
    return Change(
        seq=row["seq"],
        kind=ChangeKind(row["kind"]),
        signature_id=SignatureId(row["signature_id"]),
        day=row["day"],
        body=row["body"],
        prev=row["prev"],
        digest=row["digest"],
    )

"""Streams filled with rows, and altered behind the store's back as an intruder would."""

from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from hashsvc import SignatureId
from indexer.auditing import checked_digests, end_of
from indexer.errors import StreamFaultyError
from indexer.records import Change, ChangeKind, Stream
from indexer.store import Transaction
from indexer.store.chains import Chain, Entry, row_digest
from indexer.store.sealing import KeyRing
from indexer.store.stream_rows import rows_after

_PAGE = 2_000


def fill(store, count, *, stream=Stream.ACCESS, day=20_000):
    """Append so many rows."""
    for start in range(0, count, _PAGE):
        bodies = [f'{{"about":{{"n":{n}}},"act":"match:answer"}}' for n in range(start, count)]
        entries = [Entry(ChangeKind.NOTE, SignatureId(0), body) for body in bodies[:_PAGE]]
        with store.engine.begin() as connection:
            Chain(connection, stream).append(entries, day=day)


def check(store, stream=Stream.ACCESS):
    """The whole stream: None, or the first bad number and what is wrong with it."""
    try:
        for _ in checked_digests(store, stream, end_of(store, stream)):
            pass
    except StreamFaultyError as error:
        return error.seq, error.fault.value
    return None


def rows_of(store, stream=Stream.ACCESS):
    """Every row."""
    with store.snapshot() as tx:
        return rows_after(tx.connection, stream, 0, limit=1_000_000)


def run(store, *statements, **values):
    """SQL, committed."""
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


@dataclass(frozen=True)
class Within:
    """A store as a transaction sees it that is never committed: fast, and nothing to undo."""

    connection: Connection
    ring: KeyRing

    @contextmanager
    def snapshot(self):
        """What this transaction did is in it."""
        yield Transaction(self.connection, self.ring)


@contextmanager
def uncommitted(store):
    """A store that forgets at the end of the block what was done to it."""
    with store.engine.connect() as connection:
        yield Within(connection, store.ring)
        connection.rollback()


@dataclass(frozen=True)
class Tampering:
    """One way to alter a row."""

    name: str
    fault: str
    statements: tuple[str, ...]

    @contextmanager
    def of(self, within, row, other):
        """Altered inside, as before outside."""
        values = {name: getattr(row, name) for name in _COLUMNS} | {
            f"other_{name}": getattr(other, name) for name in _COLUMNS
        }
        # A transaction each: PostgreSQL keeps a lock for every savepoint, and has few.
        within.connection.rollback()
        for statement in self.statements:
            within.connection.execute(text(statement), values)
        yield
        within.connection.rollback()


def _altered(column, value, fault="digest"):
    return Tampering(column, fault, (f"UPDATE access SET {column} = {value} WHERE seq = :seq",))  # noqa: S608


_COLUMNS = ("seq", "prev", "digest")
DELETED = Tampering("delete", "gap", ("DELETE FROM access WHERE seq = :seq",))
REORDERED = Tampering(
    "reorder",
    "link",
    (
        "UPDATE access SET seq = -1 WHERE seq = :seq",
        "UPDATE access SET seq = :seq WHERE seq = :other_seq",
        "UPDATE access SET seq = :other_seq WHERE seq = -1",
    ),
)
FLIPPED = (
    _altered("kind", "kind + 1"),
    _altered("signature_id", "1"),
    _altered("day", "day + 1"),
    _altered("body", "replace(body, 'answer', 'answes')"),
    _altered("prev", ":other_prev", "link"),
    _altered("digest", ":other_digest"),
)


def rewritten(store, *, keep, stream=Stream.ACCESS, body='{"act":"never:happened"}'):
    """Alter the row after `keep` and make every digest behind it fit again, and the head."""
    rows = list(rows_of(store, stream))
    with store.engine.begin() as connection:
        prev = rows[keep].prev
        for row in rows[keep:]:
            said = body if row.seq == keep + 1 else row.body
            new = Change(row.seq, row.kind, row.signature_id, row.day, said, prev, b"")
            digest = row_digest(stream, new)
            connection.execute(
                text(f"UPDATE {stream} SET body = :b, prev = :p, digest = :d WHERE seq = :s"),  # noqa: S608
                {"b": new.body, "p": prev, "d": digest, "s": row.seq},
            )
            prev = digest
        _set_head(connection, stream, rows[-1].seq, prev)


def cut(store, *, keep, stream=Stream.ACCESS):
    """Take the last rows away, and set the head to what is left."""
    rows = rows_of(store, stream)
    digest = rows[keep - 1].digest if keep else rows[0].prev
    with store.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {stream} WHERE seq > :s"), {"s": keep})  # noqa: S608
        _set_head(connection, stream, keep, digest)


def _set_head(connection, stream, seq, digest):
    connection.execute(
        text("UPDATE head SET seq = :s, digest = :d WHERE stream = :t"),
        {"s": seq, "d": digest, "t": str(stream)},
    )

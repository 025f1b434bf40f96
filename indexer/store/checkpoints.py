"""The newest checkpoint of each stream, with what it takes to make the next from new rows alone."""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, delete, select, update

from hashsvc.transparency import Tree
from indexer.errors import LogBrokenError
from indexer.records import Stream
from indexer.store.column_types import METADATA, RowId
from indexer.store.conflicts import insert_into

_checkpoint = Table(
    "checkpoint",
    METADATA,
    Column("stream", Text, primary_key=True),
    Column("size", RowId, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint as it is kept; the note's signature says whether the tree is to be believed."""

    tree: Tree
    note: bytes


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Within one transaction."""

    connection: Connection

    def newest(self, stream: Stream) -> Kept | None:
        """The newest of a stream; None before the first.

        Raises:
            LogBrokenError: the tree that is kept is none.
        """
        row = self.connection.execute(
            select(_checkpoint).where(_checkpoint.c.stream == stream)
        ).one_or_none()
        if row is None:
            return None
        try:
            return Kept(Tree.read(row.size, row.peaks), row.note)
        except ValueError as error:
            raise LogBrokenError from error

    def keep(self, stream: Stream, kept: Kept, *, after: Kept | None) -> bool:
        """Put a new one in an older one's place, unless somebody else was faster.

        Args:
            stream: whose.
            kept: the new one.
            after: the one that it was made from; None: there was none.
        """
        values = {"size": kept.tree.size, "peaks": kept.tree.to_bytes(), "note": kept.note}
        if after is not None:
            same = _checkpoint.c.stream == stream, _checkpoint.c.note == after.note
            done = self.connection.execute(update(_checkpoint).where(*same).values(values))
            return done.rowcount == 1
        first = insert_into(self.connection, _checkpoint).values(stream=stream, **values)
        return self.connection.execute(first.on_conflict_do_nothing()).rowcount == 1

    def forget(self, stream: Stream) -> None:
        """The next one is made from the first row on."""
        self.connection.execute(delete(_checkpoint).where(_checkpoint.c.stream == stream))

"""The key-encryption key in use, and data keys wrapped anew under the next one, while serving.

The id of the key in use stands in one row. Whoever makes a data key holds that row until its
commit, so once another id was written there, nothing is wrapped under the key before any more.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from indexer.store import tables
from indexer.store.sealing import KeyRing, unwrap, wrap

BATCH = 1_000  # data keys a transaction: some 50 ms in which withdrawals of these wait
_ONLY_ROW = 1
_sealing = tables.sealing.c
_keys = tables.data_key.c


def begin(connection: Connection, kek_id: str) -> None:
    """Keep which key is in use, in a database that does not know it yet."""
    if connection.scalar(select(_sealing.kek_id)) is None:
        connection.execute(insert(tables.sealing).values(id=_ONLY_ROW, kek_id=kek_id))


def sealing_ring(connection: Connection, ring: KeyRing) -> KeyRing:
    """The ring with the key that is in use as its current one, until the transaction ends.

    Raises:
        SealBrokenError: the key files lack it.
    """
    in_use = select(_sealing.kek_id).with_for_update(read=True)
    return ring.with_current(connection.execute(in_use).scalar_one())


@dataclass(frozen=True, slots=True)
class Rotation:
    """Moves data keys from key to key within one transaction."""

    connection: Connection
    ring: KeyRing

    def use(self, kek_id: str) -> None:
        """Wrap new data keys under this key from the commit on; waits for those being made."""
        self.connection.execute(update(tables.sealing).values(kek_id=kek_id))

    def in_use(self) -> str | None:
        """The id of the key that wraps new data keys; None in a database that does not know."""
        in_use: str | None = self.connection.scalar(select(_sealing.kek_id))
        return in_use

    def require_opens(self) -> None:
        """Open one data key that is wrapped under the key in use.

        Raises:
            SealBrokenError: it does not open with this key file.
        """
        row = self.connection.execute(
            select(tables.data_key).where(_keys.kek_id == self.in_use()).order_by(_keys.id).limit(1)
        ).one_or_none()
        if row is not None:
            unwrap(row.wrapped, data_key_id=row.id, kek_id=row.kek_id, ring=self.ring)

    def rewrap(self, *, limit: int = BATCH) -> int:
        """Wrap data keys of other keys under the one in use.

        Args:
            limit: at most so many.

        Returns:
            How many it were; 0: nothing is wrapped under another key.

        Raises:
            SealBrokenError: a key is missing, or a row was altered.
        """
        ring = sealing_ring(self.connection, self.ring)
        rows = self.connection.execute(
            select(tables.data_key)
            .where(_keys.kek_id != ring.current_id)
            .order_by(_keys.id)
            .limit(limit)
            # Not against those who list signatures under these keys, which refer to them alone.
            .with_for_update(key_share=True)
        ).all()
        moved = [
            {
                "which": row.id,
                "anew": wrap(
                    unwrap(row.wrapped, data_key_id=row.id, kek_id=row.kek_id, ring=ring), ring
                ),
            }
            for row in rows
        ]
        if moved:
            self.connection.execute(
                update(tables.data_key)
                .where(_keys.id == bindparam("which"))
                .values(kek_id=ring.current_id, wrapped=bindparam("anew")),
                moved,
            )
        return len(moved)

"""Who is signed in to the console: digests of what their browsers hold."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from indexer.console_records import ConsoleSession
from indexer.store.console_tables import console_session

_sessions = console_session.c


@dataclass(frozen=True, slots=True)
class ConsoleSessions:
    """Sessions within one transaction."""

    connection: Connection

    def begin(self, mac: bytes, key_id: str, *, at: datetime) -> None:
        """Keep a session under the digest of its token, 32 bytes."""
        self.connection.execute(
            insert(console_session).values(mac=mac, key_id=key_id, opened_at=at, used_at=at)
        )

    def of(self, mac: bytes) -> ConsoleSession | None:
        """The session of this token, also one that is too old by now."""
        row = self.connection.execute(
            select(console_session).where(_sessions.mac == mac)
        ).one_or_none()
        if row is None:
            return None
        return ConsoleSession(row.key_id, opened_at=row.opened_at, used_at=row.used_at)

    def note_use(self, mac: bytes, *, at: datetime) -> None:
        """Keep that a session was used; one that was ended meanwhile stays so."""
        self.connection.execute(
            update(console_session).where(_sessions.mac == mac).values(used_at=at)
        )

    def end(self, mac: bytes) -> None:
        """Forget a session."""
        self.connection.execute(delete(console_session).where(_sessions.mac == mac))

    def purge(self, *, opened_before: datetime, used_before: datetime) -> None:
        """Forget sessions that are too old for one of these."""
        self.connection.execute(
            delete(console_session).where(
                or_(_sessions.opened_at <= opened_before, _sessions.used_at <= used_before)
            )
        )

"""Alarms: kept until an operator has looked, and longer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from hashsvc import SignatureId
from indexer.alarm_records import Alarm, AlarmKind
from indexer.store import tables
from indexer.store.alarm_tables import alarm
from indexer.store.conflicts import insert_into
from indexer.store.days import day_of


@dataclass(frozen=True, slots=True)
class Alarms:
    """Alarms within one transaction."""

    connection: Connection

    def keep(
        self, kind: AlarmKind, signature_id: SignatureId | None, *, key_id: str, at: datetime
    ) -> bool:
        """Keep an alarm; False where this key raised the same today."""
        keeping = insert_into(self.connection, alarm).values(
            kind=kind, at=at, day=day_of(at), key_id=key_id, signature_id=signature_id
        )
        kept = keeping.on_conflict_do_nothing().returning(alarm.c.id)
        return self.connection.scalar(kept) is not None

    def all(self) -> list[Alarm]:
        """Every alarm, the newest first."""
        rows = self.connection.execute(
            select(alarm, tables.platform.c.name)
            .join(tables.api_key, tables.api_key.c.id == alarm.c.key_id)
            .join(tables.platform, tables.platform.c.id == tables.api_key.c.platform_id)
            .order_by(alarm.c.id.desc())
        )
        return [
            Alarm(AlarmKind(row.kind), row.at, row.signature_id, row.key_id, row.name) for row in rows
        ]

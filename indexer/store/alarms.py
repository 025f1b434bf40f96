"""Alarms: kept until an operator has looked, and longer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from hashsvc import SignatureId
from indexer.alarm_records import Alarm, AlarmKind, Copy, Recipient
from indexer.store import tables
from indexer.store.alarm_tables import alarm, honey
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
            select(alarm, tables.platform.c.name.label("platform"), honey)
            .join(tables.api_key, tables.api_key.c.id == alarm.c.key_id)
            .join(tables.platform, tables.platform.c.id == tables.api_key.c.platform_id)
            .outerjoin(honey, honey.c.signature_id == alarm.c.signature_id)
            .order_by(alarm.c.id.desc())
        )
        return [_alarm_of(row) for row in rows.mappings()]


def _alarm_of(row: RowMapping) -> Alarm:
    leaker = None
    if row[honey.c.copy] is not None:
        leaker = Recipient(Copy(row[honey.c.copy]), row[honey.c.address], row[honey.c.name])
    return Alarm(
        kind=AlarmKind(row[alarm.c.kind]),
        at=row[alarm.c.at],
        signature_id=row[alarm.c.signature_id],
        key_id=row[alarm.c.key_id],
        platform=row["platform"],
        leaker=leaker,
    )

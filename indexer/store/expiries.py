"""Keys that end soon, each told once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from indexer.records import PlatformId
from indexer.store import tables

_keys = tables.api_key.c


@dataclass(frozen=True, slots=True)
class ExpiringKey:
    """A key whose platform is to be told."""

    platform_id: PlatformId
    key_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Expiries:
    """Ends of keys within one transaction."""

    connection: Connection

    def take(self, *, at: datetime, before: datetime, limit: int) -> list[ExpiringKey]:
        """Keys that hold now and end before a moment; each is given out once."""
        rows = self.connection.execute(
            select(_keys.platform_id, _keys.id, _keys.expires_at)
            .where(
                _keys.expires_at > at,
                _keys.expires_at <= before,
                _keys.revoked_at.is_(None),
                _keys.expiry_told_at.is_(None),
            )
            .order_by(_keys.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        self.connection.execute(
            update(tables.api_key)
            .where(_keys.id.in_([row.id for row in rows]))
            .values(expiry_told_at=at)
        )
        return [ExpiringKey(PlatformId(row.platform_id), row.id, row.expires_at) for row in rows]

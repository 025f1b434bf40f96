"""Platforms and the digests of their API keys."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hashsvc import Tier
from indexer.records import ApiKey, NewKey, Platform, PlatformId
from indexer.store import tables

_platforms = tables.platform.c
_keys = tables.api_key.c


@dataclass(frozen=True, slots=True)
class Platforms:
    """Platforms within one transaction."""

    connection: Connection

    def named(self, name: str) -> Platform:
        """The platform of this name, made where there is none yet."""
        found = self.connection.scalar(select(_platforms.id).where(_platforms.name == name))
        if found is None:
            made = insert(tables.platform).values(name=name).returning(_platforms.id)
            found = self.connection.execute(made).scalar_one()
        return Platform(PlatformId(found), name)

    def add_key(self, platform: Platform, key: NewKey) -> None:
        """Keep an API key's digest."""
        self.connection.execute(
            insert(tables.api_key).values(
                id=key.key_id,
                platform_id=platform.platform_id,
                secret_mac=key.secret_mac,
                scopes=" ".join(key.scopes),
                weakest_tier=key.weakest_tier,
                expires_at=key.expires_at,
            )
        )

    def key(self, key_id: str) -> ApiKey | None:
        """The key of this id, revoked and expired ones included."""
        row = self.connection.execute(
            select(tables.api_key, _platforms.name)
            .join(tables.platform, _platforms.id == _keys.platform_id)
            .where(_keys.id == key_id)
        ).one_or_none()
        if row is None:
            return None
        return ApiKey(
            key_id=row.id,
            platform=Platform(PlatformId(row.platform_id), row.name),
            secret_mac=row.secret_mac,
            scopes=tuple(row.scopes.split()),
            weakest_tier=Tier(row.weakest_tier),
            expires_at=row.expires_at,
            revoked=row.revoked_at is not None,
        )

    def revoke_key(self, key_id: str, *, at: datetime) -> bool:
        """Revoke a key; True where there is one, also one that was revoked before."""
        self.connection.execute(
            update(tables.api_key)
            .where(_keys.id == key_id, _keys.revoked_at.is_(None))
            .values(revoked_at=at)
        )
        return self.key(key_id) is not None

"""Platforms and the digests of their API keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from hashsvc import Tier
from indexer.records import ApiKey, NewKey, Platform, PlatformId
from indexer.store import tables

_platforms = tables.platform.c
_keys = tables.api_key.c
_root = tables.api_key.alias("root")


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
                label=key.label,
                not_before=key.not_before,
                parent_id=key.parent_id,
                root_id=key.root_id,
                daily_budget=key.daily_budget,
                public_key=key.public_key,
            )
        )

    def key(self, key_id: str) -> ApiKey | None:
        """The key of this id, revoked and expired ones included."""
        row = self.connection.execute(_reading().where(_keys.id == key_id)).one_or_none()
        return None if row is None else _api_key(row)

    def all_keys(self) -> list[ApiKey]:
        """Every key, by platform and id, revoked and expired ones included."""
        rows = self.connection.execute(_reading().order_by(_platforms.name, _keys.id))
        return [_api_key(row) for row in rows]

    def locked_branch(self, key_id: str) -> list[ApiKey]:
        """A key and all that it and its keys made, the key first; empty where there is none.

        Until the transaction ends nobody else reads them so: no key is made below one that is
        being revoked.
        """
        root_id = self.connection.scalar(_root_of(key_id))
        lock = select(_keys.id).where(_keys.id == root_id).with_for_update()
        self.connection.execute(lock)
        return self.branch(key_id)

    def branch(self, key_id: str) -> list[ApiKey]:
        """A key and all that it and its keys made, the key first; empty where there is none."""
        root_id = self.connection.scalar(_root_of(key_id))
        tree = _reading().where((_keys.root_id == root_id) | (_keys.id == root_id))
        return _below(key_id, [_api_key(row) for row in self.connection.execute(tree)])

    def revoke_key(self, key_id: str, *, at: datetime) -> bool:
        """Revoke a key and all below it; True where there is one, also one revoked before."""
        branch = self.locked_branch(key_id)
        self.connection.execute(
            update(tables.api_key)
            .where(_keys.id.in_([key.key_id for key in branch]), _keys.revoked_at.is_(None))
            .values(revoked_at=at)
        )
        return bool(branch)

    def replace_key(self, old_id: str, new_id: str, *, until: datetime) -> None:
        """Put one operator's key in the place of another, which ends at `until`.

        The keys below the old one hang below the new one from now on.
        """
        children = update(tables.api_key).where(_keys.parent_id == old_id)
        self.connection.execute(children.values(parent_id=new_id))
        tree = update(tables.api_key).where(_keys.root_id == old_id)
        self.connection.execute(tree.values(root_id=new_id))
        old = update(tables.api_key).where(_keys.id == old_id, _keys.expires_at > until)
        self.connection.execute(old.values(expires_at=until))

    def note_use(self, key_id: str, secret_mac: bytes, *, day: int) -> None:
        """Keep the last day on which a key was used.

        Args:
            key_id: the key.
            secret_mac: what is kept of its secret from now on, under the pepper in use.
            day: days since 1970-01-01.
        """
        earlier = func.coalesce(_keys.last_used_day, 0) < day
        use = update(tables.api_key).where(
            _keys.id == key_id, or_(earlier, _keys.secret_mac != secret_mac)
        )
        self.connection.execute(use.values(last_used_day=day, secret_mac=secret_mac))

    def use_nonce(self, key_id: str, nonce: str, *, at: datetime) -> bool:
        """Keep that a key's request was signed under a nonce; False where it was before."""
        using = insert(tables.nonce).values(key_id=key_id, nonce=nonce, used_at=at)
        try:
            with self.connection.begin_nested():
                self.connection.execute(using)
        except IntegrityError:
            return False
        return True

    def purge_nonces(self, *, before: datetime) -> None:
        """Forget nonces whose signatures are too old to be taken anyway."""
        self.connection.execute(delete(tables.nonce).where(tables.nonce.c.used_at < before))


def _reading() -> Select[Any]:
    return (
        select(tables.api_key, _platforms.name, _root.c.daily_budget.label("root_budget"))
        .join(tables.platform, _platforms.id == _keys.platform_id)
        .join(_root, _root.c.id == func.coalesce(_keys.root_id, _keys.id))
    )


def _root_of(key_id: str) -> Select[tuple[str]]:
    return select(func.coalesce(_keys.root_id, _keys.id)).where(_keys.id == key_id)


def _below(key_id: str, tree: Sequence[ApiKey]) -> list[ApiKey]:
    """The key of this id and those that descend from it."""
    found = [key for key in tree if key.key_id == key_id]
    for key in found:  # grows while it is read
        found.extend(_made_by(key, tree))
    return found


def _made_by(maker: ApiKey, tree: Iterable[ApiKey]) -> list[ApiKey]:
    return [key for key in tree if key.parent_id == maker.key_id]


def _api_key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        key_id=row.id,
        platform=Platform(PlatformId(row.platform_id), row.name),
        secret_mac=row.secret_mac,
        scopes=tuple(row.scopes.split()),
        weakest_tier=Tier(row.weakest_tier),
        expires_at=row.expires_at,
        revoked=row.revoked_at is not None,
        root_id=row.root_id or row.id,
        label=row.label or "",
        not_before=row.not_before,
        parent_id=row.parent_id,
        daily_budget=row.daily_budget,
        root_budget=row.root_budget,
        public_key=row.public_key,
        last_used_day=row.last_used_day,
    )

"""What a platform has set for itself, and the key that seals what is its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from indexer.records import PlatformId
from indexer.store import tables
from indexer.store.listing import Listing
from indexer.store.sealing import DataKey, unwrap

_policies = tables.platform_policy.c


@dataclass(frozen=True, slots=True)
class Policies:
    """Platforms' policies within one transaction."""

    connection: Connection
    listing: Listing
    _rows: dict[PlatformId, Row[Any] | None] = field(default_factory=dict)  # read so far

    def of(self, platform_id: PlatformId) -> Mapping[str, Any]:
        """What the platform has set, by name; empty where it set nothing."""
        kept = self._kept(platform_id)
        return {} if kept is None else dict(json.loads(kept.body))

    def set(self, platform_id: PlatformId, body: Mapping[str, Any]) -> None:
        """Replace what the platform has set."""
        self.key(platform_id)
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        self.connection.execute(
            update(tables.platform_policy)
            .where(_policies.platform_id == platform_id)
            .values(body=text)
        )
        self._rows.pop(platform_id, None)

    def known_key(self, platform_id: PlatformId) -> DataKey | None:
        """The key that seals the platform's own, where anything was sealed yet."""
        kept = self._kept(platform_id)
        if kept is None:
            return None
        ring = self.listing.ring
        return unwrap(kept.wrapped, data_key_id=kept.id, kek_id=kept.kek_id, ring=ring)

    def key(self, platform_id: PlatformId) -> DataKey:
        """The key that seals the platform's own; made with the first thing to seal."""
        known = self.known_key(platform_id)
        if known is not None:
            return known
        del self._rows[platform_id]
        try:
            with self.connection.begin_nested():
                made = self.listing.new_data_key()
                self.connection.execute(
                    insert(tables.platform_policy).values(
                        platform_id=platform_id, data_key_id=made.data_key_id, body="{}"
                    )
                )
        except IntegrityError:  # somebody else sealed the first thing at the same time
            found = select(_policies.data_key_id).where(_policies.platform_id == platform_id)
            return self.listing.data_key(self.connection.execute(found).scalar_one())
        return made

    def _kept(self, platform_id: PlatformId) -> Row[Any] | None:
        if platform_id not in self._rows:
            keys = tables.data_key
            self._rows[platform_id] = self.connection.execute(
                select(_policies.body, keys)
                .join(keys, keys.c.id == _policies.data_key_id)
                .where(_policies.platform_id == platform_id)
            ).one_or_none()
        return self._rows[platform_id]

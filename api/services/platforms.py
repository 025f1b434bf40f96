"""Platforms' API keys: made, checked at each request, revoked."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from api.security.api_keys import Caller, PresentedKey, caller_of, make_key, stored
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.errors import NoSuchKeyError
from hashsvc import Tier
from indexer.records import ApiKey
from indexer.store import Store

_REMEMBER_SECONDS = 0.9  # a revoked key stops working within a second
_REMEMBER_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class PlatformService:
    """Who may ask."""

    store: Store
    pepper: Pepper
    _remembered: dict[str, tuple[float, ApiKey | None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def create_key(
        self,
        name: str,
        scopes: Iterable[Scope],
        *,
        at: datetime,
        days: int,
        weakest_tier: Tier = Tier.POSSIBLE,
    ) -> PresentedKey:
        """Make a key for the platform of this name; the platform is made where it is new.

        Args:
            name: the platform's name.
            scopes: what the key may do.
            at: now.
            days: how long it holds, 1 to 400.
            weakest_tier: weaker matches are not answered to it.
        """
        key = make_key()
        kept = stored(key, self.pepper, scopes=scopes, weakest_tier=weakest_tier, at=at, days=days)
        with self.store.transaction() as tx:
            tx.platforms.add_key(tx.platforms.named(name), kept)
        return key

    def revoke_key(self, key_id: str, *, at: datetime) -> None:
        """Revoke a key for good; every worker refuses it within a second.

        Raises:
            NoSuchKeyError: there is no such key.
        """
        with self.store.transaction() as tx:
            if not tx.platforms.revoke_key(key_id, at=at):
                raise NoSuchKeyError

    def is_remembered(self, presented: PresentedKey) -> bool:
        """Whether `caller` will answer without the database."""
        return self._recalled(presented.key_id) is not None

    def caller(self, presented: PresentedKey, *, at: datetime) -> Caller:
        """Who holds this key.

        Raises:
            KeyInvalidError: unknown, wrong, expired or revoked, all alike.
        """
        recalled = self._recalled(presented.key_id)
        kept = self._read(presented.key_id) if recalled is None else recalled[1]
        return caller_of(presented, kept, self.pepper, at=at)

    def _recalled(self, key_id: str) -> tuple[float, ApiKey | None] | None:
        entry = self._remembered.get(key_id)
        if entry is None or monotonic() - entry[0] > _REMEMBER_SECONDS:
            return None
        return entry

    def _read(self, key_id: str) -> ApiKey | None:
        read_at = monotonic()
        with self.store.snapshot() as tx:
            kept = tx.platforms.key(key_id)
        with self._lock:
            if len(self._remembered) >= _REMEMBER_KEYS:  # someone is guessing ids
                self._remembered.clear()
            self._remembered[key_id] = (read_at, kept)
        return kept

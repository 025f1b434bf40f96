"""Platforms' API keys: made, checked at each request, revoked."""

import hashlib
import hmac
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.security.api_keys import (
    Caller,
    KeyKind,
    KeyWish,
    PresentedKey,
    caller_of,
    holding,
    make_key,
    past_holder_of,
    renewed_mac,
    stored,
)
from api.security.errors import KeyInvalidError, SignatureInvalidError
from api.security.message_signatures import (
    CLOCK_SKEW,
    SIGNATURE_WINDOW,
    SentRequest,
    signed_nonce,
)
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.errors import NoSuchKeyError, TooManyKeysError
from api.services.idempotency import Idempotency, Once
from api.services.key_memory import KeyMemory, Remembered
from hashsvc import Tier
from indexer.audit_records import OPERATOR, Act, Actor
from indexer.errors import StoreUnavailableError
from indexer.records import ApiKey
from indexer.store import Store, Transaction
from indexer.store.days import day_of

_log = logging.getLogger("hashsvc.keys")
MAX_LIVE_BELOW = 256  # live keys below an operator's one


@dataclass(frozen=True, slots=True)
class PlatformService:
    """Who may ask."""

    store: Store
    pepper: Pepper
    kind: KeyKind = KeyKind.LIVE  # of the keys that are made and taken here
    memory: KeyMemory = field(default_factory=KeyMemory)

    def create_key(
        self,
        name: str,
        scopes: Iterable[Scope],
        *,
        at: datetime,
        days: int,
        weakest_tier: Tier = Tier.POSSIBLE,
        label: str = "",
        not_before: datetime | None = None,
        daily_budget: int | None = None,
        public_key: bytes | None = None,
    ) -> PresentedKey:
        """Make a key for the platform of this name; the platform is made where it is new.

        Args:
            name: the platform's name.
            scopes: what the key may do.
            at: now.
            days: how long it holds, 1 to 400, from when it begins.
            weakest_tier: weaker matches are not answered to it.
            label: the holder's own word for it.
            not_before: when it begins to hold; None: now.
            daily_budget: signatures that may be asked about in a day; None: the service's default.
            public_key: Ed25519, 32 bytes; with it every request must be signed.

        Raises:
            KeyTooLongError: it would hold for more than 400 days from now.
        """
        wish = KeyWish(
            scopes=frozenset(scopes),
            expires_at=(not_before or at) + timedelta(days=days),
            weakest_tier=weakest_tier,
            label=label,
            not_before=not_before,
            daily_budget=daily_budget,
            public_key=public_key,
        )
        return self._create(name, wish, at=at)

    def create_below(
        self, maker: Caller, wish: KeyWish, once: Once, *, at: datetime
    ) -> tuple[PresentedKey | None, ApiKey]:
        """Make a key below the caller's own, of the same platform.

        Returns:
            The key as it is shown once, and as it is kept. A repeated request makes no second key
            and is not shown the first one again: only its id is kept as the answer.

        Raises:
            KeyTooBroadError: it would do more than its maker.
            KeyTooLongError: it would never hold.
            TooManyKeysError: there are 256 already.
            KeyInvalidError: the caller's key was revoked in the meantime.
            KeyReusedError: the idempotency key belongs to another request.
        """
        key = make_key(self.kind)
        with self.store.transaction() as tx:
            above = _still_valid(tx, maker, at=at)

            def make() -> str:
                _require_room(tx, above, at=at)
                wish.require_life(at=at)
                wish.require_within(above)
                tx.platforms.add_key(above.platform, stored(key, self.pepper, wish, maker=above))
                _record(tx, Act.KEY_CREATE, maker.actor, key.key_id, at=at)
                return key.key_id

            answered = Idempotency(self.pepper).answer(tx, maker, once, make, at=at)
            made = tx.platforms.branch(answered.text)[0]
        return (None if answered.replayed else key), made

    def branch(self, caller: Caller, *, at: datetime) -> list[ApiKey]:
        """The caller's own key and those below it, except the ended ones."""
        with self.store.snapshot() as tx:
            return [key for key in tx.platforms.branch(caller.key_id) if not key.ended(at)]

    def revoke_below(self, caller: Caller, key_id: str, *, at: datetime) -> None:
        """Revoke the caller's own key or one below it, with all that hangs below.

        Raises:
            NoSuchKeyError: there is none of this id, or it is not the caller's to revoke.
        """
        with self.store.transaction() as tx:
            own = {key.key_id for key in tx.platforms.locked_branch(caller.key_id)}
            if key_id not in own:
                raise NoSuchKeyError
            tx.platforms.revoke_key(key_id, at=at)
            _record(tx, Act.KEY_REVOKE, caller.actor, key_id, at=at)

    def all_keys(self) -> list[ApiKey]:
        """Every key, revoked and expired ones included."""
        with self.store.snapshot() as tx:
            return tx.platforms.all_keys()

    def replace_key(
        self, key_id: str, *, at: datetime, days: int, overlap: timedelta
    ) -> PresentedKey:
        """Make a key that may do the same as an operator's other one; both hold for a while.

        Args:
            key_id: the key to replace.
            at: now.
            days: how long the new one holds, 1 to 400.
            overlap: how long the old one still holds; keys below it hang below the new one.

        Raises:
            NoSuchKeyError: no live key that an operator made has this id.
        """
        new = make_key(self.kind)
        with self.store.transaction() as tx:
            branch = tx.platforms.locked_branch(key_id)
            if not branch or branch[0].ended(at) or branch[0].parent_id is not None:
                raise NoSuchKeyError
            wish = _same_again(branch[0], expires_at=at + timedelta(days=days))
            wish.require_life(at=at)
            tx.platforms.add_key(branch[0].platform, stored(new, self.pepper, wish))
            tx.platforms.replace_key(key_id, new.key_id, until=at + overlap)
            _record(tx, Act.KEY_REPLACE, OPERATOR, key_id, at=at)
        return new

    def revoke_key(self, key_id: str, *, at: datetime) -> None:
        """Revoke a key and all below it for good; every worker refuses them within a second.

        Raises:
            NoSuchKeyError: there is no such key.
        """
        with self.store.transaction() as tx:
            if not tx.platforms.revoke_key(key_id, at=at):
                raise NoSuchKeyError
            _record(tx, Act.KEY_REVOKE, OPERATOR, key_id, at=at)

    def remembered_caller(
        self, presented: PresentedKey, *, at: datetime, renew: Callable[[], object]
    ) -> Caller | None:
        """Who holds this key, without the database; None where `caller` must be asked.

        Args:
            presented: the key as it was sent.
            at: now.
            renew: called when somebody should ask `caller`, for those who come after this one.

        Raises:
            KeyInvalidError: unknown, wrong, not yet valid, expired or revoked, all alike.
        """
        recalled = self.memory.recall(presented.key_id)
        if recalled is None or (recalled.holder and recalled.holder.kept.public_key):
            return None
        caller = self._remembered(presented, recalled, at=at)
        if self.memory.renewal_due(recalled):
            renew()
        return caller

    def caller(
        self, presented: PresentedKey, *, at: datetime, request: SentRequest | None = None
    ) -> Caller:
        """Who holds this key.

        Args:
            presented: the key as it was sent.
            at: now.
            request: with what it was sent; without it no key that must sign is good.

        Raises:
            KeyInvalidError: unknown, wrong, not yet valid, expired or revoked, all alike.
            SignatureInvalidError: the key must sign, and this request is not signed, or was seen.
        """
        caller = self._holder(presented, self._read(presented.key_id), at=at)
        if caller.kept.public_key is not None:
            self._require_signature(request, caller.key_id, caller.kept.public_key, at=at)
        self._note_use(presented, caller.kept, day=day_of(at))
        return caller

    def _remembered(self, presented: PresentedKey, recalled: Remembered, *, at: datetime) -> Caller:
        # OpenSSL takes ten times as long for an HMAC as for a plain digest.
        shown = hashlib.sha256(presented.text().encode()).digest()
        if recalled.holder is not None and hmac.compare_digest(shown, recalled.shown):
            return holding(recalled.holder, at=at)
        caller = self._holder(presented, recalled.holder, at=at)
        recalled.shown = shown
        return caller

    def _holder(self, presented: PresentedKey, holder: Caller | None, *, at: datetime) -> Caller:
        if presented.kind is not self.kind:
            raise KeyInvalidError
        return caller_of(presented, holder, self.pepper, at=at)

    def _create(self, name: str, wish: KeyWish, *, at: datetime) -> PresentedKey:
        wish.require_life(at=at)
        key = make_key(self.kind)
        with self.store.transaction() as tx:
            tx.platforms.add_key(tx.platforms.named(name), stored(key, self.pepper, wish))
            _record(tx, Act.KEY_CREATE, OPERATOR, key.key_id, at=at)
        return key

    def _require_signature(
        self, request: SentRequest | None, key_id: str, public_key: bytes, *, at: datetime
    ) -> None:
        if request is None:
            raise SignatureInvalidError
        nonce = signed_nonce(request, key_id=key_id, public_key=public_key, at=at)
        with self.store.transaction() as tx:
            tx.platforms.purge_nonces(before=at - SIGNATURE_WINDOW - CLOCK_SKEW)
            if not tx.platforms.use_nonce(key_id, nonce, at=at):
                raise SignatureInvalidError

    def _read(self, key_id: str) -> Caller | None:
        read_at = self.memory.now()
        with self.store.snapshot() as tx:
            kept = tx.platforms.key(key_id)
        holder = past_holder_of(kept) if kept else None
        self.memory.keep(key_id, holder, read_at=read_at)
        return holder

    def _note_use(self, presented: PresentedKey, key: ApiKey, *, day: int) -> None:
        """Keep the day, and the digest under the pepper in use.

        A key is good even where nothing can be written just now.
        """
        secret_mac = renewed_mac(presented, self.pepper)
        if (key.last_used_day or 0) >= day and key.secret_mac == secret_mac:
            return
        try:
            with self.store.transaction() as tx:
                tx.platforms.note_use(key.key_id, secret_mac, day=day)
        except StoreUnavailableError:
            _log.warning("last use of a key not kept", extra={"key_id": key.key_id})


def _record(tx: Transaction, act: Act, by: Actor, key_id: str, *, at: datetime) -> None:
    tx.audit.record(act, by=by, at=at, about={"key": key_id})


def _still_valid(tx: Transaction, maker: Caller, *, at: datetime) -> ApiKey:
    """The maker's key as it is kept now; nobody revokes it before the transaction ends."""
    branch = tx.platforms.locked_branch(maker.key_id)
    if not branch or not branch[0].holds(at):
        raise KeyInvalidError
    return branch[0]


def _require_room(tx: Transaction, maker: ApiKey, *, at: datetime) -> None:
    tree = tx.platforms.branch(maker.root_id)
    if sum(not key.ended(at) for key in tree) > MAX_LIVE_BELOW:
        raise TooManyKeysError


def _same_again(old: ApiKey, *, expires_at: datetime) -> KeyWish:
    return KeyWish(
        scopes=frozenset(Scope(scope) for scope in old.scopes),
        expires_at=expires_at,
        weakest_tier=old.weakest_tier,
        label=old.label,
        daily_budget=old.daily_budget,
        public_key=old.public_key,
    )

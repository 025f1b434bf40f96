"""API keys: made, shown once, kept as a digest, checked."""

import re
import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from api.security.errors import KeyInvalidError, KeyTooBroadError, KeyTooLongError
from api.security.peppers import Pepper, Purpose
from api.security.scopes import Scope
from hashsvc import Tier
from indexer.audit_records import Actor
from indexer.records import ApiKey, NewKey, Platform

MAX_DAYS = 400
_LONGEST = timedelta(days=MAX_DAYS)
_ID_SIGNS = string.ascii_lowercase + string.digits
_SECRET_SIGNS = string.ascii_letters + string.digits
_SECRET_LENGTH = 43  # base 62: 256 bits
# The prefix lets secret scanners find a key that somebody committed.
_FORM = re.compile(r"hsk_(live|test)_([a-z0-9]{8})_([a-zA-Z0-9]{43})")


class KeyKind(StrEnum):
    """Which services take a key."""

    LIVE = "live"
    TEST = "test"  # sandboxes

    @classmethod
    def of(cls, *, sandbox: bool) -> "KeyKind":
        """What a service makes and takes."""
        return cls.TEST if sandbox else cls.LIVE


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """A key as its holder sent it."""

    kind: KeyKind
    key_id: str
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "PresentedKey":
        """Read `hsk_live_<id>_<secret>` or `hsk_test_...`.

        Raises:
            KeyInvalidError: it has another form.
        """
        form = _FORM.fullmatch(text)
        if form is None:
            raise KeyInvalidError
        kind, key_id, secret = form.groups()
        return cls(KeyKind(kind), key_id, secret)

    def text(self) -> str:
        """The form in which it is shown, once."""
        return f"hsk_{self.kind}_{self.key_id}_{self.secret}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a platform, and what its key may do."""

    key_id: str
    platform: Platform
    scopes: frozenset[Scope]
    weakest_tier: Tier  # weaker matches are not answered to it
    kept: ApiKey = field(repr=False)

    @property
    def actor(self) -> Actor:
        """Who it is to the audit."""
        return Actor.key(self.key_id)


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What a key about to be made shall be."""

    scopes: frozenset[Scope]
    expires_at: datetime
    weakest_tier: Tier = Tier.POSSIBLE
    label: str = ""
    not_before: datetime | None = None
    daily_budget: int | None = None  # signatures
    public_key: bytes | None = None  # Ed25519, 32 bytes: its requests must be signed

    def require_life(self, *, at: datetime) -> None:
        """Refuse a key that would never hold, or for more than 400 days from now.

        Raises:
            KeyTooLongError: it would.
        """
        begins = max(at, self.not_before or at)
        if not begins < self.expires_at <= at + _LONGEST:
            raise KeyTooLongError

    def require_within(self, maker: ApiKey) -> None:
        """Refuse what its maker does not have itself.

        Raises:
            KeyTooBroadError: it would do more, hold longer, see weaker tiers or ask more.
        """
        within = (
            self.scopes <= set(maker.scopes)
            and self.expires_at <= maker.expires_at
            and self.weakest_tier.reaches(maker.weakest_tier)
            and self._budget_within(maker)
        )
        if not within:
            raise KeyTooBroadError

    def _budget_within(self, maker: ApiKey) -> bool:
        if maker.daily_budget is None:
            return True
        return self.daily_budget is not None and self.daily_budget <= maker.daily_budget


def make_key(kind: KeyKind = KeyKind.LIVE) -> PresentedKey:
    """A new random key."""
    return PresentedKey(kind, _random(_ID_SIGNS, 8), _random(_SECRET_SIGNS, _SECRET_LENGTH))


def stored(
    key: PresentedKey, pepper: Pepper, wish: KeyWish, *, maker: ApiKey | None = None
) -> NewKey:
    """What the store keeps of a key: no secret.

    Args:
        key: as it will be shown.
        pepper: source of the digest.
        wish: what it may do.
        maker: the key that makes it; None: an operator does.
    """
    return NewKey(
        key_id=key.key_id,
        secret_mac=renewed_mac(key, pepper),
        scopes=tuple(sorted(wish.scopes)),
        weakest_tier=wish.weakest_tier,
        expires_at=wish.expires_at,
        label=wish.label,
        not_before=wish.not_before,
        parent_id=maker.key_id if maker else None,
        root_id=maker.root_id if maker else None,
        daily_budget=wish.daily_budget,
        public_key=wish.public_key,
    )


def caller_of(
    presented: PresentedKey, holder: Caller | None, pepper: Pepper, *, at: datetime
) -> Caller:
    """Who holds this key.

    Args:
        presented: as it was sent.
        holder: who is kept under its id, whatever the secret; None: nobody.
        pepper: source of the digest.
        at: now.

    Raises:
        KeyInvalidError: unknown, wrong, not yet valid, expired or revoked, all alike.
    """
    text = presented.text().encode()
    if holder is None or not pepper.fits(holder.kept.secret_mac, Purpose.API, text):
        raise KeyInvalidError
    return holding(holder, at=at)


def holding(holder: Caller, *, at: datetime) -> Caller:
    """The same, whose key holds.

    Raises:
        KeyInvalidError: not yet valid, expired or revoked, all alike.
    """
    if not holder.kept.holds(at):
        raise KeyInvalidError
    return holder


def holder_of(kept: ApiKey, *, at: datetime) -> Caller:
    """Who holds a key whose secret was shown before.

    Raises:
        KeyInvalidError: not yet valid, expired or revoked, all alike.
    """
    return holding(past_holder_of(kept), at=at)


def past_holder_of(kept: ApiKey) -> Caller:
    """Who held a key when something was done with it, whatever became of the key since."""
    return Caller(
        key_id=kept.key_id,
        platform=kept.platform,
        scopes=frozenset(Scope(scope) for scope in kept.scopes),
        weakest_tier=kept.weakest_tier,
        kept=kept,
    )


def renewed_mac(key: PresentedKey, pepper: Pepper) -> bytes:
    """What is kept of a key's secret, under the pepper in use."""
    return pepper.mac(Purpose.API, key.text().encode())


def _random(signs: str, length: int) -> str:
    return "".join(secrets.choice(signs) for _ in range(length))

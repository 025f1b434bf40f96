"""API keys: made, shown once, kept as a digest, checked."""

import hmac
import re
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.security.errors import KeyInvalidError
from api.security.peppers import Pepper, Purpose
from api.security.scopes import Scope
from hashsvc import Tier
from indexer.records import ApiKey, NewKey, Platform

MAX_DAYS = 400
_ID_SIGNS = string.ascii_lowercase + string.digits
_SECRET_SIGNS = string.ascii_letters + string.digits
_SECRET_LENGTH = 43  # base 62: 256 bits
# The prefix lets secret scanners find a key that somebody committed.
_FORM = re.compile(r"hsk_live_([a-z0-9]{8})_([a-zA-Z0-9]{43})")


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """A key as its holder sent it."""

    key_id: str
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "PresentedKey":
        """Read `hsk_live_<id>_<secret>`.

        Raises:
            KeyInvalidError: it has another form.
        """
        form = _FORM.fullmatch(text)
        if form is None:
            raise KeyInvalidError
        return cls(*form.groups())

    def text(self) -> str:
        """The form in which it is shown, once."""
        return f"hsk_live_{self.key_id}_{self.secret}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a platform, and what its key may do."""

    key_id: str
    platform: Platform
    scopes: frozenset[Scope]
    weakest_tier: Tier  # weaker matches are not answered to it


def make_key() -> PresentedKey:
    """A new random key."""
    return PresentedKey(_random(_ID_SIGNS, 8), _random(_SECRET_SIGNS, _SECRET_LENGTH))


def stored(
    key: PresentedKey,
    pepper: Pepper,
    *,
    scopes: Iterable[Scope],
    weakest_tier: Tier,
    at: datetime,
    days: int,
) -> NewKey:
    """What the store keeps of a key: no secret.

    Args:
        key: as it will be shown.
        pepper: source of the digest.
        scopes: what it may do.
        weakest_tier: weaker matches are not answered to it.
        at: now.
        days: how long it holds, 1 to 400.
    """
    return NewKey(
        key_id=key.key_id,
        secret_mac=_mac(key, pepper),
        scopes=tuple(scopes),
        weakest_tier=weakest_tier,
        expires_at=at + timedelta(days=days),
    )


def caller_of(
    presented: PresentedKey, kept: ApiKey | None, pepper: Pepper, *, at: datetime
) -> Caller:
    """Who holds this key.

    Raises:
        KeyInvalidError: unknown, wrong, expired or revoked, all alike.
    """
    if kept is None or not hmac.compare_digest(kept.secret_mac, _mac(presented, pepper)):
        raise KeyInvalidError
    if kept.revoked or at >= kept.expires_at:
        raise KeyInvalidError
    return Caller(
        kept.key_id,
        kept.platform,
        frozenset(Scope(scope) for scope in kept.scopes),
        kept.weakest_tier,
    )


def _mac(key: PresentedKey, pepper: Pepper) -> bytes:
    return pepper.mac(Purpose.API, key.text().encode())


def _random(signs: str, length: int) -> str:
    return "".join(secrets.choice(signs) for _ in range(length))

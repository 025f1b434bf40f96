"""How often cases are opened from one part of the network, without knowing any address.

An address becomes a keyed digest of its network, under a key of the day, before anything is
counted; the counts are in this process's memory alone, and gone with it or at midnight (UTC).
"""

import hashlib
import hmac
import ipaddress
import math
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from api.security.peppers import Pepper, Purpose

_HOUR_SECONDS = 3_600
_IPV4_BYTES = 3  # /24
_IPV6_BYTES = 6  # /48: what one household or company is given at most
_NOWHERE = b"?"  # no address, or what is none: they share one count
_MOST_SOURCES = 100_000  # about 20 MB; beyond it a new source counts as one at its limit
_SWEEP_AFTER = timedelta(minutes=1)


@dataclass(slots=True)
class _Account:
    tokens: float
    counted_at: datetime


class SourceLimits:
    """Counts what comes from each network: a bucket that holds an hour's worth and refills."""

    def __init__(self, pepper: Pepper, *, per_hour: int, workers: int = 1) -> None:
        """Nothing has come yet.

        Args:
            pepper: keys of the days are made from it.
            per_hour: what the service takes from one network, freely.
            workers: processes that share this; each lets through its part, and one at least.
        """
        self._pepper = pepper
        self._burst = math.ceil(per_hour / workers)
        self._per_second = self._burst / _HOUR_SECONDS
        self._day = date.min
        self._key = b""
        self._accounts: dict[bytes, _Account] = {}
        self._swept_at = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()  # routes run in threads

    def take(self, source: str | None, *, at: datetime) -> int:
        """Count one more from here.

        Args:
            source: an address, as the socket or a trusted proxy names it; kept by nobody.
            at: now.

        Returns:
            0: it is within the limit; else after how many seconds one more would be.
        """
        with self._lock:
            self._begin(at)
            account = self._account(self._bucket(source), at)
            if account is None:
                return math.ceil(1 / self._per_second)
            if account.tokens < 1:
                return math.ceil((1 - account.tokens) / self._per_second)
            account.tokens -= 1
            return 0

    def _begin(self, at: datetime) -> None:
        today = at.astimezone(UTC).date()
        if today != self._day:
            self._day, self._accounts = today, {}
            self._key = self._pepper.mac(Purpose.BUCKET, today.isoformat().encode())

    def _bucket(self, source: str | None) -> bytes:
        return hmac.new(self._key, network_of(source), hashlib.sha256).digest()[:16]

    def _account(self, bucket: bytes, at: datetime) -> _Account | None:
        account = self._accounts.get(bucket)
        if account is None:
            if not self._has_room(at):
                return None
            account = self._accounts[bucket] = _Account(self._burst, at)
        # A clock that was set back refills nothing, and starts anew from there.
        passed = max(0.0, (at - account.counted_at).total_seconds())
        account.tokens = min(self._burst, account.tokens + passed * self._per_second)
        account.counted_at = at
        return account

    def _has_room(self, at: datetime) -> bool:
        """Whether one more source can be counted; forgets those whose bucket is full again."""
        if len(self._accounts) >= _MOST_SOURCES and abs(at - self._swept_at) >= _SWEEP_AFTER:
            self._swept_at = at
            full_since = at - timedelta(hours=1)
            self._accounts = {
                bucket: account
                for bucket, account in self._accounts.items()
                if account.counted_at > full_since
            }
        return len(self._accounts) < _MOST_SOURCES


def network_of(source: str | None) -> bytes:
    """The /24 of an IPv4 address or the /48 of an IPv6 one, as bytes."""
    try:
        address = ipaddress.ip_address(source or "")
    except ValueError:
        return _NOWHERE
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    size = _IPV4_BYTES if isinstance(address, ipaddress.IPv4Address) else _IPV6_BYTES
    return address.packed[:size]

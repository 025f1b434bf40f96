"""A small sum that a device does before a case is opened, where many come from its network.

Nothing is kept for it. A challenge is bound to the idempotency key of the request that it was
given to; one key opens one case, whichever worker is asked and however often, so one solution
does too.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.errors import SecurityError
from api.security.peppers import Pepper, Purpose

_LASTS = timedelta(minutes=10)
_UNTIL_BYTES = 8  # seconds since 1970
_RANDOM_BYTES = 11
_MAC_BYTES = 16
_NAMED_BYTES = _UNTIL_BYTES + 1 + _RANDOM_BYTES  # with the bits
# A challenge has 36 bytes: with its solution it fits into one block of SHA-256.
SOLUTION = r"^[A-Za-z0-9_-]{48}\.[0-9a-f]{8}$"


class WorkNeededError(SecurityError):
    """Many cases come from this network: send this request again with the solution of `work`."""

    def __init__(self, challenge: str, bits: int, retry_after_seconds: int) -> None:
        """Say what is to be solved.

        Args:
            challenge: what stands before the solution.
            bits: how many zeros the SHA-256 of both begins with.
            retry_after_seconds: when it goes without.
        """
        super().__init__()
        self.challenge = challenge
        self.bits = bits
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Challenges:
    """Makes challenges and checks their solutions."""

    pepper: Pepper
    bits: int  # 2 to this power tries, on average

    def new(self, key: str, *, at: datetime) -> str:
        """A challenge for the request with this idempotency key; it holds for ten minutes."""
        until = int((at + _LASTS).timestamp()).to_bytes(_UNTIL_BYTES, "big")
        named = until + bytes([self.bits]) + secrets.token_bytes(_RANDOM_BYTES)
        return base64.urlsafe_b64encode(named + self._mac(named, key)).decode()

    def solved(self, solution: str, key: str, *, at: datetime) -> bool:
        """Whether this is a challenge of ours for this key, in time, and its solution."""
        if re.fullmatch(SOLUTION, solution) is None:
            return False
        challenge, _, number = solution.partition(".")
        content = base64.urlsafe_b64decode(challenge)
        named, mac = content[:_NAMED_BYTES], content[_NAMED_BYTES:]
        if not hmac.compare_digest(mac, self._mac(named, key)):
            return False
        if at.timestamp() >= int.from_bytes(named[:_UNTIL_BYTES], "big"):
            return False
        digest = hashlib.sha256(content + bytes.fromhex(number)).digest()
        return int.from_bytes(digest, "big").bit_length() <= 8 * len(digest) - named[_UNTIL_BYTES]

    def _mac(self, named: bytes, key: str) -> bytes:
        return self.pepper.mac(Purpose.WORK, named + key.encode())[:_MAC_BYTES]

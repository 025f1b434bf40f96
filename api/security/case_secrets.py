"""How a survivor returns without an account: a case number and a PIN, kept as digests only."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from api.security import crockford
from api.security.errors import OverloadedError
from api.security.peppers import Pepper, Purpose

_NUMBER_BYTES = 10  # 80 bits
_NUMBER_SIGNS = 16
_MINT_BYTES = 16
# Argon2id at the OWASP minimum: 19 MiB and two passes cost about 40 ms a guess.
PIN_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, salt_len=16)
_PINS_AT_ONCE = 2
PIN_QUEUE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """80 bits that only the survivor holds; its `repr` hides them."""

    bits: bytes = field(repr=False)

    @classmethod
    def typed(cls, text: str) -> "CaseNumber | None":
        """Read a number as a person typed it, or None where it is none."""
        number = crockford.decode(text, signs=_NUMBER_SIGNS)
        return None if number is None else cls(number.to_bytes(_NUMBER_BYTES, "big"))

    def shown(self) -> str:
        """Four groups of four signs."""
        signs = crockford.encode(int.from_bytes(self.bits, "big"), signs=_NUMBER_SIGNS)
        return "-".join(signs[start : start + 4] for start in range(0, _NUMBER_SIGNS, 4))


class CaseSecrets:
    """Makes case numbers, and the digests by which the store knows numbers and PINs."""

    def __init__(
        self,
        pepper: Pepper,
        *,
        hasher: PasswordHasher = PIN_HASHER,
        queue_seconds: float = PIN_QUEUE_SECONDS,
    ) -> None:
        """Prepare.

        Args:
            pepper: source of every keyed digest.
            hasher: Argon2id; tests pass a cheap one.
            queue_seconds: how long a PIN waits for its turn before it is refused.
        """
        self._pepper = pepper
        self._hasher = hasher
        self._queue_seconds = queue_seconds
        self._slots = threading.BoundedSemaphore(_PINS_AT_ONCE)
        # A number that no case has costs as much time as one that has: this digest is checked.
        self._nobody = hasher.hash(self._peppered(secrets.token_hex(8)))

    @property
    def pepper_id(self) -> str:
        """Which pepper the digests are made with."""
        return self._pepper.pepper_id

    def new_number(self, idempotency_key: str | None) -> CaseNumber:
        """The number for a new case; the same key gives the same number, so a retry is safe."""
        seed = idempotency_key.encode() if idempotency_key else secrets.token_bytes(_MINT_BYTES)
        return CaseNumber(self._pepper.mac(Purpose.MINT, seed)[:_NUMBER_BYTES])

    def earlier_numbers(self, idempotency_key: str | None) -> list[CaseNumber]:
        """What the same key gave before the pepper was rotated, if that is not long ago."""
        if idempotency_key is None:
            return []
        macs = self._pepper.macs(Purpose.MINT, idempotency_key.encode())[1:]
        return [CaseNumber(mac[:_NUMBER_BYTES]) for mac in macs]

    def number_mac(self, number: CaseNumber) -> bytes:
        """The digest under which the store keeps the case from now on."""
        return self._pepper.mac(Purpose.CASE, number.bits)

    def number_macs(self, number: CaseNumber) -> list[bytes]:
        """Every digest under which the store may keep the case, the one above first."""
        return self._pepper.macs(Purpose.CASE, number.bits)

    def request_mac(self, body: bytes) -> bytes:
        """The digest that tells a repeated request from another one under the same key."""
        return self._pepper.mac(Purpose.REQUEST, body)

    def is_same_request(self, kept: bytes, body: bytes) -> bool:
        """Whether a digest that was kept is of this request."""
        return self._pepper.fits(kept, Purpose.REQUEST, body)

    def pin_digest(self, pin: str) -> str:
        """Argon2id over the peppered PIN, as a PHC string.

        Raises:
            OverloadedError: too many PINs are being checked.
        """
        with self._slot():
            return self._hasher.hash(self._peppered(pin))

    def check_pin(self, pin: str, digest: str | None, pepper_id: str | None = None) -> bool:
        """Whether the PIN fits; with no digest the answer is no, after the same time.

        Args:
            pin: as it was typed.
            digest: as it was kept.
            pepper_id: under which pepper it was kept; None: the one in use.

        Raises:
            OverloadedError: too many PINs are being checked.
        """
        with self._slot():
            try:
                self._hasher.verify(digest or self._nobody, self._peppered(pin, pepper_id))
            except VerifyMismatchError:
                return False
        return digest is not None

    def _peppered(self, pin: str, pepper_id: str | None = None) -> bytes:
        return self._pepper.mac_under(pepper_id or self.pepper_id, Purpose.PIN, pin.encode())

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=self._queue_seconds):
            raise OverloadedError
        try:
            yield
        finally:
            self._slots.release()

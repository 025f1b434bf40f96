"""Keys derived from the pepper, one for each purpose, so that no digest serves two."""

import hmac
from enum import StrEnum

from api.security.derived_keys import derived_key
from indexer.store.sealing import KeyRing


class Purpose(StrEnum):
    """What a derived key is for; the value is HKDF's label."""

    CASE = "case"  # digests of case numbers
    MINT = "mint"  # case numbers made from idempotency keys
    PIN = "pin"
    REQUEST = "request"  # digests of what a case was opened with
    API = "api"
    REF = "ref"  # digests of platforms' references
    CURSOR = "cursor"
    REPEAT = "repeat"  # digests of requests that may come again
    SESSION = "session"  # digests of console sessions
    IMPORT = "import"  # digests of other networks' entries
    FORM = "form"  # what proves that a form of the console is its own
    BUCKET = "bucket"  # keys of the days, under which networks are counted
    WORK = "work"  # challenges before a case is opened


# Nobody types these again, so nobody renews them: they stay under the oldest pepper that lives.
_LASTING = frozenset({Purpose.REF, Purpose.IMPORT})


class Pepper:
    """Keyed digests: new ones under the current pepper, older ones still known."""

    def __init__(self, ring: KeyRing) -> None:
        """Derive a key for each pepper and purpose (HKDF-SHA256, RFC 5869)."""
        self.pepper_id = ring.current_id
        self._keys = {
            pepper_id: {purpose: derived_key(key, purpose.value.encode()) for purpose in Purpose}
            for pepper_id, key in ring.keys.items()
        }
        self._oldest_id = list(self._keys)[-1]

    @property
    def live_ids(self) -> frozenset[str]:
        """Every pepper whose digests are known."""
        return frozenset(self._keys)

    def mac(self, purpose: Purpose, message: bytes) -> bytes:
        """HMAC-SHA256, 32 bytes, as it is kept from now on."""
        pepper_id = self._oldest_id if purpose in _LASTING else self.pepper_id
        return self.mac_under(pepper_id, purpose, message)

    def macs(self, purpose: Purpose, message: bytes) -> list[bytes]:
        """Under every pepper that lives, the current one first: how it may have been kept."""
        others = [pepper_id for pepper_id in self._keys if pepper_id != self.pepper_id]
        return [self.mac_under(one, purpose, message) for one in (self.pepper_id, *others)]

    def fits(self, kept: bytes, purpose: Purpose, message: bytes) -> bool:
        """Whether a digest that was kept, under whichever pepper, is of this message."""
        found = [hmac.compare_digest(kept, mac) for mac in self.macs(purpose, message)]
        return any(found)

    def mac_under(self, pepper_id: str, purpose: Purpose, message: bytes) -> bytes:
        """HMAC-SHA256, 32 bytes, under one pepper."""
        return hmac.digest(self._keys[pepper_id][purpose], message, "sha256")

"""Places in paged lists: opaque to the platform, and bound to it by a keyed digest."""

import base64
import hmac
import json
from binascii import Error as Base64Error
from dataclasses import dataclass
from typing import Any

from api.security.peppers import Pepper, Purpose
from api.services.errors import CursorInvalidError
from indexer.records import PlatformId

_MAC_BYTES = 16
MAX_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and opens the cursors of one list."""

    pepper: Pepper
    list_name: str  # a cursor of one list opens no other

    def make(self, platform_id: PlatformId, place: list[Any]) -> str:
        """A cursor for a place: numbers, words or nothing, never a hash."""
        written = json.dumps(place, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._macs(platform_id, written)[0] + written).decode()

    def open(self, platform_id: PlatformId, cursor: str) -> list[Any]:
        """The place that a cursor was made for.

        Raises:
            CursorInvalidError: garbage, altered, of another list or another platform.
        """
        try:
            sealed = base64.b64decode(cursor, altchars=b"-_", validate=True)
        except (Base64Error, ValueError) as error:
            raise CursorInvalidError from error
        mac, written = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
        if not any(hmac.compare_digest(mac, one) for one in self._macs(platform_id, written)):
            raise CursorInvalidError
        place: list[Any] = json.loads(written)
        return place

    def _macs(self, platform_id: PlatformId, written: bytes) -> list[bytes]:
        message = f"{self.list_name}/{platform_id}/".encode() + written
        return [mac[:_MAC_BYTES] for mac in self.pepper.macs(Purpose.CURSOR, message)]

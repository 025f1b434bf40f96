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
        return base64.urlsafe_b64encode(self._mac(platform_id, written) + written).decode()

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
        if not hmac.compare_digest(mac, self._mac(platform_id, written)):
            raise CursorInvalidError
        place: list[Any] = json.loads(written)
        return place

    def _mac(self, platform_id: PlatformId, written: bytes) -> bytes:
        message = f"{self.list_name}/{platform_id}/".encode() + written
        return self.pepper.mac(Purpose.CURSOR, message)[:_MAC_BYTES]

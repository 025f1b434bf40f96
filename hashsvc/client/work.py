"""The small sum that a service asks for when many cases come from one network."""

import hashlib
import re
from base64 import urlsafe_b64decode

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{48}")
_NUMBER_BYTES = 4
MOST_BITS = 26  # more would take minutes: no service of ours asks for it


def solution(challenge: str, bits: int) -> str | None:
    """The lowest number that solves a challenge, as it is sent; None where nobody should try.

    Args:
        challenge: 36 bytes as base64url.
        bits: how many zeros the SHA-256 of the challenge and the number begins with, 1 to 26.
    """
    if _CHALLENGE.fullmatch(challenge) is None or not 1 <= bits <= MOST_BITS:
        return None
    begun = hashlib.sha256(urlsafe_b64decode(challenge))
    limit = 1 << (32 - bits)
    for number in range(1 << (8 * _NUMBER_BYTES)):
        tried = begun.copy()
        tried.update(number.to_bytes(_NUMBER_BYTES, "big"))
        if int.from_bytes(tried.digest()[:4], "big") < limit:
            return f"{challenge}.{number:08x}"
    return None

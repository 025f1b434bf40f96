"""The second key that a StopNCII client sends: one for each endpoint, recomputed, never stored."""

import hmac
import string
from enum import StrEnum

from api.security.peppers import Pepper, Purpose

_SIGNS = string.digits + string.ascii_letters  # no `,` and no `:`: pytx parts its settings there
_LENGTH = 43


class Endpoint(StrEnum):
    """What a StopNCII client calls."""

    FETCH_HASHES = "FetchHashes"
    SUBMIT_HASHES = "SubmitHashes"
    SUBMIT_FEEDBACK = "SubmitFeedback"


def function_key(pepper: Pepper, endpoint: Endpoint, key_id: str) -> str:
    """43 signs in base 62 that open one endpoint to one API key."""
    return _function_keys(pepper, endpoint, key_id)[0]


def _function_keys(pepper: Pepper, endpoint: Endpoint, key_id: str) -> list[str]:
    """Under every pepper that lives, the current one first."""
    message = f"stopncii/{endpoint.value}/{key_id}".encode()
    return [_written(mac) for mac in pepper.macs(Purpose.API, message)]


def _written(mac: bytes) -> str:
    number, signs = int.from_bytes(mac, "big"), ""
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_SIGNS))
        signs += _SIGNS[place]
    return signs


def opens(sent: str, pepper: Pepper, endpoint: Endpoint, key_id: str) -> bool:
    """Whether a function key belongs to this endpoint and API key."""
    expected = _function_keys(pepper, endpoint, key_id)
    return any(hmac.compare_digest(sent.encode(), one.encode()) for one in expected)

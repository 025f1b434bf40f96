"""Limits as header fields, `RateLimit` and `RateLimit-Policy`.

As in draft-ietf-httpapi-ratelimit-headers-11; an earlier one had other fields.
"""

from collections.abc import Iterable
from functools import lru_cache

from api.security.rate_limits import Quota, Unit


def rate_fields(quotas: Iterable[Quota]) -> dict[str, str]:
    """The two fields: what is allowed, and what is left of it."""
    known = list(quotas)
    return {
        "RateLimit-Policy": ", ".join(
            [_policy(quota.name, quota.unit, quota.amount, quota.window_seconds) for quota in known]
        ),
        "RateLimit": ", ".join([_left(quota) for quota in known]),
    }


@lru_cache(maxsize=1024)  # the same for each request
def _policy(name: str, unit: Unit, amount: int, window_seconds: int | None) -> str:
    window = "" if window_seconds is None else f";w={window_seconds}"
    return f'"{name}";q={amount}{_unit(unit)}{window}'


def _left(quota: Quota) -> str:
    until = "" if quota.full_in_seconds is None else f";t={quota.full_in_seconds}"
    return f'"{quota.name}";r={quota.left}{until}'


def _unit(unit: Unit) -> str:
    # The draft's registry of units knows no signatures; other parameters may be added.
    return f';hashsvc-unit="{unit}"' if unit is Unit.SIGNATURES else f';qu="{unit}"'

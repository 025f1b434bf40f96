"""Limits as header fields, `RateLimit` and `RateLimit-Policy`.

As in draft-ietf-httpapi-ratelimit-headers-11; an earlier one had other fields.
"""

from collections.abc import Iterable

from api.security.rate_limits import Quota, Unit


def rate_fields(quotas: Iterable[Quota]) -> dict[str, str]:
    """The two fields: what is allowed, and what is left of it."""
    known = list(quotas)
    return {
        "RateLimit-Policy": ", ".join(_policy(quota) for quota in known),
        "RateLimit": ", ".join(_left(quota) for quota in known),
    }


def _policy(quota: Quota) -> str:
    window = "" if quota.window_seconds is None else f";w={quota.window_seconds}"
    return f'"{quota.name}";q={quota.amount}{_unit(quota.unit)}{window}'


def _left(quota: Quota) -> str:
    until = "" if quota.full_in_seconds is None else f";t={quota.full_in_seconds}"
    return f'"{quota.name}";r={quota.left}{until}'


def _unit(unit: Unit) -> str:
    # The draft's registry of units knows no signatures; other parameters may be added.
    return f';hashsvc-unit="{unit}"' if unit is Unit.SIGNATURES else f';qu="{unit}"'

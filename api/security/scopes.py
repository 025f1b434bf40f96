"""What an API key may do."""

from enum import StrEnum


class Scope(StrEnum):
    """One right of a platform's key."""

    MATCHES_WRITE = "matches:write"  # ask about uploads
    MATCHES_DETAIL = "matches:detail"  # and see distances

"""What an API key may do."""

from enum import StrEnum


class Scope(StrEnum):
    """One right of a platform's key."""

    MATCHES_WRITE = "matches:write"  # ask about uploads
    MATCHES_DETAIL = "matches:detail"  # and see distances
    MATCHES_READ = "matches:read"  # read one's own matches, the console
    DECISIONS_WRITE = "decisions:write"  # tell what was decided about them
    CHANGES_READ = "changes:read"  # hear what changed, and acknowledge it
    WEBHOOKS_WRITE = "webhooks:write"
    SWEEPS_WRITE = "sweeps:write"
    APPEALS_WRITE = "appeals:write"
    POLICY_WRITE = "policy:write"
    REPORTS_READ = "reports:read"  # one's own figures
    KEYS_MANAGE = "keys:manage"
    LISTS_READ = "lists:read"  # list feeds in other networks' dialects; granted per bank
    LISTS_WRITE = "lists:write"  # list in one's own bank, in another network's dialect

"""The one place that reads the time of day, so that tests can stop it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The time of day: aware, UTC."""
    return datetime.now(UTC)

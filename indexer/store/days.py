"""Days, the finest time that is kept about a survivor."""

from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(at: datetime) -> int:
    """Days since 1970-01-01, UTC."""
    return (at - _EPOCH).days


def date_of(day: int) -> date:
    """The date of a day, UTC."""
    return (_EPOCH + timedelta(days=day)).date()

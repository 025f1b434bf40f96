"""Text for people: names that hide nothing, times in UTC and in Nairobi."""

from datetime import UTC, datetime, timedelta, timezone

_EAT = timezone(timedelta(hours=3))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def printable(text: str) -> str:
    """With signs that show nothing, or turn the text around, written out."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def time_told(text: str) -> str:
    """A time of the scan, as RFC 3339 has it, in both zones."""
    at = datetime.fromisoformat(text)
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC ({at.astimezone(_EAT):%H:%M:%S} EAT)"


def file_time_told(ns: int | None) -> str:
    """A time of a file; its zone is what the file system or archive made of it."""
    if ns is None:
        return ""
    try:
        at = _EPOCH + timedelta(microseconds=ns // 1_000)
    except OverflowError:  # a file system can hold any number
        return f"{ns} ns"
    return f"{at:%Y-%m-%d %H:%M:%S}"

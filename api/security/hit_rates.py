"""Notice a key that suddenly matches far more often than it used to.

Distinct questions are not counted apart: the daily budget counts every signature, and no more can
be distinct. What it cannot see is a key that asks about pictures somebody chose, not about uploads.
"""

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

TIMES = 5  # today's rate over that of the days before
_DAYS = 7
_FEWEST_UPLOADS = 1_000  # on the days before: fewer say nothing
_FEWEST_MATCHES = 20  # today, in this worker


@dataclass(slots=True)
class _Day:
    """What one operator's keys asked on one day."""

    number: int  # of the day
    uploads: int = 0
    matches: int = 0


@dataclass(slots=True)
class _Kept:
    """The last days of one operator's keys."""

    days: deque[_Day] = field(default_factory=lambda: deque(maxlen=_DAYS + 1))
    told_on: int = -1  # the day of the last alarm

    def today(self, number: int) -> _Day:
        if not self.days or self.days[-1].number != number:
            self.days.append(_Day(number))
        return self.days[-1]


class HitRates:
    """How often questions match, key by key; in memory, so a restart begins anew."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._keys: dict[str, _Kept] = {}
        self._lock = threading.Lock()  # requests run in threads

    def count(self, root_id: str, *, uploads: int, matches: int, at: datetime) -> bool:
        """Add the answers of a request.

        Args:
            root_id: the operator's key; keys below it count with it.
            uploads: that were asked about.
            matches: among them.
            at: now.

        Returns:
            Whether today's rate is an alarm; once a day.
        """
        number = at.astimezone(UTC).toordinal()
        with self._lock:
            kept = self._keys.get(root_id) or self._keys.setdefault(root_id, _Kept())
            today = kept.today(number)
            today.uploads += uploads
            today.matches += matches
            if kept.told_on == number or not _is_much(today, kept.days):
                return False
            kept.told_on = number
            return True


def _is_much(today: _Day, days: Iterable[_Day]) -> bool:
    if today.matches < _FEWEST_MATCHES:
        return False
    before = [day for day in days if day is not today]
    uploads = sum(day.uploads for day in before)
    matches = sum(day.matches for day in before)
    if uploads < _FEWEST_UPLOADS:
        return False
    # A key that never matched counts as one that matched once.
    return today.matches * uploads >= TIMES * max(1, matches) * today.uploads

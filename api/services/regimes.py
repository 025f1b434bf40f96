"""Laws and rules that set clocks: data, read once from `data/regimes.toml`."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from indexer.platform_records import NewClock

_FILE = Path(__file__).parents[2] / "data" / "regimes.toml"
_WARN_AFTER = 0.75  # of the time


class StartsAt(StrEnum):
    """What starts a clock."""

    MATCH = "match"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Regime:
    """One law or rule."""

    name: str
    version: int
    title: str
    hours: int | None  # None: recorded without a due time
    starts_at: StartsAt
    enabled: bool
    may_pause: bool
    elements: tuple[str, ...]  # of a valid notice

    def clock(self, *, started_at: datetime) -> NewClock:
        """A clock of this regime; its platform is warned when 75 % of the time is gone."""
        if self.hours is None:
            return NewClock(self.name, self.version, started_at, due_at=None, warn_at=None)
        time = timedelta(hours=self.hours)
        return NewClock(
            self.name,
            self.version,
            started_at,
            due_at=started_at + time,
            warn_at=started_at + time * _WARN_AFTER,
        )

    def missing(self, elements: Iterable[str]) -> tuple[str, ...]:
        """What a notice with these elements lacks."""
        given = set(elements)
        return tuple(element for element in self.elements if element not in given)


@dataclass(frozen=True, slots=True)
class Regimes:
    """Every regime there is, and those that a platform added for itself."""

    by_name: Mapping[str, Regime]

    @classmethod
    def read(cls, path: Path = _FILE) -> "Regimes":
        """The regimes of a file in the form of `data/regimes.toml`.

        Raises:
            ValueError: it is no such file.
        """
        with path.open("rb") as file:
            tables = tomllib.load(file)
        return cls({name: _regime(name, table) for name, table in tables.items()})

    def with_custom(self, hours: Mapping[str, int]) -> "Regimes":
        """These and a platform's own, which start with the match and may be paused.

        Args:
            hours: by name, such as `custom-brazil`.
        """
        own = {name: _custom(name, time) for name, time in hours.items()}
        return Regimes({**self.by_name, **own})

    def at_match(self, *, at: datetime) -> tuple[NewClock, ...]:
        """The clocks that start with a match."""
        return tuple(
            regime.clock(started_at=at)
            for regime in self.by_name.values()
            if regime.enabled and regime.starts_at is StartsAt.MATCH
        )

    def of_notices(self, name: str) -> Regime | None:
        """The regime whose clock a notice starts; None where there is none, or none in force."""
        regime = self.by_name.get(name)
        if regime is None or not regime.enabled or regime.starts_at is not StartsAt.NOTICE:
            return None
        return regime


def _regime(name: str, table: Mapping[str, Any]) -> Regime:
    return Regime(
        name=name,
        version=int(table["version"]),
        title=str(table["title"]),
        hours=table.get("hours"),
        starts_at=StartsAt(table["starts_at"]),
        enabled=bool(table["enabled"]),
        may_pause=bool(table["may_pause"]),
        elements=tuple(table.get("elements", ())),
    )


def _custom(name: str, hours: int) -> Regime:
    return Regime(
        name=name,
        version=1,
        title="The platform's own",
        hours=hours,
        starts_at=StartsAt.MATCH,
        enabled=True,
        may_pause=True,
        elements=(),
    )

"""Figures from which nobody can be counted out: small cells are left empty.

A cell is shown where it counts ten or more, and where no platform that takes its own part away is
left with one to nine of others. Where one cell of a table is empty, the smallest other one is too:
a total known from elsewhere gives neither. Of a share with a small side only a bound is shown.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from indexer.records import PlatformId
from indexer.store.statistics import Cell, Span

LEAST = 10
_MEDIAN, _P95 = 0.5, 0.95
Value = int | float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the statistics; None: too small to be shown."""

    name: str
    by: Mapping[str, str]
    value: Value


@dataclass(frozen=True, slots=True)
class Figures:
    """Makes figures of cells; `least` 1 shows everything, as a platform sees its own."""

    least: int = LEAST

    def counts(
        self, name: str, label: str, cells: Sequence[Cell], words: Iterable[str]
    ) -> list[Figure]:
        """One figure a word, those without a cell too.

        Args:
            name: of the figures.
            label: what the words are.
            cells: with one word each.
            words: all there are.
        """
        every = list(words)
        sums = [_per_platform(cell for cell in cells if cell.words == (word,)) for word in every]
        shown = self._apart([self._shown(one) for one in sums])
        return [
            Figure(name, {label: word}, value) for word, value in zip(every, shown, strict=True)
        ]

    def share(
        self, name: str, by: Mapping[str, str], part: Iterable[Cell], rest: Iterable[Cell]
    ) -> list[Figure]:
        """How many there are, how many of them are `part`, and which share, or a bound of it."""
        parts, rests = _per_platform(part), _per_platform(rest)
        whole = self._shown(parts + rests)
        shown = self._shown(parts)
        if whole is None or self._shown(rests) is None:
            shown = None
        figures = [Figure(f"{name}_of", by, whole), Figure(name, by, shown)]
        return [*figures, *self._bounds(name, by, whole, shown, parts.total(), rests.total())]

    def times(self, name: str, spans: Iterable[Span]) -> list[Figure]:
        """Median and 95th percentile in seconds, of what has happened."""
        done = [(span.platform_id, span.time) for span in spans if span.time is not None]
        enough = self._shown(Counter(platform_id for platform_id, _ in done))
        ordered = sorted(time for _, time in done) if enough else []
        return [
            Figure(f"{name}_{what}_seconds", {}, _percentile(ordered, place))
            for what, place in (("median", _MEDIAN), ("p95", _P95))
        ]

    def _shown(self, per_platform: Counter[PlatformId]) -> int | None:
        total = per_platform.total()
        if self.least > 1 and total < self.least:
            return None
        rests = [total - own for own in per_platform.values()]
        return None if any(0 < rest < self.least for rest in rests if self.least > 1) else total

    def _apart(self, values: Sequence[int | None]) -> list[int | None]:
        """Empty a second cell where one is empty."""
        known = [value for value in values if value is not None]
        if len(values) - len(known) != 1 or not known:
            return list(values)
        place = values.index(min(known))
        return [None if at == place else value for at, value in enumerate(values)]

    def _bounds(
        self,
        name: str,
        by: Mapping[str, str],
        whole: int | None,
        shown: int | None,
        part: int,
        rest: int,
    ) -> list[Figure]:
        if not whole:
            return []
        if shown is not None:
            return [Figure(f"{name}_share", by, round(shown / whole, 3))]
        small = self.least - 1
        if part <= small and rest > small:
            return [Figure(f"{name}_share_at_most", by, math.ceil(1000 * small / whole) / 1000)]
        if rest <= small and part > small:
            share = math.floor(1000 * (whole - small) / whole) / 1000
            return [Figure(f"{name}_share_at_least", by, share)]
        return []


def _per_platform(cells: Iterable[Cell]) -> Counter[PlatformId]:
    counter: Counter[PlatformId] = Counter()
    for cell in cells:
        counter[cell.platform_id] += cell.count
    return counter


def _percentile(ordered: Sequence[timedelta], place: float) -> int | None:
    """The nearest rank, in whole seconds; None where there is nothing."""
    if not ordered:
        return None
    return round(ordered[math.ceil(place * len(ordered)) - 1].total_seconds())

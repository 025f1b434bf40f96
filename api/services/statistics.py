"""The figures of a month: public ones of everybody, and a platform's own."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TypeVar

from api.security.api_keys import Caller
from api.security.errors import OverloadedError
from api.services.errors import NoSuchPeriodError
from api.services.regimes import Regimes
from api.services.small_cells import Figure, Figures
from hashsvc import Tier
from hashsvc.closed_sets import AppealOutcome, Decision, ListedState, Reason
from indexer.records import PlatformId
from indexer.store import Store
from indexer.store.statistics import NOTHING_LIVE, Cell, Period, Span, Statistics

_FIRST_YEAR = 2020
_REMEMBER_SECONDS = 3_600  # anybody may ask, and counting a month takes a while
_MISTAKES = (Reason.NOT_A_MATCH, Reason.BENIGN_ASSET)
_LIST_STATES = (ListedState.CONFIRMED, ListedState.PROBATION, NOTHING_LIVE)
_Counted = TypeVar("_Counted", Cell, Span)


@dataclass(frozen=True, slots=True)
class StatisticsService:
    """Counts months."""

    store: Store
    regimes: Regimes
    _remembered: dict[str, tuple[float, Sequence[Figure]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def public(self, month: str, *, at: datetime) -> Sequence[Figure]:
        """Everybody's figures of a month that is over, without small cells.

        Args:
            month: such as 2026-11.
            at: now.

        Raises:
            NoSuchPeriodError: the month is not over yet, or there is no such month.
            OverloadedError: another month is being counted.
        """
        period = _period(month)
        if period.end > at:  # a figure that grows tells what happened between two looks
            raise NoSuchPeriodError
        kept = self._remembered.get(month)
        if kept is None or monotonic() - kept[0] > _REMEMBER_SECONDS:
            kept = self._remembered[month] = self._counted_now(period)
        return kept[1]

    def own(self, caller: Caller, month: str) -> Sequence[Figure]:
        """A platform's own figures of a month, exact, the present month included.

        Raises:
            NoSuchPeriodError: there is no such month.
        """
        return self._figures(_period(month), Figures(least=1), caller.platform.platform_id)

    def _counted_now(self, period: Period) -> tuple[float, Sequence[Figure]]:
        """One count at a time: whoever asks for many months keeps nobody else's request waiting."""
        if not self._lock.acquire(blocking=False):
            raise OverloadedError
        try:
            return monotonic(), self._figures(period, Figures(), None)
        finally:
            self._lock.release()

    def _figures(
        self, period: Period, figures: Figures, platform_id: PlatformId | None
    ) -> list[Figure]:
        """Every figure, of one platform or of all."""
        with self.store.snapshot() as tx:
            found = tx.statistics
            cells = _only(found.matches(period), platform_id)
            return [
                *figures.counts("matches", "tier", cells, Tier),
                *_decided(figures, _only(found.decisions(period), platform_id)),
                *_appealed(figures, _only(found.appeals(period), platform_id)),
                *_swept(figures, _only(found.sweeps(period), platform_id)),
                *self._kept_times(figures, _only(found.clocks(period), platform_id)),
                *_took(figures, found, period, platform_id),
            ]

    def _kept_times(self, figures: Figures, cells: Sequence[Cell]) -> list[Figure]:
        return [
            figure
            for regime in self.regimes.by_name
            for figure in figures.share(
                "clocks_met",
                {"regime": regime},
                _with(cells, (regime, "met")),
                _with(cells, (regime, "missed")),
            )
        ]


def _decided(figures: Figures, cells: Sequence[Cell]) -> list[Figure]:
    """Decisions by reason, and how many of them say that it was no match."""
    final = [cell for cell in cells if cell.words[2] != Decision.PENDING]
    reasons = [Cell(cell.platform_id, cell.words[3:], cell.count) for cell in cells]
    mistakes = [
        figure
        for tier in Tier
        for state in _LIST_STATES
        for figure in _mistaken(figures, final, tier, state)
    ]
    return [*figures.counts("decisions", "reason", reasons, Reason), *mistakes]


def _mistaken(figures: Figures, cells: Sequence[Cell], tier: Tier, state: str) -> list[Figure]:
    here = [cell for cell in cells if cell.words[:2] == (tier, state)]
    return figures.share(
        "errors",
        {"tier": tier, "list_state": state},
        [cell for cell in here if cell.words[3] in _MISTAKES],
        [cell for cell in here if cell.words[3] not in _MISTAKES],
    )


def _appealed(figures: Figures, cells: Sequence[Cell]) -> list[Figure]:
    upheld, rejected = ((outcome,) for outcome in AppealOutcome)
    return figures.share("appeals_upheld", {}, _with(cells, upheld), _with(cells, rejected))


def _swept(figures: Figures, cells: Sequence[Cell]) -> list[Figure]:
    complete, missing = _with(cells, ("complete",)), _with(cells, ("open",))
    return figures.share("sweeps_complete", {}, complete, missing)


def _took(
    figures: Figures, found: Statistics, period: Period, platform_id: PlatformId | None
) -> list[Figure]:
    heard = _only(found.acknowledgement_times(period), platform_id)
    done = [Cell(span.platform_id, (), 1) for span in heard if span.time is not None]
    waiting = [Cell(span.platform_id, (), 1) for span in heard if span.time is None]
    return [
        *figures.times("decision", _only(found.decision_times(period), platform_id)),
        *figures.share("withdrawals_acknowledged", {}, done, waiting),
        *figures.times("acknowledgement", heard),
    ]


def _with(cells: Sequence[Cell], words: tuple[str, ...]) -> list[Cell]:
    return [cell for cell in cells if cell.words == words]


def _only(counted: Sequence[_Counted], platform_id: PlatformId | None) -> list[_Counted]:
    return [one for one in counted if platform_id is None or one.platform_id == platform_id]


def _period(month: str) -> Period:
    year, number = int(month[:4]), int(month[5:])
    if year < _FIRST_YEAR or not 1 <= number <= 12:
        raise NoSuchPeriodError
    start = datetime(year, number, 1, tzinfo=UTC)
    return Period(start, (start + timedelta(days=32)).replace(day=1))

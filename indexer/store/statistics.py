"""Counts of a stretch of time, platform by platform: never a case, a signature or a reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from hashsvc.closed_sets import ClockState, Decision, FeedKind
from indexer.records import LIVE_STATES, PlatformId
from indexer.store import tables
from indexer.store.alarm_tables import honey

_matches = tables.match.c
_honey = select(honey.c.signature_id)
_decisions = tables.decision.c
_hits = tables.match_hit.c
_listed = tables.listed_signature.c
_clocks = tables.clock.c
_entries = tables.feed_entry.c
_appeals = tables.appeal.c
_sweeps = tables.sweep.c
_real = _matches.id.in_(  # rests on something that was reported
    select(_hits.match_id).where(_hits.signature_id.not_in(_honey))
)
NOTHING_LIVE = "none"  # in place of a list state


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment on, and before another."""

    start: datetime
    end: datetime

    def holds(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a moment lies in it."""
        return (column >= self.start) & (column < self.end)


@dataclass(frozen=True, slots=True)
class Cell:
    """How often something was so at one platform."""

    platform_id: PlatformId
    words: tuple[str, ...]  # of closed sets
    count: int


@dataclass(frozen=True, slots=True)
class Span:
    """How long something took at one platform; None: it has not happened yet."""

    platform_id: PlatformId
    time: timedelta | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counting within one transaction. Matches on honey are nobody's report: they do not count."""

    connection: Connection

    def matches(self, period: Period) -> list[Cell]:
        """Matches that began, by tier."""
        return self._cells(
            select(_matches.platform_id, _matches.tier, func.count())
            .where(period.holds(_matches.opened_at), _real)
            .group_by(_matches.platform_id, _matches.tier)
        )

    def decisions(self, period: Period) -> list[Cell]:
        """Matches by tier, list state now, decision and reason: the last word before the end."""
        last = (
            select(func.max(_decisions.id).label("id"))
            .where(_decisions.received_at < period.end)
            .group_by(_decisions.match_id)
            .subquery()
        )
        live = (
            select(func.min(_listed.state))
            .join(tables.match_hit, _hits.signature_id == _listed.id)
            .where(_hits.match_id == _matches.id, _listed.state.in_(LIVE_STATES))
            .correlate(tables.match)
            .scalar_subquery()
        )
        one = (
            select(
                _matches.platform_id,
                _matches.tier,
                func.coalesce(live, NOTHING_LIVE).label("list_state"),
                _decisions.decision,
                _decisions.reason,
            )
            .join(tables.decision, _decisions.match_id == _matches.id)
            .join(last, last.c.id == _decisions.id)
            .where(period.holds(_decisions.received_at), _real)
            .subquery()
        ).c
        words = (one.platform_id, one.tier, one.list_state, one.decision, one.reason)
        return self._cells(select(*words, func.count()).group_by(*words))

    def appeals(self, period: Period) -> list[Cell]:
        """Appeals by outcome."""
        words = (_matches.platform_id, _appeals.outcome)
        return self._cells(
            select(*words, func.count())
            .join(tables.match, _matches.id == _appeals.match_id)
            .where(period.holds(_appeals.received_at), _real)
            .group_by(*words)
        )

    def sweeps(self, period: Period) -> list[Cell]:
        """Sweeps that were asked for, by whether they are complete."""
        done = case((_sweeps.complete.is_(True), "complete"), else_="open").label("done")
        return self._cells(
            select(_sweeps.platform_id, done, func.count())
            .where(period.holds(_sweeps.asked_at))
            .group_by(_sweeps.platform_id, done)
        )

    def clocks(self, period: Period) -> list[Cell]:
        """Clocks that were due, by regime and by whether they were stopped in time."""
        in_time = (_clocks.state == ClockState.STOPPED) & (_clocks.changed_at <= _clocks.due_at)
        met = case((in_time, "met"), else_="missed").label("met")
        words = (_matches.platform_id, _clocks.regime, met)
        return self._cells(
            select(*words, func.count())
            .join(tables.match, _matches.id == _clocks.match_id)
            .where(period.holds(_clocks.due_at), _clocks.state != ClockState.PAUSED, _real)
            .group_by(*words)
        )

    def decision_times(self, period: Period) -> list[Span]:
        """From a match to its first decision, of those that were first decided then."""
        first = (
            select(_decisions.match_id, func.min(_decisions.received_at).label("at"))
            .where(_decisions.decision != Decision.PENDING)
            .group_by(_decisions.match_id)
            .subquery()
        )
        rows = self.connection.execute(
            select(_matches.platform_id, _matches.opened_at, first.c.at)
            .join(first, first.c.match_id == _matches.id)
            .where(period.holds(first.c.at), _real)
        )
        return [Span(row.platform_id, row.at - row.opened_at) for row in rows]

    def acknowledgement_times(self, period: Period) -> list[Span]:
        """From a withdrawal's entry in a feed to its acknowledgement."""
        rows = self.connection.execute(
            select(_entries.platform_id, _entries.at, _entries.acknowledged_at).where(
                _entries.kind == FeedKind.MATCH_WITHDRAWN, period.holds(_entries.at)
            )
        )
        return [
            Span(row.platform_id, row.acknowledged_at and row.acknowledged_at - row.at)
            for row in rows
        ]

    def _cells(self, statement: Any) -> list[Cell]:  # noqa: ANN401  # selects of any width
        rows: Sequence[Any] = self.connection.execute(statement).all()
        return [Cell(PlatformId(row[0]), tuple(row[1:-1]), int(row[-1])) for row in rows]

"""Time that runs under a regime: started, paused, stopped; `overdue` is read, never written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, case, func, insert, select, update

from hashsvc.closed_sets import ClockState
from indexer.platform_records import Clock, ClockWarning, NewClock, NewNotice
from indexer.records import MatchId
from indexer.store import tables

_clocks = tables.clock.c
_matches = tables.match.c
_notices = tables.notice.c
_UNFINISHED = (ClockState.RUNNING, ClockState.PAUSED)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Clocks within one transaction."""

    connection: Connection

    def begin(self, match_id: MatchId, clocks: Sequence[NewClock], *, at: datetime) -> None:
        """Start the clocks of a match that was opened just now; it knows the soonest itself."""
        if clocks:
            rows = [
                {"match_id": match_id, "regime": new.regime} | _running(new, at) for new in clocks
            ]
            self.connection.execute(insert(tables.clock), rows)

    def start(self, match_id: MatchId, new: NewClock, *, at: datetime) -> None:
        """Start a clock, or one that had stopped anew; one that runs or pauses goes on as it is."""
        values = _running(new, at)
        state = self.connection.scalar(
            select(_clocks.state).where(_clocks.match_id == match_id, _clocks.regime == new.regime)
        )
        if state is None:
            row = {"match_id": match_id, "regime": new.regime}
            self.connection.execute(insert(tables.clock).values(row | values))
        elif state == ClockState.STOPPED:
            self.connection.execute(
                update(tables.clock)
                .where(_clocks.match_id == match_id, _clocks.regime == new.regime)
                .values(values)
            )
        self._note_due(match_id)

    def stop(self, match_id: MatchId, *, why: str, at: datetime) -> None:
        """Stop whatever runs or pauses for a match."""
        self.connection.execute(
            update(tables.clock)
            .where(_clocks.match_id == match_id, _clocks.state.in_(_UNFINISHED))
            .values(state=ClockState.STOPPED, changed_at=at, why=why, warn_at=None)
        )
        self._note_due(match_id)

    def pause(self, match_id: MatchId, regime: str, *, why: str, at: datetime) -> bool:
        """Pause a running clock; False where there is none."""
        return self._move(
            match_id, regime, {"state": ClockState.PAUSED, "changed_at": at, "why": why}
        )

    def resume(self, match_id: MatchId, regime: str, *, at: datetime) -> bool:
        """Let a paused clock go on: its due time moves by as long as it stood; False where none."""
        stood = self.connection.execute(
            select(tables.clock).where(
                _clocks.match_id == match_id,
                _clocks.regime == regime,
                _clocks.state == ClockState.PAUSED,
            )
        ).one_or_none()
        if stood is None:
            return False
        pause = at - stood.changed_at
        later = {
            name: moment + pause
            for name, moment in (("due_at", stood.due_at), ("warn_at", stood.warn_at))
            if moment is not None
        }
        running = {"state": ClockState.RUNNING, "changed_at": at, "why": None}
        self.connection.execute(
            update(tables.clock).where(_clocks.id == stood.id).values(running | later)
        )
        self._note_due(match_id)
        return True

    def of(self, match_ids: Sequence[MatchId], *, at: datetime) -> Mapping[MatchId, list[Clock]]:
        """The clocks of matches as they stand, the first started first."""
        found: dict[MatchId, list[Clock]] = {match_id: [] for match_id in match_ids}
        rows = self.connection.execute(
            select(tables.clock).where(_clocks.match_id.in_(match_ids)).order_by(_clocks.id)
        )
        for row in rows:
            found[MatchId(row.match_id)].append(_clock_of(row, at))
        return found

    def keep_notice(self, match_id: MatchId, notice: NewNotice) -> None:
        """Keep a notice, valid or not."""
        self.connection.execute(
            insert(tables.notice).values(
                id=notice.notice_id,
                match_id=match_id,
                regime=notice.regime,
                received_at=notice.received_at,
                missing=" ".join(notice.missing),
            )
        )

    def notices(self, match_id: MatchId) -> list[NewNotice]:
        """The notices about a match, the first received first."""
        rows = self.connection.execute(
            select(tables.notice)
            .where(_notices.match_id == match_id)
            .order_by(_notices.received_at, _notices.id)
        )
        return [
            NewNotice(row.id, row.regime, row.received_at, tuple(row.missing.split()))
            for row in rows
        ]

    def take_warnings(self, *, at: datetime, limit: int) -> list[ClockWarning]:
        """Clocks whose platform is to be warned now; each is given out once."""
        rows = self.connection.execute(
            select(_clocks.id, _clocks.match_id, _clocks.regime, _matches.platform_id)
            .join(tables.match, _matches.id == _clocks.match_id)
            .where(_clocks.warn_at <= at, _clocks.state == ClockState.RUNNING)
            .order_by(_clocks.id)
            .limit(limit)
            .with_for_update(of=tables.clock, skip_locked=True)
        ).all()
        self.connection.execute(
            update(tables.clock)
            .where(_clocks.id.in_([row.id for row in rows]))
            .values(warn_at=None)
        )
        return [ClockWarning(row.platform_id, MatchId(row.match_id), row.regime) for row in rows]

    def count(self, *, at: datetime) -> Mapping[tuple[str, ClockState], int]:
        """How many clocks run, pause or are overdue, by regime and state."""
        state = case(
            (
                (_clocks.state == ClockState.RUNNING) & (_clocks.due_at <= at),
                ClockState.OVERDUE.value,
            ),
            else_=_clocks.state,
        ).label("shown")
        rows = self.connection.execute(
            select(_clocks.regime, state, func.count().label("clocks"))
            .where(_clocks.state.in_(_UNFINISHED))  # the others only ever grow
            .group_by(_clocks.regime, state)
        )
        return {(row.regime, ClockState(row.shown)): row.clocks for row in rows}

    def _move(self, match_id: MatchId, regime: str, values: Mapping[str, object]) -> bool:
        moved = self.connection.execute(
            update(tables.clock)
            .where(
                _clocks.match_id == match_id,
                _clocks.regime == regime,
                _clocks.state == ClockState.RUNNING,
            )
            .values(values)
        )
        self._note_due(match_id)
        return moved.rowcount == 1

    def _note_due(self, match_id: MatchId) -> None:
        """Matches are listed by their soonest clock: it stands with the match."""
        soonest = (
            select(func.min(_clocks.due_at))
            .where(_clocks.match_id == match_id, _clocks.state == ClockState.RUNNING)
            .scalar_subquery()
        )
        self.connection.execute(
            update(tables.match).where(_matches.id == match_id).values(due_at=soonest)
        )


def _running(new: NewClock, at: datetime) -> dict[str, object]:
    return {
        "version": new.version,
        "started_at": new.started_at,
        "due_at": new.due_at,
        "warn_at": new.warn_at,
        "state": ClockState.RUNNING,
        "changed_at": at,
        "why": None,
    }


def _clock_of(row: Row[tuple[object, ...]], at: datetime) -> Clock:
    state = ClockState(row.state)
    if state is ClockState.RUNNING and row.due_at is not None and row.due_at <= at:
        state = ClockState.OVERDUE
    return Clock(
        regime=row.regime,
        version=row.version,
        started_at=row.started_at,
        due_at=row.due_at,
        state=state,
        changed_at=row.changed_at,
        why=row.why,
    )

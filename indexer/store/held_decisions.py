"""Decisions of the console that wait a moment, so that they can be undone without a trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select

from hashsvc.closed_sets import Decision, Reason, Restriction
from indexer.console_records import HeldDecision
from indexer.platform_records import NewDecision
from indexer.records import MatchId, PlatformId
from indexer.store import tables
from indexer.store.console_tables import held_decision

_held = held_decision.c
_matches = tables.match.c


@dataclass(frozen=True, slots=True)
class HeldDecisions:
    """Waiting decisions within one transaction."""

    connection: Connection

    def hold(self, match_id: MatchId, key_id: str, new: NewDecision, *, send_at: datetime) -> int:
        """Keep a person's decision until it is sent; returns its id."""
        keeping = insert(held_decision).values(
            match_id=match_id,
            key_id=key_id,
            decision=new.decision,
            reason=new.reason,
            restriction=new.restriction,
            decided_at=new.decided_at,
            send_at=send_at,
        )
        return int(self.connection.execute(keeping.returning(_held.id)).scalar_one())

    def undo(self, ids: Sequence[int], platform_id: PlatformId) -> int:
        """Forget those that are a platform's own and were not sent yet; how many that were."""
        own = select(_matches.id).where(_matches.platform_id == platform_id)
        undoing = delete(held_decision).where(_held.id.in_(ids), _held.match_id.in_(own))
        return self.connection.execute(undoing).rowcount

    def of(self, platform_id: PlatformId, *, limit: int) -> list[HeldDecision]:
        """A platform's waiting decisions, the newest first."""
        rows = self.connection.execute(
            select(held_decision)
            .join(tables.match, _matches.id == _held.match_id)
            .where(_matches.platform_id == platform_id)
            .order_by(_held.id.desc())
            .limit(limit)
        )
        return [_decision_of(row) for row in rows]

    def due(self, *, at: datetime, limit: int) -> list[int]:
        """The ids of those to be sent now, in the order in which they were made."""
        return list(
            self.connection.scalars(
                select(_held.id).where(_held.send_at <= at).order_by(_held.id).limit(limit)
            )
        )

    def take(self, held_id: int) -> HeldDecision | None:
        """Take one out to send it in this transaction; None where it was undone or sent."""
        row = self.connection.execute(
            delete(held_decision).where(_held.id == held_id).returning(*held_decision.columns)
        ).one_or_none()
        return None if row is None else _decision_of(row)


def _decision_of(row: Row[tuple[object, ...]]) -> HeldDecision:
    new = NewDecision(
        decision=Decision(row.decision),
        reason=Reason(row.reason),
        automated=False,  # whoever sits at a console is a person
        decided_at=row.decided_at,
        restriction=None if row.restriction is None else Restriction(row.restriction),
    )
    return HeldDecision(row.id, MatchId(row.match_id), row.key_id, new, row.send_at)

"""What platforms decided about their matches, and what that tells a survivor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, case, func, insert, select, update

from hashsvc import SignatureId, Tier
from hashsvc.closed_sets import Decision, FeedKind, ListedState, MatchState, Reason
from indexer.platform_records import Deed, NewDecision, PastDecision, Receipts
from indexer.records import CaseId, MatchId, PlatformId
from indexer.store import tables

_decisions = tables.decision.c
_matches = tables.match.c
_hits = tables.match_hit.c
_listed = tables.listed_signature.c
_entries = tables.feed_entry.c


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions within one transaction."""

    connection: Connection

    def hits(self, match_id: MatchId) -> Mapping[SignatureId, Tier]:
        """Every listed signature that a match was ever found by, delisted ones left out.

        A person who looked can speak about those that were hit at the match's own tier.
        """
        found = self.connection.execute(
            select(_hits.signature_id, _hits.tier)
            .join(tables.listed_signature, _listed.id == _hits.signature_id)
            .where(_hits.match_id == match_id, _listed.state != ListedState.DELISTED)
        )
        return {SignatureId(row.signature_id): Tier(row.tier) for row in found}

    def open_match(self, match_id: MatchId, platform_id: PlatformId) -> Tier | None:
        """Lock a platform's match and tell its tier; None where the platform has no such match."""
        tier = self.connection.scalar(
            select(_matches.tier)
            .where(_matches.id == match_id, _matches.platform_id == platform_id)
            .with_for_update()
        )
        return None if tier is None else Tier(tier)

    def keep(self, match_id: MatchId, key_id: str, new: NewDecision, *, at: datetime) -> None:
        """Add a decision to a match's history; the latest one counts."""
        self.connection.execute(
            insert(tables.decision).values(
                match_id=match_id,
                decision=new.decision,
                reason=new.reason,
                automated=new.automated,
                restriction=new.restriction,
                located_in=new.located_in,
                copies_removed=new.copies_removed,
                decided_at=new.decided_at,
                received_at=at,
                key_id=key_id,
            )
        )
        progress = MatchState.PENDING if new.decision is Decision.PENDING else MatchState.DECIDED
        # What is suspended or withdrawn stays so, whatever a platform decided about it.
        stays = _matches.state.in_((MatchState.SUSPENDED, MatchState.WITHDRAWN))
        self.connection.execute(
            update(tables.match)
            .where(_matches.id == match_id)
            .values(
                decision=new.decision,
                reason=new.reason,
                state=case((stays, _matches.state), else_=progress.value),
            )
        )

    def history(self, match_id: MatchId) -> list[PastDecision]:
        """Everything that was decided about a match, the oldest first."""
        rows = self.connection.execute(
            select(tables.decision).where(_decisions.match_id == match_id).order_by(_decisions.id)
        )
        return [
            PastDecision(
                decision=Decision(row.decision),
                reason=Reason(row.reason),
                automated=row.automated,
                decided_at=row.decided_at,
                received_at=row.received_at,
                key_id=row.key_id,
            )
            for row in rows
        ]

    def deeds(self, case_id: CaseId) -> list[Deed]:
        """What platforms did about a case's photos: one entry a match, with its latest decision."""
        latest = (
            select(_decisions.match_id, func.max(_decisions.id).label("id"))
            .group_by(_decisions.match_id)
            .subquery()
        )
        rows = self.connection.execute(
            select(_matches.platform_id, _matches.decision, _matches.reason, _decisions.received_at)
            .outerjoin(latest, latest.c.match_id == _matches.id)
            .outerjoin(tables.decision, _decisions.id == latest.c.id)
            .where(_matches.id.in_(_matches_of(case_id)))
        )
        return [
            Deed(
                platform_id=PlatformId(row.platform_id),
                decision=None if row.decision is None else Decision(row.decision),
                reason=None if row.reason is None else Reason(row.reason),
                received_at=row.received_at,
            )
            for row in rows
        ]

    def receipts(self, case_id: CaseId) -> Receipts:
        """How many platforms were told that a case was withdrawn, and have acknowledged it."""
        per_platform = (
            select(
                _entries.platform_id,
                func.sum(case((_entries.acknowledged_at.is_(None), 1), else_=0)).label("waiting"),
            )
            .where(
                _entries.kind == FeedKind.MATCH_WITHDRAWN,
                _entries.match_id.in_(_matches_of(case_id)),
            )
            .group_by(_entries.platform_id)
        )
        waiting: Sequence[int] = [row.waiting for row in self.connection.execute(per_platform)]
        return Receipts(told=len(waiting), acknowledged=sum(not each for each in waiting))


def _matches_of(case_id: CaseId) -> Select[tuple[str]]:
    return (
        select(_hits.match_id)
        .join(tables.listed_signature, _listed.id == _hits.signature_id)
        .where(_listed.case_id == case_id)
    )

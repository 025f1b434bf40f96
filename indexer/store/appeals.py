"""Uploaders' appeals that platforms have judged, and who else acted on the same photo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hashsvc import SignatureId
from hashsvc.closed_sets import AppealOutcome, AppealReason, Decision, FeedKind, MatchState
from indexer.platform_records import NewEntry
from indexer.records import MatchId, PlatformId
from indexer.store import tables
from indexer.store.feeds import Feeds

_appeals = tables.appeal.c
_matches = tables.match.c
_hits = tables.match_hit.c
_ACTED = (Decision.REMOVED, Decision.RESTRICTED)


@dataclass(frozen=True, slots=True)
class NewAppeal:
    """An appeal as its platform judged it."""

    appeal_id: str  # "app_" and 26 Crockford digits
    match_id: MatchId
    outcome: AppealOutcome
    reason: AppealReason
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class PastAppeal:
    """An appeal as its platform looks it up."""

    outcome: AppealOutcome
    reason: AppealReason
    decided_at: datetime
    key_id: str  # whose key sent it


@dataclass(frozen=True, slots=True)
class Appeals:
    """Appeals within one transaction."""

    connection: Connection
    feeds: Feeds

    def keep(self, new: NewAppeal, key_id: str, *, at: datetime) -> None:
        """Keep a judged appeal."""
        self.connection.execute(
            insert(tables.appeal).values(
                id=new.appeal_id,
                match_id=new.match_id,
                outcome=new.outcome,
                reason=new.reason,
                decided_at=new.decided_at,
                received_at=at,
                key_id=key_id,
            )
        )

    def past(self, match_id: MatchId, platform_id: PlatformId) -> list[PastAppeal]:
        """Everything that was judged about a match of this platform, the oldest first."""
        rows = self.connection.execute(
            select(tables.appeal)
            .join(tables.match, _matches.id == _appeals.match_id)
            .where(_appeals.match_id == match_id, _matches.platform_id == platform_id)
            .order_by(_appeals.received_at, _appeals.id)
        )
        return [
            PastAppeal(
                outcome=AppealOutcome(row.outcome),
                reason=AppealReason(row.reason),
                decided_at=row.decided_at,
                key_id=row.key_id,
            )
            for row in rows
        ]

    def reopen(self, ids: Sequence[SignatureId], *, but: PlatformId, at: datetime) -> None:
        """Ask every other platform that removed or restricted for these signatures to look again.

        A match that rests on something else too is open again; one that was suspended stays so.
        """
        acted = self.connection.execute(
            select(_matches.id, _matches.platform_id)
            .where(
                _matches.id.in_(select(_hits.match_id).where(_hits.signature_id.in_(ids))),
                _matches.platform_id != but,
                _matches.decision.in_(_ACTED),
                _matches.state.in_((MatchState.DECIDED, MatchState.SUSPENDED)),
            )
            .order_by(_matches.id)
        ).all()
        self.connection.execute(
            update(tables.match)
            .where(_matches.id.in_([row.id for row in acted]), _matches.state == MatchState.DECIDED)
            .values(state=MatchState.REOPENED)
        )
        why = {"why": "appeal"}
        entries = [
            NewEntry(row.platform_id, FeedKind.MATCH_REOPENED, MatchId(row.id), why)
            for row in acted
        ]
        self.feeds.append(entries, at=at)

"""Matches: only what the store holds as live at this moment becomes one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from hashsvc import SignatureId, Tier
from hashsvc.policies import GradedHit, best
from indexer.records import LIVE_STATES, ListedState, Match, MatchId, MatchState, PlatformId
from indexer.store import tables

_matches = tables.match.c
_hits = tables.match_hit.c
_IDS_AT_ONCE = 5_000  # PostgreSQL takes at most 65,535 parameters, SQLite often half of that


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked about which photo."""

    platform_id: PlatformId
    ref_mac: bytes  # digest of the platform's own reference, 32 bytes
    new_id: MatchId  # for the match, where the reference is new


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches within one transaction."""

    connection: Connection

    def confirm(self, asked: Asked, graded: Sequence[GradedHit], *, at: datetime) -> Match | None:
        """Keep the match that rests on the live ones among the hits; None where none is live.

        One match per platform and reference: asking again gives the same id.
        """
        states = self._live([one.hit.signature_id for one in graded])
        live = [one for one in graded if one.hit.signature_id in states]
        nearest = best(live)
        if nearest is None:
            return None
        match_id = self._kept(asked, nearest.tier, at=at)
        self._keep_hits(match_id, states)
        list_state = states[nearest.hit.signature_id]
        return Match(match_id, MatchState.OPEN, list_state, nearest)

    def _live(self, ids: Iterable[SignatureId]) -> Mapping[SignatureId, ListedState]:
        """The live ones among the ids; none of them can be withdrawn until the match is kept."""
        asked = sorted(set(ids))
        live: dict[SignatureId, ListedState] = {}
        for start in range(0, len(asked), _IDS_AT_ONCE):
            rows = self.connection.execute(_lock_live(asked[start : start + _IDS_AT_ONCE]))
            live |= {SignatureId(row.id): ListedState(row.state) for row in rows}
        return live

    def _kept(self, asked: Asked, tier: Tier, *, at: datetime) -> MatchId:
        match_id = self._known(asked)
        if match_id is None:
            return self._opened(asked, tier, at=at)
        self.connection.execute(
            update(tables.match)
            .where(_matches.id == match_id)
            .values(tier=tier, state=MatchState.OPEN)
        )
        return match_id

    def _known(self, asked: Asked) -> MatchId | None:
        found = self.connection.scalar(
            select(_matches.id)
            .where(_matches.platform_id == asked.platform_id, _matches.ref_mac == asked.ref_mac)
            .with_for_update()
        )
        return None if found is None else MatchId(found)

    def _opened(self, asked: Asked, tier: Tier, *, at: datetime) -> MatchId:
        opening = insert(tables.match).values(
            id=asked.new_id,
            platform_id=asked.platform_id,
            ref_mac=asked.ref_mac,
            tier=tier,
            state=MatchState.OPEN,
            opened_at=at,
        )
        try:
            with self.connection.begin_nested():
                self.connection.execute(opening)
        except IntegrityError:  # somebody asked about the same photo at the same time
            return self._known(asked) or asked.new_id
        return asked.new_id

    def _keep_hits(self, match_id: MatchId, live: Mapping[SignatureId, ListedState]) -> None:
        kept = set(
            self.connection.scalars(select(_hits.signature_id).where(_hits.match_id == match_id))
        )
        rows = [{"match_id": match_id, "signature_id": id_} for id_ in sorted(live.keys() - kept)]
        if rows:
            self.connection.execute(insert(tables.match_hit), rows)


def _lock_live(ids: Sequence[SignatureId]) -> Select[tuple[int, str]]:
    listed = tables.listed_signature.c
    return (
        select(listed.id, listed.state)
        .where(listed.id.in_(ids), listed.state.in_(LIVE_STATES))
        .order_by(listed.id)  # everybody locks in this order: no deadlock
        .with_for_update(read=True)
    )

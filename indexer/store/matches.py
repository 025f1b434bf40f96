"""Matches: only what the store holds as live at this moment becomes one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from hashsvc import SignatureId, Tier
from hashsvc.policies import GradedHit, best, strongest
from indexer.records import (
    LIVE_STATES,
    BankKind,
    ListedState,
    Match,
    MatchId,
    MatchState,
    PlatformId,
)
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
    weakest_tier: Tier = Tier.POSSIBLE  # weaker hits do not count


@dataclass(frozen=True, slots=True)
class _Live:
    """What the store says of a listed signature at this moment."""

    state: ListedState
    weakest_tier: Tier  # of its bank


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches within one transaction."""

    connection: Connection

    def confirm(self, asked: Asked, graded: Sequence[GradedHit], *, at: datetime) -> Match | None:
        """Keep the match that rests on the live ones among the hits; None where none counts.

        One match per platform and reference: asking again, about the same or about further parts
        of the photo, gives the same id and the strongest tier of all its live hits.
        """
        live = self._live(one.hit.signature_id for one in graded)
        counting = [one for one in graded if _counts(one, asked, live)]
        nearest = best(counting)
        if nearest is None:
            return None
        match_id = self._known(asked) or self._opened(asked, nearest.tier, at=at)
        self._keep_hits(match_id, counting)
        tier = self._strongest_live(match_id)
        self.connection.execute(
            update(tables.match)
            .where(_matches.id == match_id)
            .values(tier=tier, state=MatchState.OPEN)
        )
        list_state = live[nearest.hit.signature_id].state
        return Match(match_id, tier, MatchState.OPEN, list_state, nearest)

    def _live(self, ids: Iterable[SignatureId]) -> Mapping[SignatureId, _Live]:
        """The live ones among the ids; none of them can be withdrawn until the match is kept."""
        asked = sorted(set(ids))
        live: dict[SignatureId, _Live] = {}
        for start in range(0, len(asked), _IDS_AT_ONCE):
            rows = self.connection.execute(_lock_live(asked[start : start + _IDS_AT_ONCE]))
            live |= {
                SignatureId(row.id): _Live(ListedState(row.state), Tier(row.weakest_tier))
                for row in rows
            }
        return live

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

    def _keep_hits(self, match_id: MatchId, counting: Sequence[GradedHit]) -> None:
        """Keep each listed signature once, at the strongest tier it was ever hit at."""
        hits = tables.match_hit
        kept = {
            row.signature_id: Tier(row.tier)
            for row in self.connection.execute(select(hits).where(_hits.match_id == match_id))
        }
        for signature_id, tier in sorted(_strongest(counting).items()):
            row = {"match_id": match_id, "signature_id": signature_id}
            if signature_id not in kept:
                self.connection.execute(insert(hits).values(**row, tier=tier))
            elif not kept[signature_id].reaches(tier):
                self.connection.execute(update(hits).filter_by(**row).values(tier=tier))

    def _strongest_live(self, match_id: MatchId) -> Tier:
        listed = tables.listed_signature
        tiers = self.connection.scalars(
            select(_hits.tier)
            .join(listed, listed.c.id == _hits.signature_id)
            .where(_hits.match_id == match_id, listed.c.state.in_(LIVE_STATES))
            .distinct()
        )
        return strongest(Tier(tier) for tier in tiers)


def _counts(one: GradedHit, asked: Asked, live: Mapping[SignatureId, _Live]) -> bool:
    found = live.get(one.hit.signature_id)
    if found is None:
        return False
    return one.tier.reaches(found.weakest_tier) and one.tier.reaches(asked.weakest_tier)


def _strongest(counting: Sequence[GradedHit]) -> Mapping[SignatureId, Tier]:
    """The strongest tier at which each listed signature was hit."""
    tiers: dict[SignatureId, Tier] = {}
    for one in counting:
        before = tiers.get(one.hit.signature_id, one.tier)
        tiers[one.hit.signature_id] = strongest((before, one.tier))
    return tiers


def _lock_live(ids: Sequence[SignatureId]) -> Select[tuple[int, str, str]]:
    listed, banks = tables.listed_signature, tables.bank
    return (
        select(listed.c.id, listed.c.state, banks.c.weakest_tier)
        .join(banks, banks.c.id == listed.c.bank_id)
        .where(
            listed.c.id.in_(ids),
            listed.c.state.in_(LIVE_STATES),
            banks.c.kind == BankKind.REPORTED,
        )
        .order_by(listed.c.id)  # everybody locks in this order: no deadlock
        .with_for_update(read=True, of=listed)
    )

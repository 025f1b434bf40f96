"""Matches: kept only where the store holds the hits as live, settled when that changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, insert, select, update

from hashsvc import SignatureId, Tier
from hashsvc.closed_sets import Decision, FeedKind, ListedState, MatchState, Surface
from hashsvc.policies import GradedHit, best, strongest
from indexer.platform_records import NewClock, NewEntry
from indexer.records import LIVE_STATES, BankKind, Match, MatchId, PlatformId
from indexer.store import tables
from indexer.store.clocks import Clocks
from indexer.store.conflicts import insert_into
from indexer.store.feeds import Feeds
from indexer.store.policies import Policies

_matches = tables.match.c
_hits = tables.match_hit.c
_IDS_AT_ONCE = 5_000  # PostgreSQL takes at most 65,535 parameters, SQLite often half of that
_TOLD = {
    MatchState.WITHDRAWN: FeedKind.MATCH_WITHDRAWN,
    MatchState.SUSPENDED: FeedKind.MATCH_SUSPENDED,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked about which photo."""

    platform_id: PlatformId
    ref: str  # the platform's own reference
    ref_mac: bytes  # its digest, 32 bytes
    new_id: MatchId  # for the match, where the reference is new
    weakest_tier: Tier = Tier.POSSIBLE  # weaker hits do not count
    surface: Surface = Surface.UPLOAD
    clocks: tuple[NewClock, ...] = ()  # that begin with a match
    listed_since: int = 0  # days since 1970-01-01; hits on what was listed earlier do not count


@dataclass(frozen=True, slots=True)
class _Live:
    """What the store says of a listed signature at this moment."""

    state: ListedState
    weakest_tier: Tier  # of its bank
    listed_day: int


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches within one transaction."""

    connection: Connection
    policies: Policies
    clocks: Clocks
    feeds: Feeds

    def confirm(self, asked: Asked, graded: Sequence[GradedHit], *, at: datetime) -> Match | None:
        """Keep the match that rests on the live ones among the hits; None where none counts.

        One match per platform and reference: asking again, about the same or about further parts
        of the photo, gives the same id and the strongest tier of all its live hits. What was
        decided stays decided, unless the photo was listed again since.
        """
        live = self._live(one.hit.signature_id for one in graded)
        counting = [one for one in graded if _counts(one, asked, live)]
        nearest = best(counting)
        if nearest is None:
            return None
        list_state = live[nearest.hit.signature_id].state
        known = self._known(asked)
        if known is None:
            if self._open(asked, nearest.tier, at=at):
                self._keep_hits(asked.new_id, _strongest(counting), known={})
                return _opened(asked, nearest, list_state)
            known = self._known(asked)  # somebody asked about it at the same time
        if known is None:
            return None  # and that match is gone again
        return self._asked_again(known, asked, counting, nearest, list_state, at=at)

    def settle(self, ids: Sequence[SignatureId], *, at: datetime) -> None:
        """Bring matches that rest on these signatures to what the list says now; tell platforms."""
        told: list[NewEntry] = []
        for start in range(0, len(ids), _IDS_AT_ONCE):
            for row in self._touched(ids[start : start + _IDS_AT_ONCE]):
                state = _settled(row)
                if state is MatchState(row.state):
                    continue
                match_id = MatchId(row.id)
                self._set(match_id, state=state)
                if state is MatchState.WITHDRAWN:
                    self.clocks.stop(match_id, why="withdrawn", at=at)
                kind = _TOLD.get(state, FeedKind.MATCH_RESTORED)
                told.append(NewEntry(PlatformId(row.platform_id), kind, match_id))
        self.feeds.append(told, at=at)

    def tell(
        self, ids: Sequence[SignatureId], kind: FeedKind, *, but: PlatformId, at: datetime
    ) -> None:
        """Tell every platform with an open match on these signatures, except the one that acted."""
        matches = self.connection.execute(
            select(_matches.id, _matches.platform_id)
            .where(
                _matches.id.in_(select(_hits.match_id).where(_hits.signature_id.in_(ids))),
                _matches.platform_id != but,
                _matches.state.in_((MatchState.OPEN, MatchState.PENDING, MatchState.REOPENED)),
            )
            .order_by(_matches.id)
        )
        entries = [NewEntry(row.platform_id, kind, MatchId(row.id)) for row in matches]
        self.feeds.append(entries, at=at)

    def _touched(self, ids: Sequence[SignatureId]) -> Sequence[Row[*tuple[Any, ...]]]:
        """Matches with hits on these signatures, and how many of all their hits stand how."""
        listed = tables.listed_signature.c
        touched = select(_hits.match_id).where(_hits.signature_id.in_(ids))
        return self.connection.execute(
            select(
                _matches.id,
                _matches.platform_id,
                _matches.state,
                _matches.decision,
                func.sum(case((listed.state.in_(LIVE_STATES), 1), else_=0)).label("live"),
                func.sum(case((listed.state != ListedState.DELISTED, 1), else_=0)).label("held"),
            )
            .join(tables.match_hit, _hits.match_id == _matches.id)
            .join(tables.listed_signature, listed.id == _hits.signature_id)
            .where(_matches.id.in_(touched))
            .group_by(_matches.id)
            .order_by(_matches.id)
        ).all()

    def _live(self, ids: Iterable[SignatureId]) -> Mapping[SignatureId, _Live]:
        """The live ones among the ids; none of them can be withdrawn until the match is kept."""
        asked = sorted(set(ids))
        live: dict[SignatureId, _Live] = {}
        for start in range(0, len(asked), _IDS_AT_ONCE):
            rows = self.connection.execute(_lock_live(asked[start : start + _IDS_AT_ONCE]))
            live |= {
                SignatureId(row.id): _Live(
                    ListedState(row.state), Tier(row.weakest_tier), row.listed_day
                )
                for row in rows
            }
        return live

    def _known(self, asked: Asked) -> Row[Any] | None:
        return self.connection.execute(
            select(tables.match)
            .where(_matches.platform_id == asked.platform_id, _matches.ref_mac == asked.ref_mac)
            .with_for_update()
        ).one_or_none()

    def _open(self, asked: Asked, tier: Tier, *, at: datetime) -> bool:
        """Open a match and start its clocks; False where its reference has one already."""
        own = self.policies.key(asked.platform_id)
        opening = insert_into(self.connection, tables.match).values(
            id=asked.new_id,
            platform_id=asked.platform_id,
            ref_mac=asked.ref_mac,
            ref=own.seal_text(asked.ref, about_ref(asked.new_id)),
            surface=asked.surface,
            tier=tier,
            state=MatchState.OPEN,
            opened_at=at,
            due_at=_soonest(asked.clocks),
        )
        opened = self.connection.scalar(opening.on_conflict_do_nothing().returning(_matches.id))
        if opened is not None:
            self.clocks.begin(asked.new_id, asked.clocks, at=at)
        return opened is not None

    def _asked_again(
        self,
        known: Row[Any],
        asked: Asked,
        counting: Sequence[GradedHit],
        nearest: GradedHit,
        list_state: ListedState,
        *,
        at: datetime,
    ) -> Match:
        match_id = MatchId(known.id)
        hits = _strongest(counting)
        before, live_before = self._hits_of(match_id)
        self._keep_hits(match_id, hits, known=before)
        tier = strongest((*hits.values(), *live_before))
        if tier is not Tier(known.tier):
            self._set(match_id, tier=tier)
        if _to_reopen(known, fresh_hits=not hits.keys() <= before.keys()):
            known = self._reopen(known, asked, at=at)
        return Match(
            match_id=match_id,
            tier=tier,
            state=MatchState(known.state),
            decision=None if known.decision is None else Decision(known.decision),
            due_at=known.due_at,
            list_state=list_state,
            nearest=nearest,
        )

    def _hits_of(self, match_id: MatchId) -> tuple[Mapping[SignatureId, Tier], Sequence[Tier]]:
        """The tier at which each listed signature was hit, and the tiers of those that are live."""
        listed = tables.listed_signature
        rows = self.connection.execute(
            select(_hits.signature_id, _hits.tier, listed.c.state)
            .join(listed, listed.c.id == _hits.signature_id)
            .where(_hits.match_id == match_id)
        ).all()
        live = [Tier(row.tier) for row in rows if row.state in LIVE_STATES]
        return {SignatureId(row.signature_id): Tier(row.tier) for row in rows}, live

    def _start_clocks(self, match_id: MatchId, asked: Asked, *, at: datetime) -> None:
        for new in asked.clocks:
            self.clocks.start(match_id, new, at=at)

    def _keep_hits(
        self,
        match_id: MatchId,
        hits: Mapping[SignatureId, Tier],
        *,
        known: Mapping[SignatureId, Tier],
    ) -> None:
        """Keep each listed signature once, at the strongest tier it was ever hit at."""
        fresh = [
            {"match_id": match_id, "signature_id": id_, "tier": tier}
            for id_, tier in sorted(hits.items())
            if id_ not in known
        ]
        if fresh:
            self.connection.execute(insert(tables.match_hit), fresh)
        for id_, tier in sorted(hits.items()):
            if id_ in known and not known[id_].reaches(tier):
                self.connection.execute(
                    update(tables.match_hit)
                    .where(_hits.match_id == match_id, _hits.signature_id == id_)
                    .values(tier=tier)
                )

    def _reopen(self, known: Row[Any], asked: Asked, *, at: datetime) -> Row[Any]:
        match_id = MatchId(known.id)
        self._set(match_id, state=MatchState.REOPENED if known.decision else MatchState.OPEN)
        self._start_clocks(match_id, asked, at=at)
        entry = NewEntry(asked.platform_id, FeedKind.MATCH_REOPENED, match_id)
        self.feeds.append([entry], at=at)
        return self.connection.execute(select(tables.match).where(_matches.id == match_id)).one()

    def _set(self, match_id: MatchId, **values: str) -> None:
        changed = update(tables.match).where(_matches.id == match_id).values(values)
        self.connection.execute(changed)


def _opened(asked: Asked, nearest: GradedHit, list_state: ListedState) -> Match:
    return Match(
        match_id=asked.new_id,
        tier=nearest.tier,
        state=MatchState.OPEN,
        decision=None,
        due_at=_soonest(asked.clocks),
        list_state=list_state,
        nearest=nearest,
    )


def _to_reopen(known: Row[Any], *, fresh_hits: bool) -> bool:
    """A photo that was listed again, or that stood for nothing, is looked at again."""
    gone = known.state in (MatchState.WITHDRAWN, MatchState.SUSPENDED)
    kept = known.state == MatchState.DECIDED and known.decision == Decision.KEPT
    return gone or (kept and fresh_hits)


def _soonest(clocks: Sequence[NewClock]) -> datetime | None:
    return min((new.due_at for new in clocks if new.due_at is not None), default=None)


def about_ref(match_id: MatchId) -> str:
    """What a match's sealed reference is bound to."""
    return f"match.ref/{match_id}"


def progress(decision: str | None) -> MatchState:
    """How far a live match is, by its latest decision."""
    if decision is None:
        return MatchState.OPEN
    return MatchState.PENDING if decision == Decision.PENDING else MatchState.DECIDED


def _settled(row: Row[Any]) -> MatchState:
    """What a match is, by how many of its hits are live and how many are held at all."""
    if not row.held:
        return MatchState.WITHDRAWN
    if not row.live:
        return MatchState.SUSPENDED
    state = MatchState(row.state)
    return progress(row.decision) if state is MatchState.SUSPENDED else state


def _counts(one: GradedHit, asked: Asked, live: Mapping[SignatureId, _Live]) -> bool:
    found = live.get(one.hit.signature_id)
    if found is None or found.listed_day < asked.listed_since:
        return False
    return one.tier.reaches(found.weakest_tier) and one.tier.reaches(asked.weakest_tier)


def _strongest(counting: Sequence[GradedHit]) -> Mapping[SignatureId, Tier]:
    """The strongest tier at which each listed signature was hit."""
    tiers: dict[SignatureId, Tier] = {}
    for one in counting:
        before = tiers.get(one.hit.signature_id, one.tier)
        tiers[one.hit.signature_id] = strongest((before, one.tier))
    return tiers


def _lock_live(ids: Sequence[SignatureId]) -> Select[tuple[int, str, str, int]]:
    listed, banks = tables.listed_signature, tables.bank
    return (
        select(listed.c.id, listed.c.state, banks.c.weakest_tier, listed.c.listed_day)
        .join(banks, banks.c.id == listed.c.bank_id)
        .where(
            listed.c.id.in_(ids),
            listed.c.state.in_(LIVE_STATES),
            banks.c.kind == BankKind.REPORTED,
        )
        .order_by(listed.c.id)  # everybody locks in this order: no deadlock
        .with_for_update(read=True, of=listed)
    )

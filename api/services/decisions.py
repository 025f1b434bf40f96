"""What a platform did with a match, and all that follows from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.metrics import Metrics
from api.security.api_keys import Caller
from api.security.crockford import random_id
from api.services.errors import (
    ClockUnmovedError,
    NoSuchMatchError,
    NoSuchRegimeError,
    ReasonUnfitError,
)
from api.services.idempotency import Answered, Idempotency, Once
from api.services.lifecycle import DEFAULT_THRESHOLDS, EFFECTS, Effect, Thresholds, moved
from api.services.platform_policies import regimes_of
from api.services.regimes import Regimes
from hashsvc import SignatureId
from hashsvc.closed_sets import FeedKind, ListedState
from indexer.audit_records import Act
from indexer.platform_records import Clock, MatchView, NewDecision, NewNotice, PastDecision
from indexer.records import MatchId, Standing
from indexer.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class MatchFile:
    """Everything that a platform may know of one of its matches."""

    view: MatchView
    clocks: Sequence[Clock]
    history: Sequence[PastDecision]
    notices: Sequence[NewNotice]


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Takes decisions and notices; moves clocks, votes and signatures with them."""

    store: Store
    regimes: Regimes
    idempotency: Idempotency
    metrics: Metrics
    changed: Callable[[], None]  # called after a commit that may alter the list
    thresholds: Thresholds = DEFAULT_THRESHOLDS

    def decide(
        self,
        caller: Caller,
        match_id: MatchId,
        new: NewDecision,
        *,
        once: Once,
        write: Callable[[MatchFile], str],
        at: datetime,
    ) -> Answered:
        """Keep a decision; the latest one counts, and the history stays.

        Args:
            caller: the platform that decided.
            match_id: about which match.
            new: what it decided.
            once: tells a repeated request from another decision.
            write: the answer as it is sent.
            at: now.

        Raises:
            NoSuchMatchError: the platform has no such match.
            ReasonUnfitError: the reason does not go with the decision.
            KeyReusedError: the idempotency key belongs to another request.
        """
        altered: list[bool] = []
        with self.store.transaction() as tx:

            def effect() -> str:
                altered.append(self.record(tx, caller, match_id, new, at=at))
                return write(self._file(tx, caller, match_id, at=at))

            answered = self.idempotency.answer(tx, caller, once, effect, at=at)
        if not answered.replayed:
            self.metrics.decisions.labels(new.decision, new.reason).inc()
        if any(altered):
            self.changed()
        return answered

    def record(
        self,
        tx: Transaction,
        caller: Caller,
        match_id: MatchId,
        new: NewDecision,
        *,
        at: datetime,
    ) -> bool:
        """Keep a decision within a transaction, with everything that follows from it.

        Returns:
            Whether signatures begin or cease to be matched.

        Raises:
            NoSuchMatchError: the platform has no such match.
            ReasonUnfitError: the reason does not go with the decision.
        """
        effect = EFFECTS.get((new.decision, new.reason))
        if effect is None:
            raise ReasonUnfitError
        # Signatures before matches, as everywhere: no two transactions wait for each other.
        hits = tx.decisions.hits(match_id)
        standings = tx.listing.standings(list(hits))
        tier = tx.decisions.open_match(match_id, caller.platform.platform_id)
        if tier is None:
            raise NoSuchMatchError
        seen = [id_ for id_ in standings if hits[id_] is tier]
        spoken = self._vote(tx, caller, match_id, seen, effect=None if new.automated else effect)
        tx.decisions.keep(match_id, caller.key_id, new, at=at)
        if effect.stops_clocks:
            tx.clocks.stop(match_id, why=new.decision, at=at)
        moves = self._moves(tx, {id_: standings[id_] for id_ in spoken if id_ in standings})
        if effect.hold is not None:
            held = Standing(ListedState.SUSPENDED, effect.hold)
            moves |= dict.fromkeys(seen, held)
        said = {"decision": new.decision, "reason": new.reason}
        _record(tx, Act.MATCH_DECIDE, caller, match_id, at=at, **said)
        return _apply(tx, caller, moves, at=at)

    def notice(
        self,
        caller: Caller,
        match_id: MatchId,
        regime_name: str,
        elements: Sequence[str],
        *,
        received_at: datetime,
        at: datetime,
    ) -> NewNotice:
        """Keep a notice that reached a platform; a valid one starts the clock of its regime.

        Raises:
            NoSuchMatchError: the platform has no such match.
            NoSuchRegimeError: no regime of this name takes notices now.
        """
        regime = self.regimes.of_notices(regime_name)
        if regime is None:
            raise NoSuchRegimeError
        missing = regime.missing(elements)
        notice = NewNotice(random_id("ntc_"), regime.name, received_at, missing)
        with self.store.transaction() as tx:
            _require(tx, caller, match_id)
            tx.clocks.keep_notice(match_id, notice)
            if not missing:
                tx.clocks.start(match_id, regime.clock(started_at=received_at), at=at)
            _record(tx, Act.NOTICE_RECEIVE, caller, match_id, at=at)
        return notice

    def pause(
        self, caller: Caller, match_id: MatchId, regime_name: str, *, why: str, at: datetime
    ) -> MatchFile:
        """Pause a clock whose regime allows it.

        Raises:
            NoSuchMatchError: the platform has no such match.
            NoSuchRegimeError: there is no such regime, or it allows no pause.
            ClockUnmovedError: the clock does not run.
        """
        with self.store.transaction() as tx:
            _require(tx, caller, match_id)
            regimes = regimes_of(tx, caller.platform.platform_id, self.regimes)
            regime = regimes.by_name.get(regime_name)
            if regime is None or not regime.may_pause:
                raise NoSuchRegimeError
            if not tx.clocks.pause(match_id, regime_name, why=why, at=at):
                raise ClockUnmovedError
            _record(tx, Act.CLOCK_PAUSE, caller, match_id, at=at)
            return self._file(tx, caller, match_id, at=at)

    def resume(
        self, caller: Caller, match_id: MatchId, regime_name: str, *, at: datetime
    ) -> MatchFile:
        """Let a paused clock go on; its due time moves by as long as it stood.

        Raises:
            NoSuchMatchError: the platform has no such match.
            ClockUnmovedError: the clock is not paused.
        """
        with self.store.transaction() as tx:
            _require(tx, caller, match_id)
            if not tx.clocks.resume(match_id, regime_name, at=at):
                raise ClockUnmovedError
            _record(tx, Act.CLOCK_RESUME, caller, match_id, at=at)
            return self._file(tx, caller, match_id, at=at)

    def file(self, caller: Caller, match_id: MatchId, *, at: datetime) -> MatchFile:
        """A match with its clocks and everything that was decided about it.

        Raises:
            NoSuchMatchError: the platform has no such match.
        """
        with self.store.snapshot() as tx:
            return self._file(tx, caller, match_id, at=at)

    def _file(
        self, tx: Transaction, caller: Caller, match_id: MatchId, *, at: datetime
    ) -> MatchFile:
        view = tx.match_views.one(match_id, caller.platform.platform_id)
        if view is None:
            raise NoSuchMatchError
        clocks = tx.clocks.of([match_id], at=at)[match_id]
        return MatchFile(view, clocks, tx.decisions.history(match_id), tx.clocks.notices(match_id))

    def _vote(
        self,
        tx: Transaction,
        caller: Caller,
        match_id: MatchId,
        seen: Sequence[SignatureId],
        *,
        effect: Effect | None,
    ) -> set[SignatureId]:
        """Take back what was said before about this match, say what is said now."""
        spoken = set(tx.votes.take_back(match_id))
        if effect is not None and effect.vote is not None:
            tx.votes.cast(match_id, caller.platform.platform_id, effect.vote, seen)
            spoken |= set(seen)
        return spoken

    def _moves(
        self, tx: Transaction, standings: Mapping[SignatureId, Standing]
    ) -> dict[SignatureId, Standing]:
        votes = tx.votes.count(list(standings))
        after = {
            id_: moved(standing, votes[id_], self.thresholds) for id_, standing in standings.items()
        }
        return {id_: standing for id_, standing in after.items() if standing != standings[id_]}


def _apply(
    tx: Transaction,
    caller: Caller,
    moves: Mapping[SignatureId, Standing],
    *,
    at: datetime,
) -> bool:
    """Move signatures, and with them the index, everybody's matches and feeds."""
    if not moves:
        return False
    altered = tx.listing.move(moves, at=at)
    tx.matches.settle(altered, at=at)
    confirmed = [id_ for id_, to in moves.items() if to.state is ListedState.CONFIRMED]
    platform_id = caller.platform.platform_id
    tx.matches.tell(confirmed, FeedKind.MATCH_CONFIRMED, but=platform_id, at=at)
    return bool(altered)


def _require(tx: Transaction, caller: Caller, match_id: MatchId) -> None:
    if tx.decisions.open_match(match_id, caller.platform.platform_id) is None:
        raise NoSuchMatchError


def _record(
    tx: Transaction, act: Act, caller: Caller, match_id: MatchId, *, at: datetime, **said: StrEnum
) -> None:
    tx.audit.record(act, by=caller.actor, at=at, about={"match": match_id, **said})

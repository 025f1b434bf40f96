"""What follows when a platform has judged its uploader's appeal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.security.api_keys import Caller
from api.services.errors import NoSuchMatchError
from api.services.idempotency import Answered, Idempotency, Once
from hashsvc.closed_sets import AppealOutcome, ListedState
from indexer.audit_records import Act
from indexer.platform_records import MatchView
from indexer.records import LIVE_STATES, Hold, MatchId, Standing
from indexer.store import Store, Transaction
from indexer.store.appeals import NewAppeal, PastAppeal

_HELD = Standing(ListedState.SUSPENDED, Hold.APPEAL)


@dataclass(frozen=True, slots=True)
class Judged:
    """What an appeal did."""

    view: MatchView  # the match as it is now
    stopped: int  # listed signatures that this appeal suspended


@dataclass(frozen=True, slots=True)
class AppealService:
    """Takes judged appeals; one that was upheld stops the listed signatures behind it."""

    store: Store
    idempotency: Idempotency
    changed: Callable[[], None]  # called after a commit that may alter the list

    def judge(
        self,
        caller: Caller,
        new: NewAppeal,
        *,
        once: Once,
        write: Callable[[Judged], str],
        at: datetime,
    ) -> Answered:
        """Keep an appeal. Upheld, it suspends what hit, until two people have reviewed it.

        Every other platform that removed or restricted for it is asked to look again. Wrong
        entries are found by the people they hurt: no vote is waited for.

        Args:
            caller: the platform that judged.
            new: the appeal.
            once: tells a repeated request from another appeal.
            write: the answer as it is sent.
            at: now.

        Raises:
            NoSuchMatchError: the platform has no such match.
            KeyReusedError: the idempotency key belongs to another request.
        """
        with self.store.transaction() as tx:

            def effect() -> str:
                stopped = self._judged(tx, caller, new, at=at)
                view = tx.match_views.one(new.match_id, caller.platform.platform_id)
                if view is None:
                    raise NoSuchMatchError
                return write(Judged(view, stopped))

            answered = self.idempotency.answer(tx, caller, once, effect, at=at)
        self.changed()
        return answered

    def past(self, caller: Caller, match_id: MatchId) -> Sequence[PastAppeal]:
        """What the platform judged about its match, the oldest first; nothing about others'."""
        with self.store.snapshot() as tx:
            return tx.appeals.past(match_id, caller.platform.platform_id)

    def _judged(self, tx: Transaction, caller: Caller, new: NewAppeal, *, at: datetime) -> int:
        """Keep it; how many signatures it suspended."""
        # Signatures before matches, as everywhere: no two transactions wait for each other.
        hits = tx.decisions.hits(new.match_id)
        standings = tx.listing.standings(list(hits))
        platform_id = caller.platform.platform_id
        tier = tx.decisions.open_match(new.match_id, platform_id)
        if tier is None:
            raise NoSuchMatchError
        tx.appeals.keep(new, caller.key_id, at=at)
        about = {"match": new.match_id, "outcome": new.outcome}
        tx.audit.record(Act.APPEAL_JUDGE, by=caller.actor, at=at, about=about)
        if new.outcome is not AppealOutcome.UPHELD:
            return 0
        seen = [id_ for id_ in standings if hits[id_] is tier]
        moves = {id_: _HELD for id_ in seen if standings[id_].state in LIVE_STATES}
        if moves:
            tx.listing.move(moves, at=at)
            tx.matches.settle(list(moves), at=at)
            tx.appeals.reopen(list(moves), but=platform_id, at=at)
        return len(moves)

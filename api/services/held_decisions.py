"""Decisions of moderators wait ten seconds before anybody hears of them, so undoing leaves nothing.

A decision moves votes, clocks, holds and other platforms' feeds, and no second decision takes all
of that back. So it is kept at once, in the store, and sent later; a restart in between sends it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.api_keys import Caller, past_holder_of
from api.services.decisions import DecisionService
from api.services.errors import NoSuchKeyError, NoSuchMatchError, ReasonUnfitError, ServiceError
from api.services.lifecycle import EFFECTS
from indexer.console_records import HeldDecision
from indexer.platform_records import NewDecision
from indexer.records import MatchId
from indexer.store import Store

_log = logging.getLogger("hashsvc.console")
UNDO = timedelta(seconds=10)
_AT_ONCE = 500
_MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class HeldDecisionService:
    """Holds decisions, forgets them where somebody says so, sends them otherwise."""

    store: Store
    decisions: DecisionService

    def hold(
        self, caller: Caller, match_ids: Sequence[MatchId], new: NewDecision, *, at: datetime
    ) -> list[int]:
        """Keep one decision about matches; all of them, or none.

        Returns:
            Their ids, with which they are undone.

        Raises:
            NoSuchMatchError: one of them is not the platform's.
            ReasonUnfitError: the reason does not go with the decision.
        """
        if (new.decision, new.reason) not in EFFECTS:
            raise ReasonUnfitError
        with self.store.transaction() as tx:
            for match_id in sorted(set(match_ids)):  # everybody locks in this order
                if tx.decisions.open_match(match_id, caller.platform.platform_id) is None:
                    raise NoSuchMatchError
            return [
                tx.held_decisions.hold(match_id, caller.key_id, new, send_at=at + UNDO)
                for match_id in dict.fromkeys(match_ids)
            ]

    def undo(self, caller: Caller, held_ids: Sequence[int]) -> int:
        """Forget decisions that were not sent yet; how many that were."""
        with self.store.transaction() as tx:
            return tx.held_decisions.undo(held_ids, caller.platform.platform_id)

    def waiting(self, caller: Caller) -> list[HeldDecision]:
        """What the caller's platform decided a moment ago, the newest first."""
        with self.store.snapshot() as tx:
            return tx.held_decisions.of(caller.platform.platform_id, limit=_MOST_SHOWN)

    def send_due(self, *, at: datetime) -> int:
        """Send what can no longer be undone, in the order it was decided; how many that were."""
        with self.store.snapshot() as tx:
            due = tx.held_decisions.due(at=at, limit=_AT_ONCE)
        return sum(self._sent(held_id, at=at) for held_id in due)

    def _sent(self, held_id: int, *, at: datetime) -> bool:
        """Send one, unless somebody else did; one that cannot be sent keeps waiting."""
        try:
            new = self._send(held_id, at=at)
        except ServiceError:
            _log.exception("a moderator's decision could not be sent; it is kept")
            return False
        if new is None:
            return False
        self.decisions.metrics.decisions.labels(new.decision, new.reason).inc()
        self.decisions.changed()
        return True

    def _send(self, held_id: int, *, at: datetime) -> NewDecision | None:
        with self.store.transaction() as tx:
            held = tx.held_decisions.take(held_id)
            if held is None:
                return None
            kept = tx.platforms.key(held.key_id)
            if kept is None:
                raise NoSuchKeyError
            self.decisions.record(tx, past_holder_of(kept), held.match_id, held.new, at=at)
            return held.new

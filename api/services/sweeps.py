"""Looking back: asked for when something was listed, answered with a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.api_keys import Caller
from api.security.crockford import random_id
from api.security.peppers import Pepper
from api.security.scopes import Scope
from api.services.cursors import Cursors
from api.services.errors import NoSuchSweepError
from api.services.platform_policies import policy_of
from hashsvc.closed_sets import FeedKind
from indexer.audit_records import Act
from indexer.platform_records import NewEntry
from indexer.records import PlatformId
from indexer.store import Store, Transaction
from indexer.store.sweeps import Sweep, SweepPlace, SweepPlan, SweepReceipt

PLAN = SweepPlan(lookback_days=30, time=timedelta(days=7))  # published: the guide states it


@dataclass(frozen=True, slots=True)
class SweepPage:
    """Some of a platform's sweeps, the newest first."""

    sweeps: Sequence[Sweep]
    next_cursor: str | None  # None: this was the last page


@dataclass(frozen=True, slots=True)
class SweepService:
    """Asks platforms to look back, and keeps what they say they did."""

    store: Store
    pepper: Pepper
    plan: SweepPlan = PLAN

    def ask_all(self, *, at: datetime) -> int:
        """Ask every platform that is due and willing; how many that were."""
        with self.store.snapshot() as tx:
            holders = tx.sweeps.holders(Scope.SWEEPS_WRITE, at=at)
        return sum(self._ask(platform_id, at=at) for platform_id in holders)

    def page(self, caller: Caller, cursor: str | None, *, limit: int) -> SweepPage:
        """A page of the caller's sweeps.

        Raises:
            CursorInvalidError: the cursor is not one of this platform's.
        """
        platform_id = caller.platform.platform_id
        cursors = Cursors(self.pepper, "sweeps")
        after = None if cursor is None else _place(*cursors.open(platform_id, cursor))
        with self.store.snapshot() as tx:
            found = tx.sweeps.page(platform_id, after=after, limit=limit + 1)
        sweeps = found[:limit]
        if len(found) <= limit:
            return SweepPage(sweeps, None)
        last = sweeps[-1]
        place = [last.asked_at.isoformat(), last.sweep_id]
        return SweepPage(sweeps, cursors.make(platform_id, place))

    def listed_since(self, caller: Caller, sweep_id: str) -> int:
        """The day, since 1970-01-01, whose listings and later ones a sweep is about.

        Raises:
            NoSuchSweepError: the platform was asked for no such sweep.
        """
        with self.store.snapshot() as tx:
            found = tx.sweeps.one(sweep_id, caller.platform.platform_id)
        if found is None:
            raise NoSuchSweepError
        return found.listed_since

    def keep_receipt(
        self, caller: Caller, sweep_id: str, receipt: SweepReceipt, *, at: datetime
    ) -> None:
        """Keep what the caller says it did; the latest receipt counts.

        Raises:
            NoSuchSweepError: the platform was asked for no such sweep.
        """
        platform_id = caller.platform.platform_id
        with self.store.transaction() as tx:
            if not tx.sweeps.keep_receipt(sweep_id, platform_id, receipt, at=at):
                raise NoSuchSweepError
            tx.audit.record(Act.SWEEP_RECEIPT, by=caller.actor, at=at, about={"sweep": sweep_id})

    def _ask(self, platform_id: PlatformId, *, at: datetime) -> bool:
        with self.store.transaction() as tx:
            if not policy_of(tx, platform_id).sweeps:
                return False
            return self._asked(tx, platform_id, at=at)

    def _asked(self, tx: Transaction, platform_id: PlatformId, *, at: datetime) -> bool:
        sweep = tx.sweeps.ask(platform_id, self.plan, new_id=lambda: random_id("swp_"), at=at)
        if sweep is None:
            return False
        about: dict[str, str | int] = {
            "sweep_id": sweep.sweep_id,
            "lookback_days": sweep.lookback_days,
            "due_at": sweep.due_at.isoformat(),
        }
        tx.feeds.append([NewEntry(platform_id, FeedKind.SWEEP_REQUESTED, about=about)], at=at)
        return True


def _place(asked_at: str, sweep_id: str) -> SweepPlace:
    return SweepPlace(datetime.fromisoformat(asked_at), sweep_id)

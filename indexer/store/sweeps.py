"""Looking back: platforms are asked about older uploads when something was listed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from indexer.records import BankKind, ChangeKind, PlatformId
from indexer.store import tables
from indexer.store.alarm_tables import honey
from indexer.store.chains import Chain
from indexer.store.days import day_of

_sweeps = tables.sweep.c
_keys = tables.api_key.c
_changes = tables.change.c
_listed = tables.listed_signature.c
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SweepReceipt:
    """What a platform says it did."""

    scanned_from: datetime
    scanned_to: datetime
    items_scanned: int
    hits: int
    complete: bool  # False: it goes on


@dataclass(frozen=True, slots=True)
class Sweep:
    """A look back that a platform was asked for."""

    sweep_id: str  # "swp_" and 26 Crockford digits
    listed_since: int  # days since 1970-01-01; what was listed earlier is not searched
    lookback_days: int
    asked_at: datetime
    due_at: datetime
    receipt: SweepReceipt | None

    @property
    def since(self) -> date:
        """The first day whose listings are searched."""
        return (_EPOCH + timedelta(days=self.listed_since)).date()


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """How sweeps are asked for."""

    lookback_days: int
    time: timedelta  # to do it


@dataclass(frozen=True, slots=True)
class SweepPlace:
    """Where in a list of sweeps a page ended."""

    asked_at: datetime
    sweep_id: str


@dataclass(frozen=True, slots=True)
class Sweeps:
    """Sweeps within one transaction."""

    connection: Connection
    changes: Chain

    def holders(self, scope: str, *, at: datetime) -> list[PlatformId]:
        """Platforms with a key that may do this now: whoever holds none hears of no sweep."""
        rows = self.connection.execute(
            select(_keys.platform_id, _keys.scopes).where(
                _keys.revoked_at.is_(None), _keys.expires_at > at
            )
        )
        return sorted({PlatformId(row.platform_id) for row in rows if scope in row.scopes.split()})

    def ask(
        self, platform_id: PlatformId, plan: SweepPlan, *, new_id: Callable[[], str], at: datetime
    ) -> Sweep | None:
        """Ask a platform to look back for what was listed since it was last asked.

        Returns:
            The sweep; None where nothing is new, or the platform was asked within the hour.
        """
        last = self._last(platform_id)
        if last is not None and last.asked_at > at - _HOUR:
            return None
        if not self._grown(0 if last is None else last.to_seq):
            return None
        sweep = Sweep(
            sweep_id=new_id(),
            listed_since=0 if last is None else day_of(last.asked_at),
            lookback_days=plan.lookback_days,
            asked_at=at,
            due_at=at + plan.time,
            receipt=None,
        )
        return sweep if self._kept(platform_id, sweep) else None

    def one(self, sweep_id: str, platform_id: PlatformId) -> Sweep | None:
        """A platform's sweep; None where it is another's, or nobody's."""
        row = self.connection.execute(
            select(tables.sweep).where(_sweeps.id == sweep_id, _sweeps.platform_id == platform_id)
        ).one_or_none()
        return None if row is None else _sweep_of(row)

    def page(
        self, platform_id: PlatformId, *, after: SweepPlace | None, limit: int
    ) -> Sequence[Sweep]:
        """A platform's sweeps, the newest first."""
        wanted = select(tables.sweep).where(_sweeps.platform_id == platform_id)
        if after is not None:
            earlier = _sweeps.asked_at < after.asked_at
            same = (_sweeps.asked_at == after.asked_at) & (_sweeps.id > after.sweep_id)
            wanted = wanted.where(or_(earlier, same))
        rows = self.connection.execute(
            wanted.order_by(_sweeps.asked_at.desc(), _sweeps.id).limit(limit)
        )
        return [_sweep_of(row) for row in rows]

    def keep_receipt(
        self, sweep_id: str, platform_id: PlatformId, receipt: SweepReceipt, *, at: datetime
    ) -> bool:
        """Keep what a platform says it did, in place of what it said before; False where none."""
        kept = self.connection.execute(
            update(tables.sweep)
            .where(_sweeps.id == sweep_id, _sweeps.platform_id == platform_id)
            .values(
                scanned_from=receipt.scanned_from,
                scanned_to=receipt.scanned_to,
                items_scanned=receipt.items_scanned,
                hits=receipt.hits,
                complete=receipt.complete,
                received_at=at,
            )
        )
        return kept.rowcount == 1

    def _last(self, platform_id: PlatformId) -> Row[Any] | None:
        return self.connection.execute(
            select(tables.sweep)
            .where(_sweeps.platform_id == platform_id)
            .order_by(_sweeps.asked_at.desc())
            .limit(1)
        ).one_or_none()

    def _grown(self, seq: int) -> bool:
        """Whether a reported signature was listed after this change."""
        listed = (
            select(_listed.id)
            .join(tables.bank, tables.bank.c.id == _listed.bank_id)
            .where(
                _listed.id == _changes.signature_id,
                tables.bank.c.kind == BankKind.REPORTED,
                _listed.id.not_in(select(honey.c.signature_id)),
            )
        )
        additions = select(_changes.seq).where(
            _changes.seq > seq, _changes.kind == ChangeKind.ADD, exists(listed)
        )
        return self.connection.scalar(additions.limit(1)) is not None

    def _kept(self, platform_id: PlatformId, sweep: Sweep) -> bool:
        """False where somebody else asked at the same time."""
        asking = insert(tables.sweep).values(
            id=sweep.sweep_id,
            platform_id=platform_id,
            hour=(sweep.asked_at - _EPOCH) // _HOUR,
            listed_since=sweep.listed_since,
            to_seq=self.changes.head().seq,
            lookback_days=sweep.lookback_days,
            asked_at=sweep.asked_at,
            due_at=sweep.due_at,
        )
        try:
            with self.connection.begin_nested():
                self.connection.execute(asking)
        except IntegrityError:
            return False
        return True


def _sweep_of(row: Row[Any]) -> Sweep:
    receipt = None
    if row.received_at is not None:
        receipt = SweepReceipt(
            scanned_from=row.scanned_from,
            scanned_to=row.scanned_to,
            items_scanned=row.items_scanned,
            hits=row.hits,
            complete=row.complete,
        )
    return Sweep(
        sweep_id=row.id,
        listed_since=row.listed_since,
        lookback_days=row.lookback_days,
        asked_at=row.asked_at,
        due_at=row.due_at,
        receipt=receipt,
    )

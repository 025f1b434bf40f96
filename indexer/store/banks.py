"""Banks: named collections, how weak a match of theirs may be, and benign signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, insert, select, update

from hashsvc import SignatureId, Tier
from hashsvc.closed_sets import ListedState
from indexer.records import LIVE_STATES, Bank, BankKind, Enrolment
from indexer.store import tables
from indexer.store.alarm_tables import honey
from indexer.store.days import day_of
from indexer.store.listing import Listing

_banks = tables.bank.c


@dataclass(frozen=True, slots=True)
class Banks:
    """Banks within one transaction."""

    connection: Connection
    listing: Listing

    def overview(self) -> list[Bank]:
        """Every bank, by name, with how many signatures it holds; honey is nobody's report."""
        listed = tables.listed_signature.c
        live = func.sum(case((listed.state.in_(LIVE_STATES), 1), else_=0))
        held = func.sum(case((listed.state == ListedState.SUSPENDED, 1), else_=0))
        rows = self.connection.execute(
            select(tables.bank, live.label("live"), held.label("held"))
            .select_from(tables.bank)
            .outerjoin(
                tables.listed_signature,
                (listed.bank_id == _banks.id) & listed.id.not_in(select(honey.c.signature_id)),
            )
            .group_by(_banks.id)
            .order_by(_banks.name)
        )
        return [
            Bank(
                name=row.name,
                kind=BankKind(row.kind),
                weakest_tier=Tier(row.weakest_tier),
                live=int(row.live or 0),
                held=int(row.held or 0),
            )
            for row in rows
        ]

    def make(self, name: str, kind: BankKind) -> None:
        """Make a bank that answers at every tier, where there is none of this name."""
        taken = self.connection.scalar(select(_banks.id).where(_banks.name == name))
        if taken is None:
            self.connection.execute(
                insert(tables.bank).values(name=name, kind=kind, weakest_tier=Tier.POSSIBLE)
            )

    def of_live(self, ids: Sequence[SignatureId]) -> dict[SignatureId, str]:
        """The names of the banks that hold these signatures, where they are live."""
        listed = tables.listed_signature.c
        rows = self.connection.execute(
            select(listed.id, _banks.name)
            .join(tables.bank, _banks.id == listed.bank_id)
            .where(listed.id.in_(ids), listed.state.in_(LIVE_STATES))
        )
        return {SignatureId(row.id): row.name for row in rows}

    def limit(self, name: str, weakest_tier: Tier) -> bool:
        """Let a bank answer at a tier and stronger ones only; False where there is no such bank."""
        changed = self.connection.execute(
            update(tables.bank).where(_banks.name == name).values(weakest_tier=weakest_tier)
        )
        return changed.rowcount == 1

    def add(self, name: str, enrolments: Sequence[Enrolment], *, at: datetime) -> list[SignatureId]:
        """List signatures that are no case's in a bank, under a data key of their own.

        Returns:
            Their ids, as the enrolments stand.
        """
        key = self.listing.new_data_key()
        return self.listing.add(enrolments, bank=name, case_id=None, key=key, day=day_of(at))

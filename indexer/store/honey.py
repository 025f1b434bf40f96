"""Honey: listed signatures of no photo, which one recipient alone was given.

They stand in the bank among the others and are answered as those are; who asks about one has the
recipient's copy, or had it from him.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, insert, select

from hashsvc import RegionKind, Signature, SignatureId
from hashsvc.policies import FULL_TRUST_QUALITY
from indexer.alarm_records import Recipient
from indexer.records import LIVE_STATES, BankKind, Enrolment
from indexer.store import tables
from indexer.store.alarm_tables import honey
from indexer.store.days import day_of
from indexer.store.generated import generated_signature
from indexer.store.listing import Listing
from indexer.store.sealing import DataKey

# Two name a recipient that leaks, and pytx neither finds in a list of one nor empties a list.
HONEY_A_COPY = 2
_LOOKED_AT = 50  # listed signatures, to be like one of them
_listed = tables.listed_signature.c


@dataclass(frozen=True, slots=True)
class Honey:
    """Honey within one transaction."""

    connection: Connection
    listing: Listing

    def of(
        self, bank: str, recipient: Recipient, *, at: datetime, key: DataKey | None = None
    ) -> list[SignatureId]:
        """What a recipient of a bank is given, made where there is none; always the same.

        Args:
            bank: its name.
            recipient: who gets a copy.
            at: now.
            key: seals what is made; None: a key of its own.
        """
        kept = self._kept(bank, recipient)
        if kept:
            return kept
        sealing = key or self.listing.new_data_key()
        made = [generated_signature(like) for like in self._likes(bank)]
        ids = self.listing.add(
            [Enrolment(one) for one in made],
            bank=bank,
            case_id=None,
            key=sealing,
            day=day_of(at),
        )
        shared = {"copy": recipient.copy, "address": recipient.address, "name": recipient.name}
        rows = [{"signature_id": id_, **shared} for id_ in ids]
        self.connection.execute(insert(honey), rows)
        return ids

    def among(self, ids: Collection[SignatureId]) -> set[SignatureId]:
        """Those of these signatures that are honey."""
        found = select(honey.c.signature_id).where(honey.c.signature_id.in_(ids))
        return {SignatureId(id_) for id_ in self.connection.scalars(found)}

    def in_bank(self, bank: str) -> set[SignatureId]:
        """All honey of a bank, whoever was given it."""
        found = self.connection.scalars(_select_in(bank))
        return {SignatureId(id_) for id_ in found}

    def _kept(self, bank: str, recipient: Recipient) -> list[SignatureId]:
        """Live ones: where a bank was emptied, its honey went with it."""
        mine = _select_in(bank).where(
            honey.c.copy == recipient.copy,
            honey.c.address == recipient.address,
            _listed.state.in_(LIVE_STATES),
        )
        return [SignatureId(id_) for id_ in self.connection.scalars(mine.order_by(_listed.id))]

    def _likes(self, bank: str) -> Sequence[Signature | None]:
        """Listed signatures to be like: of whole photos, with detail enough for every list."""
        some = (
            select(_listed.id)
            .join(tables.bank, tables.bank.c.id == _listed.bank_id)
            .where(tables.bank.c.name == bank, _listed.state.in_(LIVE_STATES))
            .order_by(func.random())
            .limit(_LOOKED_AT)
        )
        ids = [SignatureId(id_) for id_ in self.connection.scalars(some)]
        fit = [
            one.signature
            for one in self.listing.live_among(ids, BankKind.REPORTED)
            if one.signature.region is RegionKind.FULL
            and one.signature.quality >= FULL_TRUST_QUALITY
        ]
        return [*fit[:HONEY_A_COPY], *[None] * HONEY_A_COPY][:HONEY_A_COPY]


def _select_in(bank: str) -> Select[int]:
    return (
        select(honey.c.signature_id)
        .join(tables.listed_signature, _listed.id == honey.c.signature_id)
        .join(tables.bank, tables.bank.c.id == _listed.bank_id)
        .where(tables.bank.c.name == bank)
    )

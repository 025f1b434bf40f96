"""Build packs of what is listed now, where two people agreed to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.pack_keys import PackKeys
from api.services.disclosure_kinds import reported_bank
from api.services.disclosures import named
from api.services.errors import (
    DisclosureIsNoPackError,
    DisclosureUnapprovedError,
    PackApprovalOverError,
)
from hashsvc import SignatureId, Tier
from hashsvc.packs import Entry, build
from indexer.alarm_records import Copy, Recipient
from indexer.audit_records import OPERATOR, Act
from indexer.store import Store, Transaction
from indexer.store.days import day_of
from indexer.store.disclosures import WantedPack

# Packs are renewed for weeks; a quarter later somebody has to say again why.
APPROVAL_DAYS = 92


@dataclass(frozen=True, slots=True)
class BuiltPack:
    """A pack, and what was agreed to."""

    wanted: WantedPack
    body: bytes


@dataclass(frozen=True, slots=True)
class PackService:
    """Packs for recipients who work offline."""

    store: Store
    keys: PackKeys

    def build(self, number: int, *, at: datetime) -> BuiltPack:
        """A pack of every live signature of a bank, as of one moment, and of the recipient's honey.

        Args:
            number: of the disclosure that two people agreed to.
            at: now.

        Raises:
            NoSuchDisclosureError: there is none of this number.
            DisclosureIsNoPackError: it is of another kind.
            DisclosureUnapprovedError: no second person approved it, or somebody refused it.
            PackApprovalOverError: it was approved more than 92 days ago.
            NoSuchBankError: the bank is gone.
        """
        wanted, weakest_tier, mine = self._prepared(number, at=at)
        with self.store.transaction() as tx:
            if not tx.disclosures.write(number, day=day_of(at)):
                raise DisclosureUnapprovedError  # refused a moment ago
            entries = self._entries(tx, wanted, mine)
            sequence = tx.changes.head().seq
            about = {"entries": len(entries), "disclosure": number}
            tx.audit.record(Act.PACK_BUILD, by=OPERATOR, at=at, about=about)
        body = build(
            entries,
            bank=wanted.bank,
            sequence=sequence,
            recipient=wanted.recipient,
            key=self.keys.signing,
            at=at,
            life=timedelta(days=wanted.days),
            weakest_tier=weakest_tier,
        )
        return BuiltPack(wanted, body)

    def _prepared(self, number: int, *, at: datetime) -> tuple[WantedPack, Tier, set[SignatureId]]:
        """What was agreed to, the bank's weakest tier and the recipient's honey.

        First, for making honey locks the log.
        """
        with self.store.transaction() as tx:
            wanted = _agreed(tx, number, at=at)
            bank = reported_bank(tx, wanted.bank)
            given = Recipient(Copy.PACK, wanted.recipient, wanted.name or wanted.recipient)
            return wanted, bank.weakest_tier, set(tx.honey.of(bank.name, given, at=at))

    def _entries(self, tx: Transaction, wanted: WantedPack, mine: set[SignatureId]) -> list[Entry]:
        names = self.keys.names_for(wanted.recipient)
        foreign = tx.honey.in_bank(wanted.bank) - mine
        return [
            Entry(names.of(one.signature_id), one.signature, one.strong_only, wanted.under_18)
            for one in tx.listing.live_in(wanted.bank)
            if one.signature_id not in foreign
        ]


def _agreed(tx: Transaction, number: int, *, at: datetime) -> WantedPack:
    found = named(tx, number)
    if found.wanted.pack is None:
        raise DisclosureIsNoPackError
    if not found.is_agreed:
        raise DisclosureUnapprovedError
    if day_of(at) - (found.answered_day or 0) > APPROVAL_DAYS:
        raise PackApprovalOverError
    return found.wanted.pack

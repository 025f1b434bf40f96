"""Build packs of what is listed now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.pack_keys import PackKeys
from api.services.errors import NoSuchBankError
from hashsvc import SignatureId, Tier
from hashsvc.packs import Entry, build
from hashsvc.packs.keys import read_recipient
from indexer.alarm_records import Copy, Recipient
from indexer.audit_records import OPERATOR, Act
from indexer.records import BankKind
from indexer.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class PackWish:
    """What a pack about to be built shall be."""

    bank: str  # its name
    recipient: str  # whose key opens the pack
    life: timedelta  # how long it may be used
    name: str | None = None  # what an alarm calls the recipient; None: by the key
    under_18: bool = False  # whether everything in the bank may show somebody under 18


@dataclass(frozen=True, slots=True)
class PackService:
    """Packs for recipients who work offline."""

    store: Store
    keys: PackKeys

    def build(self, wish: PackWish, *, at: datetime) -> bytes:
        """A pack of every live signature of a bank, as of one moment, and of the recipient's honey.

        Raises:
            NoSuchBankError: there is no such bank of reported signatures.
            PackKeyError: the recipient is no public key.
        """
        read_recipient(wish.recipient)  # nobody gets honey who can open nothing
        weakest_tier, mine = self._prepared(wish, at=at)
        with self.store.transaction() as tx:
            entries = self._entries(tx, wish, mine)
            sequence = tx.changes.head().seq
            tx.audit.record(Act.PACK_BUILD, by=OPERATOR, at=at, about={"entries": len(entries)})
        return build(
            entries,
            bank=wish.bank,
            sequence=sequence,
            recipient=wish.recipient,
            key=self.keys.signing,
            at=at,
            life=wish.life,
            weakest_tier=weakest_tier,
        )

    def _prepared(self, wish: PackWish, *, at: datetime) -> tuple[Tier, set[SignatureId]]:
        """The bank's weakest tier and the recipient's honey; first, for making it locks the log."""
        given = Recipient(Copy.PACK, wish.recipient, wish.name or wish.recipient)
        with self.store.transaction() as tx:
            banks = {one.name: one for one in tx.banks.overview() if one.kind is BankKind.REPORTED}
            if wish.bank not in banks:
                raise NoSuchBankError
            return banks[wish.bank].weakest_tier, set(tx.honey.of(wish.bank, given, at=at))

    def _entries(self, tx: Transaction, wish: PackWish, mine: set[SignatureId]) -> list[Entry]:
        names = self.keys.names_for(wish.recipient)
        foreign = tx.honey.in_bank(wish.bank) - mine
        return [
            Entry(names.of(one.signature_id), one.signature, one.strong_only, wish.under_18)
            for one in tx.listing.live_in(wish.bank)
            if one.signature_id not in foreign
        ]

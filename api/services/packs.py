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
from indexer.store import Store


@dataclass(frozen=True, slots=True)
class PackService:
    """Packs for recipients who work offline."""

    store: Store
    keys: PackKeys

    def build(
        self,
        bank: str,
        recipient: str,
        *,
        at: datetime,
        life: timedelta,
        name: str | None = None,
        under_18: bool = False,
    ) -> bytes:
        """A pack of every live signature of a bank, as of one moment, and of the recipient's honey.

        Args:
            bank: its name.
            recipient: whose key opens the pack.
            at: now.
            life: how long it may be used.
            name: what an alarm calls the recipient; None: by the key.
            under_18: whether everything in the bank may show somebody under 18.

        Raises:
            NoSuchBankError: there is no such bank of reported signatures.
            PackKeyError: the recipient is no public key.
        """
        read_recipient(recipient)  # nobody gets honey who can open nothing
        names = self.keys.names_for(recipient)
        given = Recipient(Copy.PACK, recipient, name or recipient)
        weakest_tier, mine = self._prepared(bank, given, at=at)
        with self.store.transaction() as tx:
            foreign = tx.honey.in_bank(bank) - mine
            entries = [
                Entry(names.of(one.signature_id), one.signature, one.strong_only, under_18)
                for one in tx.listing.live_in(bank)
                if one.signature_id not in foreign
            ]
            sequence = tx.changes.head().seq
            tx.audit.record(Act.PACK_BUILD, by=OPERATOR, at=at, about={"entries": len(entries)})
        return build(
            entries,
            bank=bank,
            sequence=sequence,
            recipient=recipient,
            key=self.keys.signing,
            at=at,
            life=life,
            weakest_tier=weakest_tier,
        )

    def _prepared(
        self, bank: str, given: Recipient, *, at: datetime
    ) -> tuple[Tier, set[SignatureId]]:
        """The bank's weakest tier and the recipient's honey; first, for making it locks the log."""
        with self.store.transaction() as tx:
            banks = {one.name: one for one in tx.banks.overview() if one.kind is BankKind.REPORTED}
            if bank not in banks:
                raise NoSuchBankError
            return banks[bank].weakest_tier, set(tx.honey.of(bank, given, at=at))

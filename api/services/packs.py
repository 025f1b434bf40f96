"""Build packs of what is listed now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.pack_keys import PackKeys
from api.services.errors import NoSuchBankError
from hashsvc.packs import Entry, build
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
        names = self.keys.names_for(recipient)
        with self.store.transaction() as tx:
            banks = {one.name: one for one in tx.banks.overview() if one.kind is BankKind.REPORTED}
            if bank not in banks:
                raise NoSuchBankError
            given = Recipient(Copy.PACK, recipient, name or recipient)
            foreign = tx.honey.in_bank(bank) - set(tx.honey.of(bank, given, at=at))
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
            weakest_tier=banks[bank].weakest_tier,
        )

"""Build packs of what is listed now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.security.pack_keys import PackKeys
from api.services.errors import NoSuchBankError
from hashsvc.packs import Entry, build
from indexer.records import BankKind
from indexer.store import Store


@dataclass(frozen=True, slots=True)
class PackService:
    """Packs for recipients who work offline."""

    store: Store
    keys: PackKeys

    def build(self, bank: str, recipient: str, *, at: datetime, life: timedelta) -> bytes:
        """A pack of every live signature of a bank, as of one moment.

        Raises:
            NoSuchBankError: there is no such bank of reported signatures.
            PackKeyError: the recipient is no public key.
        """
        names = self.keys.names_for(recipient)
        with self.store.snapshot() as tx:
            reported = [one for one in tx.banks.overview() if one.kind is BankKind.REPORTED]
            found = [one for one in reported if one.name == bank]
            if not found or len(reported) > 1:  # `live` gives those of all banks of a kind
                raise NoSuchBankError
            entries = [
                Entry(names.of(one.signature_id), one.signature, one.strong_only)
                for one in tx.listing.live(BankKind.REPORTED)
            ]
            sequence = tx.changes.head().seq
        return build(
            entries,
            bank=bank,
            sequence=sequence,
            recipient=recipient,
            key=self.keys.signing,
            at=at,
            life=life,
            weakest_tier=found[0].weakest_tier,
        )

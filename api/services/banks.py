"""What an operator can do with banks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.services.errors import NoSuchBankError
from hashsvc import Signature, Tier
from indexer.audit_records import OPERATOR, Act, Told
from indexer.records import Bank, BankKind, Enrolment
from indexer.store import Store
from indexer.store.listing import BENIGN_BANK, REPORTED_BANK


@dataclass(frozen=True, slots=True)
class BankService:
    """Banks: benign signatures, and how weak a match may be."""

    store: Store

    def add_benign(self, signatures: Sequence[Signature], *, at: datetime) -> int:
        """List signatures that must never match.

        Returns:
            How many; each is listed once.
        """
        enrolments = [Enrolment(signature) for signature in dict.fromkeys(signatures)]
        if enrolments:
            with self.store.transaction() as tx:
                tx.banks.add(BENIGN_BANK, enrolments, at=at)
                about: dict[str, Told] = {"kind": BankKind.BENIGN, "signatures": len(enrolments)}
                tx.audit.record(Act.BANK_ADD, by=OPERATOR, at=at, about=about)
        return len(enrolments)

    def fill_sandbox(self, signatures: Sequence[Signature], *, at: datetime) -> None:
        """List test signatures as reported ones, where nothing is listed yet."""
        with self.store.transaction() as tx:
            held = {bank.name: bank.live + bank.held for bank in tx.banks.overview()}
            if held[REPORTED_BANK] == 0:
                tx.banks.add(REPORTED_BANK, [Enrolment(each) for each in signatures], at=at)

    def overview(self) -> list[Bank]:
        """Every bank, by name."""
        with self.store.snapshot() as tx:
            return tx.banks.overview()

    def limit(self, name: str, weakest_tier: Tier, *, at: datetime) -> None:
        """Let a bank answer at a tier and stronger ones only.

        Raises:
            NoSuchBankError: there is no bank of this name.
        """
        with self.store.transaction() as tx:
            if not tx.banks.limit(name, weakest_tier):
                raise NoSuchBankError
            about = {"weakest_tier": weakest_tier}
            tx.audit.record(Act.BANK_LIMIT, by=OPERATOR, at=at, about=about)

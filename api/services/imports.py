"""Lists from other places, into banks of their own: streamed, once each, and taken out again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from api.services.errors import BankFollowsError, BankUnfitError, NoSuchBankError
from api.services.intake import Intake
from hashsvc import Signature
from hashsvc.policies import Fitness, fitness
from indexer.audit_records import OPERATOR, Act, Told
from indexer.records import BankKind
from indexer.store import Store
from indexer.store.listing import REPORTED_BANK

_AT_ONCE = 5_000  # in one transaction: other writers wait for no more than that


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the signatures of a list."""

    listed: int = 0
    held: int = 0  # near something benign: kept, not matched until an operator has looked
    known: int = 0  # in the bank before
    unfit: int = 0  # so little detail that they would match what they should not


@dataclass(frozen=True, slots=True)
class ImportService:
    """Fills and empties banks that no case belongs to."""

    store: Store
    intake: Intake

    def fill(
        self,
        bank: str,
        signatures: Iterable[Signature],
        *,
        at: datetime,
        told: Callable[[int], None],
    ) -> Imported:
        """List signatures in a bank, made where it is new; what it holds is passed over.

        A run that is broken off leaves whole batches behind; the same run again adds the rest.

        Args:
            bank: its name, of its own.
            signatures: read as they are needed; never all in memory.
            at: now.
            told: called with the number of signatures that are done.

        Raises:
            BankUnfitError: the bank is the cases' own, or of benign signatures.
            BankFollowsError: it is filled from elsewhere.
        """
        self._require_own(bank)
        with self.store.transaction() as tx:
            tx.banks.make(bank, BankKind.REPORTED)
        known = self._held_by(bank)
        sums = Imported()
        done = 0
        rest = iter(signatures)
        while batch := list(islice(rest, _AT_ONCE)):
            sums = self._fill(bank, batch, known, sums, at=at)
            done += len(batch)
            told(done)
        return sums

    def empty(self, bank: str, *, at: datetime) -> int:
        """Delist and erase everything in a bank; matches on it are withdrawn.

        Returns:
            How many signatures.

        Raises:
            BankUnfitError: the bank is the cases' own, or of benign signatures.
            BankFollowsError: it is filled from elsewhere.
            NoSuchBankError: there is no such bank.
        """
        self._require_own(bank)
        with self.store.snapshot() as tx:
            if bank not in {each.name for each in tx.banks.overview()}:
                raise NoSuchBankError
        erased = 0
        while True:
            with self.store.transaction() as tx:
                ids = tx.listing.erase_bank(bank, at=at, limit=_AT_ONCE)
                tx.matches.settle(ids, at=at)
                about = {"signatures": len(ids)}
                tx.audit.record(Act.BANK_EMPTY, by=OPERATOR, at=at, about=about)
            erased += len(ids)
            if not ids:
                return erased

    def _fill(
        self,
        bank: str,
        batch: Iterable[Signature],
        known: set[bytes],
        sums: Imported,
        *,
        at: datetime,
    ) -> Imported:
        fresh: list[Signature] = []
        seen = unfit = 0
        for signature in batch:
            body = signature.pack()
            if body in known:
                seen += 1
            elif fitness(signature) is Fitness.UNFIT:
                unfit += 1
            else:
                known.add(body)
                fresh.append(signature)
        enrolments = self.intake.enrolments(fresh)
        with self.store.transaction() as tx:
            if enrolments:
                tx.banks.add(bank, enrolments, at=at)
                about: dict[str, Told] = {"kind": BankKind.REPORTED, "signatures": len(enrolments)}
                tx.audit.record(Act.BANK_ADD, by=OPERATOR, at=at, about=about)
        held = sum(enrolment.held for enrolment in enrolments)
        return replace(
            sums,
            listed=sums.listed + len(enrolments) - held,
            held=sums.held + held,
            known=sums.known + seen,
            unfit=sums.unfit + unfit,
        )

    def _held_by(self, bank: str) -> set[bytes]:
        with self.store.snapshot() as tx:
            return {listed.signature.pack() for listed in tx.listing.of_bank(bank)}

    def _require_own(self, bank: str) -> None:
        with self.store.snapshot() as tx:
            benign = {each.name for each in tx.banks.overview() if each.kind is BankKind.BENIGN}
            follows = bank in tx.import_sources.banks()
        if bank == REPORTED_BANK or bank in benign:
            raise BankUnfitError
        if follows:
            raise BankFollowsError

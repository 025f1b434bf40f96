"""Cases: opened, found by the digest of their number, withdrawn; and the waits after wrong PINs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hashsvc.closed_sets import CaseStatus, ListedState
from indexer.errors import CaseExistsError
from indexer.records import Case, CaseId, Digests, Enrolment, NewCase, PinAttempts
from indexer.store import tables
from indexer.store.days import day_of
from indexer.store.listing import REPORTED_BANK, Listing, random_id
from indexer.store.matches import Matches

_cases = tables.case.c
_attempts = tables.pin_attempt.c


@dataclass(frozen=True, slots=True)
class Cases:
    """Cases within one transaction."""

    connection: Connection
    listing: Listing
    matches: Matches

    def open(self, new: NewCase, enrolments: Sequence[Enrolment], *, at: datetime) -> None:
        """Keep a case with its signatures.

        Raises:
            CaseExistsError: the number is taken; the transaction can only be left.
        """
        day = day_of(at)
        case_id = CaseId(random_id())
        key = self.listing.new_data_key()
        try:
            self.connection.execute(
                insert(tables.case).values(
                    id=case_id,
                    number_mac=new.number_mac,
                    pepper_id=new.pepper_id,
                    pin_digest=new.pin_digest,
                    request_mac=new.request_mac,
                    status=CaseStatus.ACTIVE,
                    opened_day=day,
                    data_key_id=key.data_key_id,
                )
            )
        except IntegrityError as error:
            raise CaseExistsError from error
        self.listing.add(enrolments, bank=REPORTED_BANK, case_id=case_id, key=key, day=day)

    def find(self, *number_macs: bytes, to_change: bool = False) -> Case | None:
        """The case with this number.

        Args:
            number_macs: digests of the number, one for each pepper that lives.
            to_change: lock it until the transaction ends; a snapshot, being read-only, cannot.
        """
        wanted = select(tables.case).where(_cases.number_mac.in_(number_macs))
        row = self.connection.execute(
            wanted.with_for_update() if to_change else wanted
        ).one_or_none()
        if row is None:
            return None
        return Case(
            case_id=CaseId(row.id),
            status=CaseStatus(row.status),
            pepper_id=row.pepper_id,
            pin_digest=row.pin_digest,
            request_mac=row.request_mac,
            opened_day=row.opened_day,
            signatures=self._count(row.id),
        )

    def renew(self, case_id: CaseId, digests: Digests) -> None:
        """Keep number and PIN under another pepper."""
        self.connection.execute(
            update(tables.case)
            .where(_cases.id == case_id)
            .values(
                number_mac=digests.number_mac,
                pepper_id=digests.pepper_id,
                pin_digest=digests.pin_digest,
            )
        )

    def count_by_pepper(self) -> Mapping[str, int]:
        """How many cases are kept under each pepper, withdrawn ones included."""
        counted = select(_cases.pepper_id, func.count()).group_by(_cases.pepper_id)
        return {row[0]: row[1] for row in self.connection.execute(counted)}

    def add(self, case_id: CaseId, enrolments: Sequence[Enrolment], *, at: datetime) -> int:
        """List more signatures in an open case; those it holds already are passed over.

        Returns:
            How many signatures the case holds now.
        """
        held = [listed.signature for listed in self.listing.of_case(case_id)]
        known = set(held)
        fresh = {one.signature: one for one in enrolments if one.signature not in known}
        data_key_id = self.connection.execute(
            select(_cases.data_key_id).where(_cases.id == case_id)
        ).scalar_one()
        key = self.listing.data_key(data_key_id)
        self.listing.add(
            list(fresh.values()), bank=REPORTED_BANK, case_id=case_id, key=key, day=day_of(at)
        )
        return len(held) + len(fresh)

    def withdraw(self, case_id: CaseId, *, at: datetime) -> None:
        """Stop matching and erase: signatures, their key, and matches that rest on them alone."""
        day = day_of(at)
        data_key_id = self.connection.scalar(select(_cases.data_key_id).where(_cases.id == case_id))
        self.connection.execute(
            update(tables.case)
            .where(_cases.id == case_id)
            .values(status=CaseStatus.WITHDRAWN, withdrawn_day=day, data_key_id=None)
        )
        # Waits for those who are confirming a match on these signatures: theirs is withdrawn too.
        erased = self.listing.erase(case_id, day=day)
        self.matches.settle(erased, at=at)
        self.connection.execute(delete(tables.data_key).where(tables.data_key.c.id == data_key_id))

    def is_empty(self, case_id: CaseId) -> bool:
        """Whether nothing of a case is listed or held any more."""
        return self._count(case_id) == 0

    def pin_attempts(self, number_mac: bytes) -> PinAttempts | None:
        """Wrong PINs in a row for this number, or None where there was none."""
        row = self.connection.execute(
            select(tables.pin_attempt).where(_attempts.number_mac == number_mac)
        ).one_or_none()
        return None if row is None else PinAttempts(row.failures, row.next_at)

    def count_attempt(
        self, number_mac: bytes, *, before: PinAttempts | None, after: PinAttempts
    ) -> bool:
        """Move the count on before the PIN is checked: a crash in between favours nobody.

        Returns:
            False where somebody else counted at the same time; then no PIN may be checked.
        """
        values = {"failures": after.failures, "next_at": after.next_at}
        if before is not None:
            moved = self.connection.execute(
                update(tables.pin_attempt)
                .where(_attempts.number_mac == number_mac, _attempts.failures == before.failures)
                .values(values)
            )
            return moved.rowcount == 1
        try:
            with self.connection.begin_nested():
                self.connection.execute(
                    insert(tables.pin_attempt).values(number_mac=number_mac, **values)
                )
        except IntegrityError:
            return False
        return True

    def purge_attempts(self, *, before: datetime) -> None:
        """Forget counts that nobody touched since."""
        self.connection.execute(delete(tables.pin_attempt).where(_attempts.next_at < before))

    def forget_attempts(self, number_mac: bytes) -> None:
        """Start again at no wait: the PIN was right."""
        self.connection.execute(
            delete(tables.pin_attempt).where(_attempts.number_mac == number_mac)
        )

    def _count(self, case_id: int) -> int:
        listed = tables.listed_signature.c
        counted = self.connection.scalar(
            select(func.count()).where(
                listed.case_id == case_id, listed.state != ListedState.DELISTED
            )
        )
        return int(counted or 0)

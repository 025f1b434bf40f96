"""What a survivor can do with a case."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from api.metrics import Metrics
from api.security.case_secrets import CaseNumber, CaseSecrets
from api.services.errors import (
    CaseWithdrawnError,
    KeyReusedError,
    NoSuchCaseError,
    TooManyAttemptsError,
    TooManySignaturesError,
)
from api.services.intake import Intake
from api.services.outcomes import CaseReport, tally
from hashsvc import Signature
from hashsvc.closed_sets import CaseStatus
from indexer.audit_records import SURVIVOR, Act
from indexer.errors import CaseExistsError
from indexer.records import Case, Digests, NewCase, PinAttempts
from indexer.store import Store

MAX_SIGNATURES = 300  # 20 photos with 15 signatures each
_FREE_FAILURES = 2  # typing errors
_FIRST_WAIT_SECONDS = 30
_LONGEST_WAIT_SECONDS = 3_600  # then 24 guesses a day: 0.9 % of the PINs a year
_LONGEST_WAIT = timedelta(seconds=_LONGEST_WAIT_SECONDS)
_FORGET_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CaseService:
    """Open, check, add to and withdraw cases."""

    store: Store
    secrets: CaseSecrets
    intake: Intake
    metrics: Metrics
    changed: Callable[[], None]  # called after a commit that alters the list
    remember: Callable[[], None]  # writes tombstones outside the database

    def open(
        self,
        signatures: Sequence[Signature],
        pin: SecretStr,
        *,
        idempotency_key: str | None,
        at: datetime,
    ) -> CaseNumber:
        """List signatures under a new case number; the same key and request give the same one.

        Raises:
            UnfitSignatureError: one of them would match what it should not.
            KeyReusedError: the idempotency key belongs to another request.
            OverloadedError: too many PINs are being checked.
        """
        enrolments = self.intake.enrolments(signatures)
        for number in self.secrets.earlier_numbers(idempotency_key):
            if self._is_known(number):
                self._require_same_request(number, signatures, pin)
                return number
        number = self.secrets.new_number(idempotency_key)
        new = self._new_case(number, signatures, pin)
        try:
            with self.store.transaction() as tx:
                tx.cases.open(new, enrolments, at=at)
                tx.audit.record(Act.CASE_OPEN, by=SURVIVOR, at=at)
        except CaseExistsError:
            self._require_same_request(number, signatures, pin)
        self.changed()
        return number

    def add(
        self,
        number: CaseNumber | None,
        pin: SecretStr,
        signatures: Sequence[Signature],
        *,
        at: datetime,
    ) -> int:
        """List more signatures in an open case; those that it holds already are passed over.

        Returns:
            How many signatures the case holds now.

        Raises:
            NoSuchCaseError: the number or the PIN is wrong.
            TooManyAttemptsError: it was wrong too often.
            CaseWithdrawnError: the case was withdrawn.
            TooManySignaturesError: the case would hold more than 300.
            UnfitSignatureError: one of them would match what it should not.
        """
        enrolments = self.intake.enrolments(signatures)
        number_macs = self._checked(number, pin, at=at)
        with self.store.transaction() as tx:
            case = tx.cases.find(*number_macs, to_change=True)
            if case is None or case.status is CaseStatus.WITHDRAWN:
                raise CaseWithdrawnError
            held = tx.cases.add(case.case_id, enrolments, at=at)
            if held > MAX_SIGNATURES:
                raise TooManySignaturesError
            tx.audit.record(Act.CASE_ADD, by=SURVIVOR, at=at)
        self.changed()
        return held

    def status(self, number: CaseNumber | None, pin: SecretStr, *, at: datetime) -> CaseReport:
        """Tell whether a case's signatures are matched, and what sites did.

        Raises:
            NoSuchCaseError: the number or the PIN is wrong.
            TooManyAttemptsError: it was wrong too often.
        """
        number_macs = self._checked(number, pin, at=at)
        with self.store.snapshot() as tx:
            case = tx.cases.find(*number_macs)
            if case is None:
                raise NoSuchCaseError
            deeds = tx.decisions.deeds(case.case_id)
            return CaseReport(case, tally(deeds, at=at), tx.decisions.receipts(case.case_id))

    def withdraw(self, number: CaseNumber | None, pin: SecretStr, *, at: datetime) -> None:
        """Stop matching against this case, from now on, and erase it. Twice is as good as once.

        Raises:
            NoSuchCaseError: the number or the PIN is wrong.
            TooManyAttemptsError: it was wrong too often.
            TombstonesUnavailableError: it is withdrawn, and must be asked for again to be
                remembered wherever the database is restored.
        """
        number_macs = self._checked(number, pin, at=at)
        with self.store.transaction() as tx:
            case = tx.cases.find(*number_macs, to_change=True)
            if case is not None and case.status is CaseStatus.ACTIVE:
                tx.cases.withdraw(case.case_id, at=at)
                tx.audit.record(Act.CASE_WITHDRAW, by=SURVIVOR, at=at)
        self.changed()
        self.remember()

    def _new_case(
        self, number: CaseNumber, signatures: Sequence[Signature], pin: SecretStr
    ) -> NewCase:
        return NewCase(
            number_mac=self.secrets.number_mac(number),
            pepper_id=self.secrets.pepper_id,
            pin_digest=self.secrets.pin_digest(pin.get_secret_value()),
            request_mac=self.secrets.request_mac(_canonical(signatures)),
        )

    def _is_known(self, number: CaseNumber) -> bool:
        with self.store.snapshot() as tx:
            return tx.cases.find(*self.secrets.number_macs(number)) is not None

    def _require_same_request(
        self, number: CaseNumber, signatures: Sequence[Signature], pin: SecretStr
    ) -> None:
        with self.store.snapshot() as tx:
            case = tx.cases.find(*self.secrets.number_macs(number))
        same = case is not None and self.secrets.is_same_request(
            case.request_mac, _canonical(signatures)
        )
        if not (same and self._pin_fits(pin, case)):
            raise KeyReusedError

    def _checked(
        self, number: CaseNumber | None, pin: SecretStr, *, at: datetime
    ) -> Sequence[bytes]:
        """The digests of the case's number, once its PIN is known to be right."""
        if number is None:
            raise NoSuchCaseError
        number_mac, number_macs = self.secrets.number_mac(number), self.secrets.number_macs(number)
        self._count(number_mac, at=at)
        with self.store.snapshot() as tx:
            case = tx.cases.find(*number_macs)
        fits = self._pin_fits(pin, case)
        self.metrics.pin_checks.labels("right" if fits else "wrong").inc()
        if case is None or not fits:
            raise NoSuchCaseError
        renewed = self._renewed(case, number_mac, pin)
        with self.store.transaction() as tx:
            tx.cases.forget_attempts(number_mac)
            if renewed is not None:
                tx.cases.renew(case.case_id, renewed)
        return number_macs

    def _pin_fits(self, pin: SecretStr, case: Case | None) -> bool:
        digest, pepper_id = (case.pin_digest, case.pepper_id) if case else (None, None)
        return self.secrets.check_pin(pin.get_secret_value(), digest, pepper_id)

    def _renewed(self, case: Case, number_mac: bytes, pin: SecretStr) -> Digests | None:
        """What to keep of a case under the pepper in use; None where that is done."""
        if case.pepper_id == self.secrets.pepper_id:
            return None
        pin_digest = self.secrets.pin_digest(pin.get_secret_value())
        return Digests(number_mac, self.secrets.pepper_id, pin_digest)

    def _count(self, number_mac: bytes, *, at: datetime) -> None:
        """Count before the check, also for numbers that no case has: 429 tells nothing."""
        with self.store.transaction() as tx:
            tx.cases.purge_attempts(before=at - _FORGET_AFTER)
            before = tx.cases.pin_attempts(number_mac)
            # Further ahead than any wait: the clock was set back meanwhile.
            if before is not None and at < before.next_at <= at + _LONGEST_WAIT:
                raise TooManyAttemptsError(_seconds_until(before.next_at, at))
            failures = (before.failures if before else 0) + 1
            after = PinAttempts(failures, at + _wait_after(failures))
            if not tx.cases.count_attempt(number_mac, before=before, after=after):
                raise TooManyAttemptsError(1)


def _wait_after(failures: int) -> timedelta:
    if failures <= _FREE_FAILURES:
        return timedelta(0)
    # The exponent is capped: a very large power would only be cut to an hour again.
    doublings = min(failures - _FREE_FAILURES - 1, 12)
    return timedelta(seconds=min(_FIRST_WAIT_SECONDS * 2**doublings, _LONGEST_WAIT_SECONDS))


def _seconds_until(then: datetime, at: datetime) -> int:
    return max(1, -(-(then - at) // timedelta(seconds=1)))


def _canonical(signatures: Sequence[Signature]) -> bytes:
    """The same bytes for the same signatures in any order: a device shuffles them each time."""
    return json.dumps(sorted(signature.pack().hex() for signature in signatures)).encode()

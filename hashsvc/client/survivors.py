"""What a survivor's device asks of the service."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hashsvc.client.calls import Call, nothing, repeatable
from hashsvc.client.connection import PAUSE_SECONDS, TIMEOUT_SECONDS, Connection, Service
from hashsvc.client.work import solution
from hashsvc.closed_sets import CaseStatus
from hashsvc.errors import CaseIncompleteError, ServiceError, WorkNeededError
from hashsvc.signatures import Signature

_SIGNATURES_PER_REQUEST = 80  # a survivor's request holds 16 KiB
_WORKS = 3  # a challenge holds for ten minutes; a device may sleep in between


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """How a survivor returns to a case; its `repr` hides both."""

    number: str = field(repr=False)
    pin: str = field(repr=False)  # 6 digits

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {"case_number": self.number, "pin": self.pin}


@dataclass(frozen=True, slots=True)
class CaseReport:
    """What the service says of a case; counts of sites are told a day late."""

    status: CaseStatus
    signatures: int  # how many are matched now
    removed: int  # sites that removed copies
    already_gone: int
    limited: int  # sites that made copies harder to see
    not_acted: int
    looking: int
    last_month: str | None  # of the newest of these
    sites_told: int  # of the withdrawal
    sites_confirmed: int


class SurvivorClient(Connection):
    """Open, check, add to and withdraw a case."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            base_url: `https://...`, without a path.
            timeout_seconds: for each try.
            pause_seconds: after the first try that failed; doubled after each further one.

        Raises:
            ServiceUnreachableError: this is no address.
        """
        super().__init__(Service(base_url, None, timeout_seconds, pause_seconds))

    def open_case(
        self,
        signatures: Sequence[Signature],
        pin: str,
        *,
        on_work: Callable[[], None] = lambda: None,
    ) -> CaseAccess:
        """List signatures under a new case.

        They leave shuffled, so that nobody can tell which belong to one photo. A lost answer is
        asked for again with the same idempotency key: one case, one number. Where many cases come
        from one network the service asks for some work, which is done here.

        Args:
            signatures: of all photos, 1 to 300.
            pin: 6 digits.
            on_work: called before such work, which takes less than a second.

        Returns:
            The case number with the PIN. The number is shown once; nobody can find it again.

        Raises:
            CaseIncompleteError: the case is open, but not all signatures are in it.
            RefusedError: the service refused; there is no case.
            ServiceUnreachableError: it did not answer.
        """
        shuffled = sorted(signatures, key=lambda _: secrets.randbits(64))
        first, rest = shuffled[:_SIGNATURES_PER_REQUEST], shuffled[_SIGNATURES_PER_REQUEST:]
        body = {"pin": pin, "signatures": [one.to_json() for one in first]}
        opening = Call("POST", "/v1/cases", _number_of, body, headers=repeatable())
        access = CaseAccess(self._send_with_work(opening, on_work), pin)
        try:
            self.add(access, rest)
        except ServiceError as error:
            raise CaseIncompleteError(access.number) from error
        return access

    def _send_with_work(self, call: Call[str], on_work: Callable[[], None]) -> str:
        for _ in range(_WORKS):
            try:
                return self.send(call)
            except WorkNeededError as needed:
                on_work()
                solved = solution(needed.challenge, needed.bits)
                if solved is None:
                    raise
            call = replace(call, headers={**call.headers, "Work": solved})
        return self.send(call)

    def add(self, access: CaseAccess, signatures: Sequence[Signature]) -> None:
        """List more signatures in a case; those that it holds already are passed over.

        Raises:
            RefusedError: the service refused.
            ServiceUnreachableError: it did not answer; some of them may be listed.
        """
        for start in range(0, len(signatures), _SIGNATURES_PER_REQUEST):
            batch = signatures[start : start + _SIGNATURES_PER_REQUEST]
            listed = {"signatures": [one.to_json() for one in batch]}
            self.send(Call("POST", "/v1/cases/signatures", nothing, access.body() | listed))

    def status(self, access: CaseAccess) -> CaseReport:
        """Tell whether a case is in use, and what sites did."""
        return self.send(Call("POST", "/v1/cases/status", _report_of, access.body()))

    def withdraw(self, access: CaseAccess) -> None:
        """Stop matching against a case and erase it; twice is as good as once."""
        self.send(Call("POST", "/v1/cases/withdraw", nothing, access.body()))


def _number_of(told: Mapping[str, Any]) -> str:
    return str(told["case_number"])


def _report_of(told: Mapping[str, Any]) -> CaseReport:
    found, withdrawal = told["found"], told["withdrawal"] or {"sites": 0, "confirmed": 0}
    return CaseReport(
        status=CaseStatus(told["status"]),
        signatures=told["signatures"],
        removed=found["removed"],
        already_gone=found["already_gone"],
        limited=found["limited"],
        not_acted=found["not_acted"],
        looking=found["looking"],
        last_month=found["last_month"],
        sites_told=withdrawal["sites"],
        sites_confirmed=withdrawal["confirmed"],
    )

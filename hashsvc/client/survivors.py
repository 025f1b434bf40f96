"""What a survivor's device asks of the service."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hashsvc.client.connection import Connection
from hashsvc.errors import CaseIncompleteError, ServiceError
from hashsvc.signatures import Signature

_SIGNATURES_PER_REQUEST = 80  # a survivor's request holds 16 KiB


class CaseState(StrEnum):
    """Whether a case is in use."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """How a survivor returns to a case; its `repr` hides both."""

    number: str = field(repr=False)
    pin: str = field(repr=False)  # 6 digits

    def body(self) -> dict[str, Any]:
        """As it is sent."""
        return {"case_number": self.number, "pin": self.pin}


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """What the service says of a case."""

    state: CaseState
    signatures: int  # how many are matched now


class SurvivorClient(Connection):
    """Open, check, add to and withdraw a case."""

    def open_case(self, signatures: Sequence[Signature], pin: str) -> CaseAccess:
        """List signatures under a new case.

        They leave shuffled, so that nobody can tell which belong to one photo. A lost answer is
        asked for again with the same idempotency key: one case, one number.

        Args:
            signatures: of all photos, 1 to 300.
            pin: 6 digits.

        Returns:
            The case number with the PIN. The number is shown once; nobody can find it again.

        Raises:
            CaseIncompleteError: the case is open, but not all signatures are in it.
            RefusedError: the service refused; there is no case.
            ServiceUnreachableError: it did not answer.
        """
        shuffled = sorted(signatures, key=lambda _: secrets.randbits(64))
        first, rest = shuffled[:_SIGNATURES_PER_REQUEST], shuffled[_SIGNATURES_PER_REQUEST:]
        opened = self.post(
            "/v1/cases",
            {"pin": pin, "signatures": [one.to_json() for one in first]},
            **{"Idempotency-Key": secrets.token_urlsafe(16)},
        )
        access = CaseAccess(opened["case_number"], pin)
        try:
            self.add(access, rest)
        except ServiceError as error:
            raise CaseIncompleteError(access.number) from error
        return access

    def add(self, access: CaseAccess, signatures: Sequence[Signature]) -> None:
        """List more signatures in a case; those that it holds already are passed over.

        Raises:
            RefusedError: the service refused.
            ServiceUnreachableError: it did not answer; some of them may be listed.
        """
        for start in range(0, len(signatures), _SIGNATURES_PER_REQUEST):
            batch = signatures[start : start + _SIGNATURES_PER_REQUEST]
            listed = {"signatures": [one.to_json() for one in batch]}
            self.post("/v1/cases/signatures", access.body() | listed)

    def status(self, access: CaseAccess) -> CaseStatus:
        """Tell whether a case is in use."""
        answer = self.post("/v1/cases/status", access.body())
        return CaseStatus(CaseState(answer["status"]), answer["signatures"])

    def withdraw(self, access: CaseAccess) -> None:
        """Stop matching against a case and erase it; twice is as good as once."""
        self.post("/v1/cases/withdraw", access.body())

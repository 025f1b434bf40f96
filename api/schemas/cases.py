"""A survivor's requests: everything is in the body, nothing in a path."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError

from api.schemas.signatures import SignatureIn
from api.security.case_secrets import CaseNumber
from api.services.cases import MAX_SIGNATURES
from api.services.lifecycle import Outcome
from api.services.outcomes import CaseReport
from hashsvc import Signature
from hashsvc.closed_sets import CaseStatus

_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)
_PIN = re.compile(r"[0-9]{6}")


def _six_digits(pin: SecretStr) -> SecretStr:
    if _PIN.fullmatch(pin.get_secret_value()) is None:
        raise PydanticCustomError("pin_form", "a PIN has 6 digits")
    return pin


Pin = Annotated[
    SecretStr,
    AfterValidator(_six_digits),
    Field(
        description="6 digits that only the survivor knows.",
        json_schema_extra={"pattern": "^[0-9]{6}$"},
        examples=["402913"],
    ),
]
Signatures = Annotated[list[SignatureIn], Field(min_length=1, max_length=MAX_SIGNATURES)]


class Listing(BaseModel):
    """Signatures that a survivor wants listed."""

    model_config = _STRICT

    signatures: Signatures

    def values(self) -> tuple[Signature, ...]:
        """The signatures as the domain knows them."""
        return tuple(signature.value() for signature in self.signatures)


class Opening(Listing):
    """A survivor's wish to open a case."""

    pin: Pin


class CaseAccess(BaseModel):
    """How a survivor returns to a case."""

    model_config = _STRICT

    case_number: SecretStr = Field(max_length=64, examples=["7QK2-M4RT-0XVB-9HDC"])
    pin: Pin

    def number(self) -> CaseNumber | None:
        """The number, or None where nobody could have it."""
        return CaseNumber.typed(self.case_number.get_secret_value())


class Addition(Listing, CaseAccess):
    """A survivor's wish to add signatures to a case."""


class Opened(BaseModel):
    """A new case."""

    case_number: str = Field(
        description="Shown once; it cannot be found again.", examples=["7QK2-M4RT-0XVB-9HDC"]
    )


class Added(BaseModel):
    """A case after an addition."""

    signatures: int = Field(description="How many it holds now.", examples=[14])


class Found(BaseModel):
    """On how many sites copies were found, by what the sites did; told a day late, by month."""

    removed: int = Field(description="Sites that removed copies.", examples=[2])
    already_gone: int = Field(description="Sites where a copy was gone already.", examples=[0])
    limited: int = Field(description="Sites that made copies harder to see.", examples=[0])
    not_acted: int = Field(description="Sites that could not act or would not.", examples=[0])
    looking: int = Field(description="Sites that are looking at a copy.", examples=[1])
    last_month: str | None = Field(
        description="Month of the newest of these; null: none so far.", examples=["2026-11"]
    )


class Told(BaseModel):
    """What became of a withdrawal on sites that had found copies."""

    sites: int = Field(description="Sites that were told of it.", examples=[3])
    confirmed: int = Field(description="Sites that confirmed that they dropped it.", examples=[3])


class Status(BaseModel):
    """Whether a case is in use, and what sites did."""

    status: CaseStatus = Field(examples=["active"])
    signatures: int = Field(description="How many are matched now.", examples=[14])
    found: Found
    withdrawal: Told | None = Field(description="Null while the case is in use.")

    @classmethod
    def of(cls, report: CaseReport) -> "Status":
        """What a survivor is told of a case."""
        case, tallied, receipts = report.case, report.tally, report.receipts
        withdrawn = case.status is CaseStatus.WITHDRAWN
        return cls(
            status=case.status,
            signatures=case.signatures,
            found=Found(
                removed=tallied.sites[Outcome.REMOVED],
                already_gone=tallied.sites[Outcome.GONE],
                limited=tallied.sites[Outcome.LIMITED],
                not_acted=tallied.sites[Outcome.NOT_ACTED],
                looking=tallied.sites[Outcome.LOOKING],
                last_month=tallied.last_month,
            ),
            withdrawal=Told(sites=receipts.told, confirmed=receipts.acknowledged)
            if withdrawn
            else None,
        )

"""A survivor's requests: everything is in the body, nothing in a path."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError

from api.schemas.signatures import SignatureIn
from api.security.case_secrets import CaseNumber
from api.services.cases import MAX_SIGNATURES
from hashsvc import Signature
from indexer.records import Case, CaseStatus

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


class Status(BaseModel):
    """Whether a case is in use."""

    status: CaseStatus = Field(examples=["active"])
    signatures: int = Field(description="How many are matched now.", examples=[14])

    @classmethod
    def of(cls, case: Case) -> "Status":
        """What a survivor is told of a case."""
        return cls(status=case.status, signatures=case.signatures)

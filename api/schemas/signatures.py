"""A signature on the wire."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from hashsvc import Algorithm, Hash, RegionKind, Signature
from hashsvc.errors import InvalidHashError

_HEX_DIGITS = 64
_EXAMPLE_PDQ = "28e0571eace45b0fb4f429826a3f5768b6d709c8fe17a8ac035b5616f8ac59f0"
_EXAMPLE_DHASH = "f83ef83ef83ef83ef03ef07ef07cf07ce07ce0f8c0f8c1f083e083e007c007c0"


def _hexadecimal(text: str) -> str:
    if len(text) != _HEX_DIGITS:
        raise PydanticCustomError("hash_length", "a hash has 64 digits")
    try:
        return Hash.from_hex(Algorithm.PDQ, text).hex()
    except InvalidHashError as error:
        raise PydanticCustomError("hash_not_hex", "a hash is hexadecimal") from error


Hex = Annotated[
    str,
    AfterValidator(_hexadecimal),
    Field(json_schema_extra={"pattern": "^[0-9a-fA-F]{64}$", "minLength": 64, "maxLength": 64}),
]


class SignatureIn(BaseModel):
    """What one region of one photo leaves."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    region: RegionKind = Field(examples=["full"])
    pdq: Hex = Field(description="PDQ, 64 hexadecimal digits.", examples=[_EXAMPLE_PDQ])
    dhash: Hex | None = Field(
        None, description="dHash of the same region.", examples=[_EXAMPLE_DHASH]
    )
    quality: int = Field(ge=0, le=100, strict=True, description="Detail, 0 to 100.", examples=[87])

    def value(self) -> Signature:
        """As the domain knows it."""
        return Signature(
            region=self.region,
            pdq=Hash.from_hex(Algorithm.PDQ, self.pdq),
            dhash=Hash.from_hex(Algorithm.DHASH, self.dhash) if self.dhash else None,
            quality=self.quality,
        )

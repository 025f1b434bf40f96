"""What one region of one photo leaves: its hashes, its quality and what kind of region it was."""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from hashsvc.errors import InvalidSignatureError
from hashsvc.hashes import Algorithm, Hash


class RegionKind(StrEnum):
    """How a region was chosen."""

    FULL = "full"  # the whole photo
    CROP = "crop"  # a fixed part of it; in queries also trimmed and embedded rectangles
    ANCHOR = "anchor"  # a part found from the content


class _RegionCode(IntEnum):
    """Region kinds in the fixed-length binary form; never renumbered."""

    FULL = 0
    CROP = 1
    ANCHOR = 2


SIGNATURE_BYTES = 68  # version, flags, quality, region kind; pdq 32, dhash 32 (zeros if none)
_VERSION = 1
_HAS_DHASH = 1  # the only flag
MAX_QUALITY = 100


@dataclass(frozen=True, slots=True)
class Signature:
    """The hashes of one region of one photo."""

    region: RegionKind
    pdq: Hash
    dhash: Hash | None  # none: another network's signature, or a gradient that says nothing
    quality: int  # detail in the luma, 0 to 100

    def __post_init__(self) -> None:
        """Refuse hashes under the wrong name and qualities out of range.

        Raises:
            InvalidSignatureError: the fields do not fit together.
        """
        if self.pdq.algorithm is not Algorithm.PDQ:
            raise InvalidSignatureError("The field pdq takes a PDQ hash.")
        if self.dhash is not None and self.dhash.algorithm is not Algorithm.DHASH:
            raise InvalidSignatureError("The field dhash takes a dHash.")
        if not 0 <= self.quality <= MAX_QUALITY:
            raise InvalidSignatureError("Quality is 0 to 100.")

    def inverted(self) -> "Signature":
        """The same region with its colours inverted: both hashes turn over, nearly to the bit."""
        dhash = self.dhash.complement() if self.dhash else None
        return replace(self, pdq=self.pdq.complement(), dhash=dhash)

    def pack(self) -> bytes:
        """The fixed-length binary form, 68 bytes; `unpack` reads it."""
        dhash = self.dhash.digest if self.dhash else bytes(32)
        code = _RegionCode[self.region.name]
        flags = _HAS_DHASH if self.dhash else 0
        return bytes((_VERSION, flags, self.quality, code)) + self.pdq.digest + dhash

    def to_json(self) -> dict[str, str | int | None]:
        """As it is printed and sent: about 185 bytes of JSON."""
        return {
            "region": self.region.value,
            "pdq": self.pdq.hex(),
            "dhash": self.dhash.hex() if self.dhash else None,
            "quality": self.quality,
        }


def unpack(body: bytes) -> Signature:
    """Read what `Signature.pack` wrote.

    Raises:
        InvalidSignatureError: the bytes are none of ours.
    """
    if len(body) != SIGNATURE_BYTES or body[0] != _VERSION:
        raise InvalidSignatureError("These bytes are no signature.")
    _, flags, quality, code = body[:4]
    if flags > _HAS_DHASH or code > max(_RegionCode):
        raise InvalidSignatureError("These bytes are no signature.")
    return Signature(
        region=RegionKind[_RegionCode(code).name],
        pdq=Hash(Algorithm.PDQ, body[4:36]),
        dhash=Hash(Algorithm.DHASH, body[36:]) if flags else None,
        quality=quality,
    )

"""Signatures at known distances of the question; none of our own code measures them."""

from dataclasses import dataclass

from hypothesis import strategies as st

from hashsvc import Tier
from hashsvc.hashes import Hash
from hashsvc.signatures import RegionKind
from indexer.records import Enrolment
from tests.factories import make_signature

THRESHOLDS = (0, 30, 31, 32, 50, 51, 72, 73)
_BITS = 256
_SPREAD_BITS = 31  # spread out further, tables find a pair often, and not always


@dataclass(frozen=True)
class Shape:
    """How a signature differs from the question."""

    pdq: int  # bits
    dhash: int | None
    spread: bool  # one bit in eight, which is hardest for tables; else side by side
    region: RegionKind
    strong_only: bool

    def enrolment(self):
        dhash = None if self.dhash is None else flipped(make_signature().dhash, self.dhash)
        pdq = flipped(make_signature().pdq, self.pdq, step=8 if self.spread else 1)
        signature = make_signature(pdq=pdq, dhash=dhash, region=self.region)
        return Enrolment(signature, strong_only=self.strong_only)

    def tier(self, *, with_dhash):
        """By the table of the vocabulary, in its own words."""
        if self.dhash is None or not with_dhash:
            return Tier.STRONG if self.pdq <= 31 else None
        if self.dhash > 64:
            return None
        if self.pdq <= 31:
            return Tier.STRONG
        if self.strong_only:
            return None
        if self.pdq <= 50:
            return Tier.LIKELY
        return Tier.POSSIBLE if self.pdq <= 72 and self.region is not RegionKind.ANCHOR else None


def flipped(hash_, bits, *, step=1):
    """The hash with so many bits turned over, each `step` after the one before."""
    mask = sum(1 << (step * place) for place in range(bits))
    turned = int.from_bytes(hash_.digest, "big") ^ mask
    return Hash(hash_.algorithm, turned.to_bytes(_BITS // 8, "big"))


@st.composite
def shapes(draw):
    pdq = draw(st.sampled_from([*THRESHOLDS, 128]))
    return Shape(
        pdq=pdq,
        dhash=draw(st.sampled_from([0, 64, 65, None])),
        spread=pdq <= _SPREAD_BITS and draw(st.booleans()),
        region=draw(st.sampled_from(RegionKind)),
        strong_only=draw(st.booleans()),
    )

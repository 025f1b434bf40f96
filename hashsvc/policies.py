"""How near is near: tiers, and which signatures are fit to be listed or asked about."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from hashsvc.hashes import Hash
from hashsvc.matching import Hit
from hashsvc.signatures import RegionKind, Signature


class Tier(StrEnum):
    """How sure a match is; the strongest first."""

    STRONG = "strong"
    LIKELY = "likely"
    POSSIBLE = "possible"

    def reaches(self, weakest: "Tier") -> bool:
        """Whether this tier is as strong as `weakest`, or stronger."""
        return _STRENGTH[self] <= _STRENGTH[weakest]


_STRENGTH = {tier: rank for rank, tier in enumerate(Tier)}


class Verdict(StrEnum):
    """What a platform is told; there is no third word, nothing is removed by us."""

    REVIEW = "review"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class GradedHit:
    """A hit near enough to count."""

    hit: Hit
    tier: Tier


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds per tier, in bits, all inclusive.

    Chosen on real photos and 117 edits; `python -m benchmarks robustness` measures them.
    """

    strong_pdq_bits: int = 31
    likely_pdq_bits: int = 50
    possible_pdq_bits: int = 72
    anchor_pdq_bits: int = 50  # a pair with an anchor on either side goes no further
    dhash_bits: int = 64

    @property
    def search_bits(self) -> int:
        """The widest PDQ threshold: one search at it serves every tier."""
        return max(self.strong_pdq_bits, self.likely_pdq_bits, self.possible_pdq_bits)

    def grade(self, hit: Hit) -> Tier | None:
        """Name the tier of a hit, or None where it is too far to count."""
        if hit.dhash_distance is None:
            return Tier.STRONG if hit.pdq_distance <= self.strong_pdq_bits else None
        if hit.dhash_distance > self.dhash_bits:
            return None
        if hit.pdq_distance <= self.strong_pdq_bits:
            return Tier.STRONG
        if hit.strong_only:
            return None
        return self._weaker_tier(hit)

    def graded(self, hits: Iterable[Hit]) -> list[GradedHit]:
        """The hits that have a tier, with it; their order is kept."""
        graded = ((hit, self.grade(hit)) for hit in hits)
        return [GradedHit(hit, tier) for hit, tier in graded if tier is not None]

    def _weaker_tier(self, hit: Hit) -> Tier | None:
        anchored = RegionKind.ANCHOR in (hit.region, hit.query_region)
        if anchored and hit.pdq_distance > self.anchor_pdq_bits:
            return None
        if hit.pdq_distance <= self.likely_pdq_bits:
            return Tier.LIKELY
        if hit.pdq_distance <= self.possible_pdq_bits:
            return Tier.POSSIBLE
        return None


def strongest(tiers: Iterable[Tier]) -> Tier:
    """The strongest of one or more tiers."""
    return min(tiers, key=_STRENGTH.__getitem__)


def best(graded: Iterable[GradedHit]) -> GradedHit | None:
    """The hit of the strongest tier, of these the nearest; None where there is none."""
    return min(graded, key=lambda one: (_STRENGTH[one.tier], one.hit.pdq_distance), default=None)


# A sound PDQ hash has 128 set bits: it splits at its own median. Ties mean a flat picture.
PDQ_POPCOUNT = range(112, 145)
# Outside, the picture is a one-way gradient and its dHash says nothing.
DHASH_POPCOUNT = range(32, 225)
MIN_QUALITY = 10  # below: black, blank or flat; nothing to find again
FULL_TRUST_QUALITY = 50  # below: dark or blurred, or a blank form; tier strong alone


class Fitness(StrEnum):
    """Whether a signature may be listed."""

    FIT = "fit"
    STRONG_ONLY = "strong_only"
    UNFIT = "unfit"


def fitness(signature: Signature) -> Fitness:
    """Judge a signature before it is listed; device and server ask the same question."""
    if signature.quality < MIN_QUALITY or signature.pdq.popcount() not in PDQ_POPCOUNT:
        return Fitness.UNFIT
    if signature.quality >= FULL_TRUST_QUALITY:
        return Fitness.FIT
    match signature.region:
        case RegionKind.FULL | RegionKind.CROP:
            return Fitness.STRONG_ONLY
        case RegionKind.ANCHOR:
            return Fitness.UNFIT
        case _:
            assert_never(signature.region)


def askable(signature: Signature) -> bool:
    """Whether a query signature is worth a search; flat ones only meet other flat ones."""
    if signature.pdq.popcount() not in PDQ_POPCOUNT:
        return False
    needed = FULL_TRUST_QUALITY if signature.region is RegionKind.ANCHOR else MIN_QUALITY
    return signature.quality >= needed


def sound_dhash(hash_: Hash | None) -> Hash | None:
    """The dHash, or None where it says nothing: the signature then counts as PDQ alone."""
    if hash_ is None or hash_.popcount() not in DHASH_POPCOUNT:
        return None
    return hash_

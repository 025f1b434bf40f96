"""Hold a photo's signatures against a pack."""

from dataclasses import astuple, dataclass

from hashsvc.hashes import HASH_BYTES
from hashsvc.orientations import Orientation
from hashsvc.packs import Pack
from hashsvc.policies import Tier, askable
from hashsvc.scan.answers import HashedPhoto
from hashsvc.signatures import RegionKind

_FARTHEST = 8 * HASH_BYTES
_ORIENTED = 2 * len(Orientation)  # as it is, and with inverted colours


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """The best hit of a photo on one entry of the pack."""

    entry: str  # opaque id, hexadecimal
    tier: Tier
    pdq_distance: int  # bits
    dhash_distance: int | None  # bits
    region: RegionKind  # of the photo
    listed_region: RegionKind
    orientation: Orientation | None  # None: of a part of the photo, or the photo is symmetrical
    under_18: bool  # the entry says that somebody shown may be

    def row(self) -> tuple[object, ...]:
        """As the journal keeps it."""
        return astuple(self)


def found_in(pack: Pack, photo: HashedPhoto) -> list[FoundMatch]:
    """Every entry within the tiers of the pack's bank, the strongest first."""
    policy, weakest = pack.manifest.policy, pack.manifest.weakest_tier
    found: dict[str, FoundMatch] = {}
    asked = [(place, one) for place, one in enumerate(photo.signatures) if askable(one)]
    # All at once: one walk through a long pack takes less time than many.
    answers = pack.matcher.find_many([one for _, one in asked], threshold=policy.search_bits)
    for (place, _), hits in zip(asked, answers, strict=True):
        for graded in policy.graded(hits):
            if graded.tier.reaches(weakest):
                hit = graded.hit
                match = FoundMatch(
                    pack.matcher.entry_id(hit.signature_id).hex(),
                    graded.tier,
                    hit.pdq_distance,
                    hit.dhash_distance,
                    hit.query_region,
                    hit.region,
                    _orientation(place, photo),
                    pack.matcher.under_18(hit.signature_id),
                )
                kept = found.setdefault(match.entry, match)
                found[match.entry] = min(kept, match, key=_nearness)
    return sorted(found.values(), key=lambda match: (*_nearness(match), match.entry))


def _nearness(match: FoundMatch) -> tuple[int, int, int]:
    farthest = _FARTHEST if match.dhash_distance is None else match.dhash_distance
    return list(Tier).index(match.tier), match.pdq_distance, farthest


def _orientation(place: int, photo: HashedPhoto) -> Orientation | None:
    """Which of the eight it was: known when none of the full photo's were alike."""
    if place >= photo.full or photo.full != _ORIENTED:
        return None
    return tuple(Orientation)[place % len(Orientation)]

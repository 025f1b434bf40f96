"""Our own scheme, by the product's code alone: what is stored, what is asked, which tier."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import process_time

from benchmarks.robustness.photo_set import Photo
from hashsvc.errors import PhotoTooFlatError
from hashsvc.hashing import enrolment_signatures, query_signatures
from hashsvc.matching import Hit, Listed, Matcher, SignatureId
from hashsvc.pixels import Pixels
from hashsvc.policies import Fitness, Policy, Tier, askable, best, fitness
from hashsvc.signatures import Signature

POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Asked:
    """What one upload sends."""

    signatures: tuple[Signature, ...]  # those that are fit to be searched
    milliseconds: float  # of CPU, to find regions and hash them


def stored(photo: Photo, *, first_id: int = 1) -> list[Listed]:
    """What a case keeps of a photo; nothing where it is too flat."""
    try:
        signatures = enrolment_signatures(Pixels(photo))
    except PhotoTooFlatError:
        return []
    return [
        Listed(SignatureId(number), one, fitness(one) is Fitness.STRONG_ONLY)
        for number, one in enumerate(signatures, start=first_id)
    ]


def asked(photo: Photo) -> Asked:
    """What a platform asks about an upload."""
    started = process_time()
    signatures = query_signatures(Pixels(photo))
    spent = (process_time() - started) * 1000
    return Asked(tuple(one for one in signatures if askable(one)), spent)


def tier_of(queries: Sequence[Signature], matcher: Matcher) -> Tier | None:
    """The best tier among all pairs."""
    hits: list[Hit] = []
    for query in queries:
        hits += matcher.find(query, threshold=POLICY.search_bits)
    found = best(POLICY.graded(hits))
    return found.tier if found else None

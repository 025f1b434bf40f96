"""Which photos need no exact look: their estimates are far from everything in the pack."""

from dataclasses import replace

from hashsvc.hashing import estimated_signatures
from hashsvc.packs import Pack
from hashsvc.photos.reduced import decode_reduced
from hashsvc.policies import DHASH_POPCOUNT, FULL_TRUST_QUALITY, Policy, askable
from hashsvc.scan.answers import HashedPhoto
from hashsvc.signatures import Signature

# Twice the most that was seen over 500 real photos and four larger sizes: 6 and 19 bits.
PDQ_MARGIN_BITS = 12
DHASH_MARGIN_BITS = 38
_SURE_DHASH_POPCOUNT = range(
    DHASH_POPCOUNT.start + DHASH_MARGIN_BITS, DHASH_POPCOUNT.stop - DHASH_MARGIN_BITS
)


def estimated(body: bytes, *, max_pixels: int) -> HashedPhoto | None:
    """Estimates of a whole photo; None where only the exact way will do.

    That is any photo but a sound JPEG, and one that shows too little: where an exact signature
    could be judged in another way than its estimate, there is no estimate.
    """
    photo = decode_reduced(body, max_pixels=max_pixels)
    if photo is None:
        return None
    signatures = estimated_signatures(photo)
    if not all(map(_sure, signatures)):
        return None
    return HashedPhoto(*photo.size, signatures, len(signatures), estimated=True)


def _sure(signature: Signature) -> bool:
    """Whether a few bits more or less change nothing but distances."""
    if signature.quality < FULL_TRUST_QUALITY or not askable(signature):
        return False
    return signature.dhash is not None and signature.dhash.popcount() in _SURE_DHASH_POPCOUNT


def near(pack: Pack, photo: HashedPhoto) -> bool:
    """Whether exact signatures of a photo could be within a tier of something in the pack."""
    policy = _widened(pack.manifest.policy)
    queries = [*photo.signatures, *(one.inverted() for one in photo.signatures)]
    found = pack.matcher.find_many(queries, threshold=policy.search_bits)
    return any(policy.grade(hit) is not None for hits in found for hit in hits)


def _widened(policy: Policy) -> Policy:
    """Every threshold by as much as an estimate may be off."""
    return replace(
        policy,
        strong_pdq_bits=policy.strong_pdq_bits + PDQ_MARGIN_BITS,
        likely_pdq_bits=policy.likely_pdq_bits + PDQ_MARGIN_BITS,
        possible_pdq_bits=policy.possible_pdq_bits + PDQ_MARGIN_BITS,
        anchor_pdq_bits=policy.anchor_pdq_bits + PDQ_MARGIN_BITS,
        dhash_bits=policy.dhash_bits + DHASH_MARGIN_BITS,
    )

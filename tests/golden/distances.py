"""Pairs of hashes on both sides of every threshold, with the tier they must get."""

from hashsvc.hashes import Algorithm
from hashsvc.matching import Listed, SignatureId, hit_of
from hashsvc.policies import Policy
from hashsvc.signatures import RegionKind, Signature
from tests.factories import make_hash, with_flipped_bits

_FULL, _CROP, _ANCHOR = RegionKind.FULL, RegionKind.CROP, RegionKind.ANCHOR
# PDQ bits, dHash bits or None, listed region, query region, listed as strong only
_PAIRS = [
    *((bits, 0, _FULL, _FULL, False) for bits in (0, 30, 31, 32, 50, 51, 72, 73, 256)),
    *((bits, 64, _FULL, _CROP, False) for bits in (31, 50, 72)),
    *((bits, 65, _FULL, _CROP, False) for bits in (0, 31, 50, 72)),
    *((bits, 0, _ANCHOR, _FULL, False) for bits in (31, 32, 50, 51, 52, 72)),
    *((bits, 0, _CROP, _ANCHOR, False) for bits in (50, 51, 52, 72)),
    *((bits, None, _FULL, _FULL, False) for bits in (30, 31, 32, 50)),
    *((bits, 0, _FULL, _FULL, True) for bits in (31, 32, 50)),
]


def distance_vectors():
    """Two signatures, their distances and their tier."""
    for pdq_bits, dhash_bits, region, query_region, strong_only in _PAIRS:
        pdq, dhash = make_hash(), make_hash(algorithm=Algorithm.DHASH)
        far = None if dhash_bits is None else with_flipped_bits(dhash, dhash_bits)
        listed = Listed(SignatureId(1), Signature(region, pdq, dhash, 100), strong_only)
        query = Signature(query_region, with_flipped_bits(pdq, pdq_bits), far, 100)
        hit = hit_of(query, listed)
        kinds = f"{query_region}-to-{'strong-only-' if strong_only else ''}{region}"
        yield {
            "name": f"pdq-{pdq_bits}-dhash-{dhash_bits}-{kinds}",
            "listed": _as_json(listed.signature),
            "strong_only": strong_only,
            "query": _as_json(query),
            "pdq_distance": hit.pdq_distance,
            "dhash_distance": hit.dhash_distance,
            "tier": Policy().grade(hit),
        }


def _as_json(signature):
    return {
        "region": signature.region,
        "pdq": signature.pdq.hex(),
        "dhash": signature.dhash.hex() if signature.dhash else None,
    }

"""How far estimates are off, in all eight orientations."""

from pathlib import Path

import numpy as np

from benchmarks.scan.rows import Rows, row
from hashsvc.distances import distance
from hashsvc.hashing import full_signatures
from hashsvc.orientations import Orientation
from hashsvc.photos import MAX_PIXELS, decode
from hashsvc.scan.estimates import estimated


def drift_rows(size: str, photos: list[Path]) -> Rows:
    """Bits between estimates and exact hashes: mean and most."""
    bits: dict[str, list[int]] = {"PDQ": [], "dHash": []}
    for path in photos:
        body = path.read_bytes()
        photo = estimated(body, max_pixels=MAX_PIXELS)
        if photo is None:
            continue
        for exact in full_signatures(decode(body))[: len(Orientation)]:
            pdq, nearest = min(
                ((distance(one.pdq, exact.pdq), one) for one in photo.signatures),
                key=lambda found: found[0],
            )
            bits["PDQ"].append(pdq)
            if exact.dhash and nearest.dhash:
                bits["dHash"].append(distance(exact.dhash, nearest.dhash))
    estimates = len(bits["PDQ"]) // len(Orientation)
    return [
        row(f"bits off, {size}", f"{name}, {how} of {estimates} photos", figure, "bits")
        for name, found in bits.items()
        for how, figure in (("mean", float(np.mean(found))), ("most", float(max(found))))
    ]

"""Remake `data/sandbox/signatures.json`: pairs for integrators, each with the answer to expect.

    python -m tests.golden.make_sandbox

Bit patterns from a seed, made from no photo: every PDQ has 128 one-bits, as real ones have.
"""

import json
import random
from pathlib import Path

FILE = Path(__file__).parents[2] / "data" / "sandbox" / "signatures.json"
SEED = "hashsvc sandbox 1"
BITS = 256
_PAIRS = (
    # name, distances of PDQ and dHash, expected tier, what differs
    ("the same photo", 0, 0, "strong", {}),
    ("strong at its edge", 30, 64, "strong", {}),
    ("likely begins", 32, 64, "likely", {}),
    ("likely at its edge", 50, 64, "likely", {}),
    ("possible begins", 52, 64, "possible", {}),
    ("possible at its edge", 72, 64, "possible", {}),
    ("too far", 74, 64, None, {}),
    ("the second hash is too far", 30, 66, None, {}),
    ("PDQ alone", 30, None, "strong", {}),
    ("PDQ alone, no likely", 32, None, None, {}),
    ("an anchor stops at likely", 52, 64, None, {"region": "anchor"}),
    ("too little detail to be searched", 0, 0, None, {"region": "anchor", "quality": 49}),
)


def pairs():
    """Every pair, the same at each run."""
    chance = random.Random(SEED)  # noqa: S311  # published: nothing secret is made here
    for name, pdq_distance, dhash_distance, tier, asked in _PAIRS:
        pdq, dhash = (_half(chance) for _ in range(2))
        region = asked.get("region", "full")
        listed = {"region": region, "pdq": _hex(pdq), "dhash": _hex(dhash), "quality": 87}
        other = (
            _hex(_flipped(chance, dhash, dhash_distance)) if dhash_distance is not None else None
        )
        yield {
            "name": name,
            "pdq_distance": pdq_distance,
            "dhash_distance": dhash_distance,
            "tier": tier,
            "listed": listed,
            "asked": {
                "region": region,
                "pdq": _hex(_flipped(chance, pdq, pdq_distance)),
                "dhash": other,
                "quality": asked.get("quality", 87),
            },
        }


def _half(chance):
    """Places of 128 one-bits."""
    return set(chance.sample(range(BITS), BITS // 2))


def _flipped(chance, ones, distance):
    """As many ones, at an even distance."""
    gone = chance.sample(sorted(ones), distance // 2)
    new = chance.sample(sorted(set(range(BITS)) - ones), distance // 2)
    return (ones - set(gone)) | set(new)


def _hex(ones):
    return sum(1 << (BITS - 1 - place) for place in ones).to_bytes(BITS // 8, "big").hex()


def text():
    """The file's contents."""
    return json.dumps({"seed": SEED, "pairs": list(pairs())}, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

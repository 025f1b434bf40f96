"""Hypothesis: any hash, any hash at an exact distance of another, any signature, any pixels."""

import numpy as np
from hypothesis import strategies as st

from hashsvc.hashes import HASH_BYTES, Algorithm, Hash
from hashsvc.pixels import Box, ChannelOrder, Pixels
from hashsvc.signatures import MAX_QUALITY, RegionKind, Signature

HASH_BITS = 8 * HASH_BYTES


def hashes(algorithm=Algorithm.PDQ):
    """Any 256 bits under the name of one algorithm."""
    return st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES).map(
        lambda digest: Hash(algorithm, digest)
    )


@st.composite
def hashes_at(draw, hash_, distance):
    """A hash exactly `distance` bits from another."""
    places = draw(st.permutations(range(HASH_BITS)))[:distance]
    flipped = int.from_bytes(hash_.digest, "big") ^ sum(1 << place for place in places)
    return Hash(hash_.algorithm, flipped.to_bytes(HASH_BYTES, "big"))


@st.composite
def hash_pairs(draw, algorithm=Algorithm.PDQ, distances=None):
    """(hash, hash, distance)."""
    one = draw(hashes(algorithm))
    distance = draw(st.integers(0, HASH_BITS) if distances is None else distances)
    return one, draw(hashes_at(one, distance)), distance


@st.composite
def signatures(draw, pdq=None, regions=None):
    """Any signature, with and without a dHash."""
    return Signature(
        region=draw(st.sampled_from(RegionKind) if regions is None else regions),
        pdq=draw(hashes() if pdq is None else pdq),
        dhash=draw(st.none() | hashes(Algorithm.DHASH)),
        quality=draw(st.integers(0, MAX_QUALITY)),
    )


@st.composite
def pixels(draw, min_side=5, max_side=300):
    """Noise with a slope, of any size and channel order."""
    height, width = draw(st.tuples(*[st.integers(min_side, max_side)] * 2))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    slope = np.add.outer(np.arange(height), 2 * np.arange(width))[:, :, None]
    noise = random.integers(0, 200, (height, width, 3))
    samples = ((noise + slope) % 256).astype(np.uint8)
    return Pixels(samples, draw(st.sampled_from([ChannelOrder.RGB, ChannelOrder.BGR])))


@st.composite
def boxes(draw, within, min_side=5):
    """A rectangle inside another, at least `min_side` pixels wide and high."""
    x0 = draw(st.integers(within.x0, within.x1 - min_side))
    y0 = draw(st.integers(within.y0, within.y1 - min_side))
    x1 = draw(st.integers(x0 + min_side, within.x1))
    y1 = draw(st.integers(y0 + min_side, within.y1))
    return Box(x0, y0, x1, y1)

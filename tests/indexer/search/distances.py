"""Signatures at chosen distances of another, flip by flip."""

import numpy as np

from hashsvc.hashes import HASH_BYTES, Hash
from tests.factories import make_listed, make_signature

QUERY = make_signature()


def with_flips(hash_, flips_by_chunk):
    """The hash with so many bits turned over in each of its sixteen chunks of 16 bits."""
    masks = np.array([(1 << flips) - 1 for flips in flips_by_chunk], dtype="<u2")
    chunks = np.frombuffer(hash_.digest, dtype="<u2") ^ masks
    return Hash(hash_.algorithm, chunks.tobytes())


def with_random_flips(hash_, flips, random):
    """The hash with so many bits turned over anywhere."""
    bits = np.unpackbits(np.frombuffer(hash_.digest, dtype=np.uint8))
    bits[random.choice(8 * HASH_BYTES, flips, replace=False)] ^= 1
    return Hash(hash_.algorithm, np.packbits(bits).tobytes())


def listed_with_flips(pdq, dhash=None, **fields):
    """A neighbour of `QUERY`; `dhash=None` for one that has none."""
    far = None if dhash is None else with_flips(QUERY.dhash, dhash)
    return make_listed(pdq=with_flips(QUERY.pdq, pdq), dhash=far, **fields)


def within_reach(query, listed):
    """Whether one chunk of either hash differs in at most one bit: what the tables can find."""
    pairs = [(query.pdq, listed.pdq), (query.dhash, listed.dhash)]
    return any(
        fewest_flips(one, other) <= 1
        for one, other in pairs
        if one is not None and other is not None
    )


def fewest_flips(one, other):
    """The differing bits of the chunk in which the hashes differ least."""
    chunks = [np.frombuffer(hash_.digest, dtype="<u2") for hash_ in (one, other)]
    return int(np.bitwise_count(chunks[0] ^ chunks[1]).min())

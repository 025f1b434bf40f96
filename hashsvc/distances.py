"""Hamming distances on packed words."""

import numpy as np
from numpy.typing import NDArray

from hashsvc.hashes import Hash


def distance(one: Hash, other: Hash) -> int:
    """Count the bits in which two hashes of one algorithm differ, 0 to 256.

    Raises:
        ValueError: the hashes are of two algorithms, whose bits mean different things.
    """
    if one.algorithm is not other.algorithm:
        raise ValueError("hashes of two algorithms have no distance")
    return (int.from_bytes(one.digest, "big") ^ int.from_bytes(other.digest, "big")).bit_count()


def hamming(rows: NDArray[np.uint64], query: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Count differing bits between each row and the query.

    Args:
        rows: (n, 4), one hash per row.
        query: (4,).

    Returns:
        (n,), 0 to 256.
    """
    bits: NDArray[np.int64] = np.bitwise_count(rows ^ query).sum(axis=1, dtype=np.int64)
    return bits

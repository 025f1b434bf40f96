"""Compare all queries of a photo with all rows of a pack in one compiled walk: the extra `scan`.

`hashsvc.matching.linear_search` finds the same on any machine, twenty times slower.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
_FEW_PAIRS = 4_096  # in one walk; where there are more, a second walk has room for all
_ODD = np.uint64(0x5555_5555_5555_5555)
_PAIRS = np.uint64(0x3333_3333_3333_3333)
_NIBBLES = np.uint64(0x0F0F_0F0F_0F0F_0F0F)
_BYTES = np.uint64(0x0101_0101_0101_0101)
_ONE, _TWO, _FOUR, _TOP = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_hashes = types.Array(types.uint64, 2, "C", readonly=True)


def _compiled(*signature: Any) -> Callable[[Kernel], Kernel]:  # noqa: ANN401  # numba's types
    """Compile a kernel, and cache it where a cache can be written."""

    def decorate(kernel: Kernel) -> Kernel:
        form = signature[0](*signature[1:])
        try:
            return numba.njit(form, nogil=True, cache=True)(kernel)  # type: ignore[no-any-return]
        except RuntimeError:  # neither the package's folder nor the user's can be written
            return numba.njit(form, nogil=True)(kernel)  # type: ignore[no-any-return]

    return decorate


@_compiled(types.uint64, types.uint64)
def _popcount(word: np.uint64) -> np.uint64:
    """Set bits; the compiler knows this form and puts the processor's own instruction."""
    word = word - ((word >> _ONE) & _ODD)
    word = (word & _PAIRS) + ((word >> _TWO) & _PAIRS)
    word = (word + (word >> _FOUR)) & _NIBBLES
    return (word * _BYTES) >> _TOP


@_compiled(types.int64, _hashes, _hashes, types.uint64, types.int64[:, ::1])
def _walk(
    rows: NDArray[np.uint64],
    queries: NDArray[np.uint64],
    threshold: int,
    pairs: NDArray[np.int64],
) -> int:
    """Write (query, row) of each near pair, as far as there is room; how many there are."""
    found = 0
    for row in range(rows.shape[0]):
        one, two, three, four = rows[row, 0], rows[row, 1], rows[row, 2], rows[row, 3]
        for query in range(queries.shape[0]):
            bits = _popcount(one ^ queries[query, 0]) + _popcount(two ^ queries[query, 1])
            bits += _popcount(three ^ queries[query, 2]) + _popcount(four ^ queries[query, 3])
            if bits <= threshold:
                if found < pairs.shape[0]:
                    pairs[found, 0], pairs[found, 1] = query, row
                found += 1
    return found


def compiled_search(
    rows: NDArray[np.uint64], queries: NDArray[np.uint64], threshold: int
) -> list[list[int]]:
    """See `hashsvc.matching.Search`; other threads run meanwhile."""
    pairs = np.empty((_FEW_PAIRS, 2), np.int64)
    found = _walk(rows, queries, threshold, pairs)
    if found > _FEW_PAIRS:
        pairs = np.empty((found, 2), np.int64)
        _walk(rows, queries, threshold, pairs)
    near: list[list[int]] = [[] for _ in queries]
    for query, row in pairs[:found].tolist():
        near[query].append(row)
    return near

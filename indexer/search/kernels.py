"""Compiled loops over hashes: tables of 16-bit chunks, probes with one flipped bit, plain scans.

They run without the interpreter's lock, each with one fixed signature, compiled on import and then
cached. Every input is read-only, as arrays mapped from a file are. `gone` is (ceil(n / 8),) uint8,
bit `row % 8` of byte `row // 8` set where a row must not be found.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
CHUNKS = 16  # in one hash, of 16 bits each: chunk c is its c-th little-endian uint16
VALUES = 65_536  # of one chunk

_hashes = types.Array(types.uint64, 2, "C", readonly=True)
_hash = types.Array(types.uint64, 1, "C", readonly=True)
_starts = types.Array(types.uint32, 2, "C", readonly=True)
_bytes = types.Array(types.uint8, 1, "C", readonly=True)
_found = types.uint32[::1]


def _compiled(*signature: Any) -> Callable[[Kernel], Kernel]:  # noqa: ANN401  # numba's types
    """Compile a kernel, and cache it where a cache can be written."""

    def decorate(kernel: Kernel) -> Kernel:
        form = signature[0](*signature[1:])
        try:
            return numba.njit(form, nogil=True, cache=True)(kernel)  # type: ignore[no-any-return]
        except RuntimeError:  # neither the package's folder nor the user's can be written
            return numba.njit(form, nogil=True)(kernel)  # type: ignore[no-any-return]

    return decorate


def _count_bits(_context: Any, _word: Any) -> Any:  # noqa: ANN401  # numba's own types
    def generate(_target: Any, builder: ir.IRBuilder, _form: Any, words: Any) -> Any:  # noqa: ANN401
        return builder.ctpop(words[0])

    return types.uint64(types.uint64), generate


# One instruction of the processor, which Python has no word for inside a kernel.
_popcount: Any = intrinsic(_count_bits)


@_compiled(types.int64, types.uint64, types.uint64, types.uint64, types.uint64)
def _first_table(a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64) -> int:
    """The first of the 16 chunks of a difference with at most one bit set; 16 for none."""
    for chunk in range(CHUNKS):
        word = a if chunk < 4 else b if chunk < 8 else c if chunk < 12 else d
        bits = (word >> np.uint64(16 * (chunk % 4))) & np.uint64(0xFFFF)
        if _popcount(bits) <= 1:
            return chunk
    return CHUNKS


@_compiled(
    types.void,
    _hashes,
    types.Array(types.uint32, 1, "C", readonly=True),
    types.uint32[:, ::1],
    types.uint32[:, ::1],
)
def fill_tables(
    hashes: NDArray[np.uint64],
    members: NDArray[np.uint32],
    starts: NDArray[np.uint32],
    rows: NDArray[np.uint32],
) -> None:
    """Sort row numbers by each chunk of their hash; rows of one value stay ascending.

    Args:
        hashes: (n, 4).
        members: (m,) row numbers that belong into the tables, ascending.
        starts: (16, 65,537) zeros; rows of chunk c with value v come to stand at
            `rows[c, starts[c, v] : starts[c, v + 1]]`.
        rows: (16, m), overwritten.
    """
    next_free = np.empty(VALUES, np.uint32)
    for chunk in range(CHUNKS):
        word, shift = chunk // 4, np.uint64(16 * (chunk % 4))
        for row in members:
            value = np.int64((hashes[row, word] >> shift) & np.uint64(0xFFFF))
            starts[chunk, value + 1] += np.uint32(1)
        for before in range(VALUES):
            next_free[before] = starts[chunk, before]
            starts[chunk, before + 1] += starts[chunk, before]
        for row in members:
            value = np.int64((hashes[row, word] >> shift) & np.uint64(0xFFFF))
            rows[chunk, next_free[value]] = row
            next_free[value] += np.uint32(1)


@_compiled(types.int64, _starts, _starts, _hashes, _bytes, _hash, types.int64, _found)
def near_by_pdq(
    starts: NDArray[np.uint32],
    rows: NDArray[np.uint32],
    pdq: NDArray[np.uint64],
    gone: NDArray[np.uint8],
    query: NDArray[np.uint64],
    threshold: int,
    found: NDArray[np.uint32],
) -> int:
    """Rows within the threshold that share a chunk with the query but for one bit: all up to 31.

    Args:
        starts: (16, 65,537), as `fill_tables` left them.
        rows: (16, n), likewise.
        pdq: (n, 4).
        gone: see the module.
        query: (4,).
        threshold: bits, inclusive.
        found: (any,) takes the row numbers, each once, in no order.

    Returns:
        How many rows there are; where `found` is too short, call again with a longer one.
    """
    count = 0
    a, b, c, d = query[0], query[1], query[2], query[3]
    for chunk in range(CHUNKS):
        base = np.int64((query[chunk // 4] >> np.uint64(16 * (chunk % 4))) & np.uint64(0xFFFF))
        for flip in range(17):
            value = base ^ ((1 << flip) & 0xFFFF)  # the 17th flips nothing
            for place in range(starts[chunk, value], starts[chunk, value + 1]):
                row = rows[chunk, place]
                xa, xb, xc, xd = pdq[row, 0] ^ a, pdq[row, 1] ^ b, pdq[row, 2] ^ c, pdq[row, 3] ^ d
                bits = _popcount(xa) + _popcount(xb) + _popcount(xc) + _popcount(xd)
                # A row stands in several tables within reach: the first one reports it.
                near = bits <= threshold and _first_table(xa, xb, xc, xd) == chunk
                if near and not (gone[row >> 3] >> (row & 7)) & 1:
                    if count < found.size:
                        found[count] = row
                    count += 1
    return count


@_compiled(
    types.int64, _starts, _starts, _hashes, _hashes, _bytes, _hash, _hash, types.int64, _found
)
def near_by_dhash(
    starts: NDArray[np.uint32],
    rows: NDArray[np.uint32],
    pdq: NDArray[np.uint64],
    dhash: NDArray[np.uint64],
    gone: NDArray[np.uint8],
    query: NDArray[np.uint64],
    query_dhash: NDArray[np.uint64],
    threshold: int,
    found: NDArray[np.uint32],
) -> int:
    """Rows whose PDQ is within the threshold, out of reach of its tables but not of dHash's.

    Arguments and result are those of `near_by_pdq`; `starts` and `rows` sort dHashes, `dhash` is
    (n, 4), `query_dhash` (4,), and the threshold is still one on PDQ.
    """
    count = 0
    a, b, c, d = query[0], query[1], query[2], query[3]
    for chunk in range(CHUNKS):
        word, shift = chunk // 4, np.uint64(16 * (chunk % 4))
        base = np.int64((query_dhash[word] >> shift) & np.uint64(0xFFFF))
        for flip in range(17):
            value = base ^ ((1 << flip) & 0xFFFF)
            for place in range(starts[chunk, value], starts[chunk, value + 1]):
                row = rows[chunk, place]
                xa, xb, xc, xd = pdq[row, 0] ^ a, pdq[row, 1] ^ b, pdq[row, 2] ^ c, pdq[row, 3] ^ d
                bits = _popcount(xa) + _popcount(xb) + _popcount(xc) + _popcount(xd)
                # Few come this far, so the other hash stays out of the cache.
                if bits <= threshold and _first_table(xa, xb, xc, xd) == CHUNKS:
                    xa, xb = dhash[row, 0] ^ query_dhash[0], dhash[row, 1] ^ query_dhash[1]
                    xc, xd = dhash[row, 2] ^ query_dhash[2], dhash[row, 3] ^ query_dhash[3]
                    first = _first_table(xa, xb, xc, xd) == chunk
                    if first and not (gone[row >> 3] >> (row & 7)) & 1:
                        if count < found.size:
                            found[count] = row
                        count += 1
    return count


@_compiled(types.int64, _hashes, _bytes, _hash, types.int64, _found)
def near_by_scan(
    pdq: NDArray[np.uint64],
    gone: NDArray[np.uint8],
    query: NDArray[np.uint64],
    threshold: int,
    found: NDArray[np.uint32],
) -> int:
    """Every row within the threshold, ascending; arguments and result as for `near_by_pdq`."""
    count = 0
    a, b, c, d = query[0], query[1], query[2], query[3]
    for row in range(len(pdq)):
        xa, xb, xc, xd = pdq[row, 0] ^ a, pdq[row, 1] ^ b, pdq[row, 2] ^ c, pdq[row, 3] ^ d
        bits = _popcount(xa) + _popcount(xb) + _popcount(xc) + _popcount(xd)
        if bits <= threshold and not (gone[row >> 3] >> (row & 7)) & 1:
            if count < found.size:
                found[count] = np.uint32(row)
            count += 1
    return count

"""Compiled loops over hashes: tables of 16-bit chunks, probes with one flipped bit, plain scans.

They run without the interpreter's lock, each with one fixed signature, compiled on import and then
cached. Every input is read-only, as arrays mapped from a file are. `gone` is (ceil(n / 8),) uint8,
bit `row % 8` of byte `row // 8` set where a row must not be found.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from indexer.search.instructions import popcount, prefetch

HighBits: TypeAlias = NDArray[np.uint8 | np.uint16]
Kernel = TypeVar("Kernel", bound=Callable[..., Any])
CHUNKS = 16  # in one hash, of 16 bits each: chunk c is its c-th little-endian uint16
VALUES = 65_536  # of one chunk

_hashes = types.Array(types.uint64, 2, "C", readonly=True)
_hash = types.Array(types.uint64, 1, "C", readonly=True)
_bytes = types.Array(types.uint8, 1, "C", readonly=True)
_found = types.uint32[::1]
# A row number is 16 low bits and 8 or 16 high ones: 3 bytes do for 16.7 million rows.
_HIGH = (types.uint8, types.uint16)
_AHEAD = 32  # rows whose hashes are on their way from memory while one is compared


def _tables(high: Any, *, readonly: bool = True) -> tuple[Any, Any, Any]:  # noqa: ANN401
    """The types of `starts`, `low` and `high`."""
    forms = (types.uint32, types.uint16, high)
    starts, low, upper = (types.Array(one, 2, "C", readonly=readonly) for one in forms)
    return starts, low, upper


def _compiled(*forms: Any) -> Callable[[Kernel], Kernel]:  # noqa: ANN401  # numba's types
    """Compile a kernel for these signatures, and cache it where a cache can be written."""

    def decorate(kernel: Kernel) -> Kernel:
        try:
            compiled = numba.njit([*forms], nogil=True, cache=True)(kernel)
        except RuntimeError:  # neither the package's folder nor the user's can be written
            compiled = numba.njit([*forms], nogil=True)(kernel)
        return cast("Kernel", compiled)

    return decorate


@_compiled(types.uint64(_hashes, types.uint32, _hash))
def _distance(hashes: NDArray[np.uint64], row: int, query: NDArray[np.uint64]) -> int:
    """Bits in which one row differs from the query."""
    one, two = hashes[row, 0] ^ query[0], hashes[row, 1] ^ query[1]
    three, four = hashes[row, 2] ^ query[2], hashes[row, 3] ^ query[3]
    bits: int = popcount(one) + popcount(two) + popcount(three) + popcount(four)
    return bits


@_compiled(types.int64(_hashes, types.uint32, _hash))
def _first_table(hashes: NDArray[np.uint64], row: int, query: NDArray[np.uint64]) -> int:
    """The first of the 16 chunks in which they differ by at most one bit; 16 for none."""
    for chunk in range(CHUNKS):
        difference = hashes[row, chunk // 4] ^ query[chunk // 4]
        if popcount((difference >> np.uint64(16 * (chunk % 4))) & np.uint64(0xFFFF)) <= 1:
            return chunk
    return CHUNKS


@_compiled(
    *(
        types.void(
            _hashes,
            types.Array(types.uint32, 1, "C", readonly=True),
            *_tables(high, readonly=False),
        )
        for high in _HIGH
    )
)
def fill_tables(
    hashes: NDArray[np.uint64],
    members: NDArray[np.uint32],
    starts: NDArray[np.uint32],
    low: NDArray[np.uint16],
    high: HighBits,
) -> None:
    """Sort row numbers by each chunk of their hash; rows of one value stay ascending.

    Args:
        hashes: (n, 4).
        members: (m,) row numbers that belong into the tables, ascending.
        starts: (16, 65,537) zeros; rows of chunk c with value v come to stand at places
            `starts[c, v]` to `starts[c, v + 1]`, exclusive.
        low: (16, m), overwritten: the lower 16 bits of the row at each place.
        high: (16, m), overwritten: the bits above.
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
            low[chunk, next_free[value]] = row & 0xFFFF
            high[chunk, next_free[value]] = row >> 16
            next_free[value] += np.uint32(1)


@_compiled(*(types.int64(*_tables(high), _hash, types.int64, _found) for high in _HIGH))
def _gather(
    starts: NDArray[np.uint32],
    low: NDArray[np.uint16],
    high: HighBits,
    query: NDArray[np.uint64],
    chunk: int,
    rows: NDArray[np.uint32],
) -> int:
    """Write down the rows that share one chunk with the query but for one bit; how many."""
    base = np.int64((query[chunk // 4] >> np.uint64(16 * (chunk % 4))) & np.uint64(0xFFFF))
    count = 0
    for flip in range(17):  # the 17th flips nothing
        value, ahead = base ^ ((1 << flip) & 0xFFFF), base ^ ((4 << flip) & 0xFFFF)
        prefetch(low, chunk, starts[chunk, ahead])
        prefetch(high, chunk, starts[chunk, ahead])
        for place in range(starts[chunk, value], starts[chunk, value + 1]):
            upper = np.uint32(high[chunk, place]) << np.uint32(16)
            rows[count] = np.uint32(low[chunk, place]) | upper
            count += 1
    return count


@_compiled(types.int64(_tables(types.uint8)[0], _hash))
def _most_candidates(starts: NDArray[np.uint32], query: NDArray[np.uint64]) -> int:
    """The most rows that share any one chunk with the query but for one bit."""
    most = 0
    for chunk in range(CHUNKS):
        base = np.int64((query[chunk // 4] >> np.uint64(16 * (chunk % 4))) & np.uint64(0xFFFF))
        count = np.int64(0)
        for flip in range(17):
            value = base ^ ((1 << flip) & 0xFFFF)
            count += np.int64(starts[chunk, value + 1] - starts[chunk, value])
        most = max(most, int(count))
    return most


@_compiled(
    *(types.int64(*_tables(high), _hashes, _bytes, _hash, types.int64, _found) for high in _HIGH)
)
def near_by_pdq(
    starts: NDArray[np.uint32],
    low: NDArray[np.uint16],
    high: HighBits,
    pdq: NDArray[np.uint64],
    gone: NDArray[np.uint8],
    query: NDArray[np.uint64],
    threshold: int,
    found: NDArray[np.uint32],
) -> int:
    """Rows within the threshold that share a chunk with the query but for one bit: all up to 31.

    Args:
        starts: as `fill_tables` left them.
        low: likewise.
        high: likewise.
        pdq: (n, 4).
        gone: see the module.
        query: (4,).
        threshold: bits, inclusive.
        found: (any,) takes the row numbers, each once, in no order.

    Returns:
        How many rows there are; if `found` is too short, call again.
    """
    rows, count = np.empty(_most_candidates(starts, query), np.uint32), 0
    for chunk in range(CHUNKS):
        candidates = _gather(starts, low, high, query, chunk, rows)
        for place in range(min(_AHEAD, candidates)):
            prefetch(pdq, rows[place], 0)
        for place in range(candidates):
            if place + _AHEAD < candidates:
                prefetch(pdq, rows[place + _AHEAD], 0)
            row = rows[place]
            near = _distance(pdq, row, query) <= threshold and not (gone[row >> 3] >> (row & 7)) & 1
            if near and _first_table(pdq, row, query) == chunk:  # once
                if count < found.size:
                    found[count] = row
                count += 1
    return count


@_compiled(
    *(
        types.int64(*_tables(high), _hashes, _hashes, _bytes, _hash, _hash, types.int64, _found)
        for high in _HIGH
    )
)
def near_by_dhash(
    starts: NDArray[np.uint32],
    low: NDArray[np.uint16],
    high: HighBits,
    pdq: NDArray[np.uint64],
    dhash: NDArray[np.uint64],
    gone: NDArray[np.uint8],
    query: NDArray[np.uint64],
    query_dhash: NDArray[np.uint64],
    threshold: int,
    found: NDArray[np.uint32],
) -> int:
    """Rows whose PDQ is within the threshold, out of reach of its tables but not of dHash's.

    Arguments and result are those of `near_by_pdq`; the tables sort dHashes, `dhash` is (n, 4),
    `query_dhash` (4,), and the threshold is still one on PDQ.
    """
    rows, count = np.empty(_most_candidates(starts, query_dhash), np.uint32), 0
    for chunk in range(CHUNKS):
        candidates = _gather(starts, low, high, query_dhash, chunk, rows)
        for place in range(min(_AHEAD, candidates)):
            prefetch(pdq, rows[place], 0)
        for place in range(candidates):
            if place + _AHEAD < candidates:
                prefetch(pdq, rows[place + _AHEAD], 0)
            row = rows[place]
            bits = _distance(pdq, row, query)
            # Few come this far, so the other hash stays out of the cache.
            if bits <= threshold and _first_table(pdq, row, query) == CHUNKS:
                first = _first_table(dhash, row, query_dhash) == chunk
                if first and not (gone[row >> 3] >> (row & 7)) & 1:
                    if count < found.size:
                        found[count] = row
                    count += 1
    return count


@_compiled(types.int64(_hashes, _bytes, _hash, types.int64, _found))
def near_by_scan(
    pdq: NDArray[np.uint64],
    gone: NDArray[np.uint8],
    query: NDArray[np.uint64],
    threshold: int,
    found: NDArray[np.uint32],
) -> int:
    """Every row within the threshold, ascending; arguments and result as for `near_by_pdq`."""
    count = 0
    a, b, c, d = query[0], query[1], query[2], query[3]  # said once, the loop runs on whole vectors
    for row in range(len(pdq)):
        one, two, three, four = pdq[row, 0] ^ a, pdq[row, 1] ^ b, pdq[row, 2] ^ c, pdq[row, 3] ^ d
        bits = popcount(one) + popcount(two) + popcount(three) + popcount(four)
        if bits <= threshold and not (gone[row >> 3] >> (row & 7)) & 1:
            if count < found.size:
                found[count] = np.uint32(row)
            count += 1
    return count

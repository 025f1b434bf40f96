"""Compiled loops: where their cache goes, and how rows are sorted into buckets."""

import numba
import numpy as np
import pytest
from numba import types

from indexer.search.kernels import CHUNKS, VALUES, _compiled, fill_tables


def test_where_nothing_can_be_cached_kernels_are_compiled_all_the_same(monkeypatch):
    compile_ = numba.njit

    def without_cache(forms, *, nogil, cache=False):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return compile_(forms, nogil=nogil)

    monkeypatch.setattr(numba, "njit", without_cache)
    double = _compiled(types.int64(types.int64))(lambda number: 2 * number)

    assert double(21) == 42


@pytest.mark.parametrize("upper", [np.uint8, np.uint16])
def test_every_row_stands_once_in_each_table_under_its_value(upper):
    random = np.random.default_rng(1)
    hashes = random.integers(0, 2**64, (70_000, 4), dtype=np.uint64)
    hashes[100:200] = hashes[0]  # a bucket of many
    members = np.flatnonzero(np.arange(len(hashes)) % 30).astype(np.uint32)
    starts = np.zeros((CHUNKS, VALUES + 1), np.uint32)
    low = np.empty((CHUNKS, len(members)), np.uint16)
    high = np.empty((CHUNKS, len(members)), upper)

    fill_tables(hashes, members, starts, low, high)

    rows = low + 65_536 * high.astype(np.int64)

    values = hashes.view("<u2")
    for chunk in range(CHUNKS):
        order = np.argsort(values[members, chunk], kind="stable")
        assert rows[chunk].tolist() == members[order].tolist()
        counted = np.bincount(values[members, chunk], minlength=VALUES)
        assert np.diff(starts[chunk].astype(np.int64)).tolist() == counted.tolist()

"""Trees and proofs are those of RFC 6962, and nothing that is not proven is believed."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashsvc.transparency.errors import ProofWrongError
from hashsvc.transparency.merkle import (
    EMPTY,
    Root,
    Tree,
    consistency_ranges,
    inclusion_ranges,
    require_consistent,
    require_included,
    roots_of,
)
from tests.hashsvc.transparency import trees

SIZES = range(71)
ROWS = trees.digests(max(SIZES))
ROOTS = [Root(size, trees.tree_hash(ROWS[:size])) for size in SIZES]
sizes = st.integers(1, 3_000)


def inclusion(index, size, rows=ROWS):
    return roots_of(inclusion_ranges(index, size), rows)


def consistency(old, new, rows=ROWS):
    return roots_of(consistency_ranges(old, new), rows)


def flipped(text, bit):
    changed = bytearray(text)
    changed[bit // 8 % len(text)] ^= 1 << bit % 8
    return bytes(changed)


def included(*args):
    try:
        require_included(*args)
    except ProofWrongError:
        return False
    return True


def consistent(*args):
    try:
        require_consistent(*args)
    except ProofWrongError:
        return False
    return True


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_has_the_root_of_the_definition(size):
    assert Tree().grown(ROWS[:size]).root == ROOTS[size]


@given(st.lists(sizes, max_size=6))
def test_a_tree_that_grew_step_by_step_is_the_one_that_grew_at_once(steps):
    rows = trees.digests(sum(steps))
    tree, done = Tree(), 0

    for step in steps:
        tree = Tree.read(tree.size, tree.to_bytes()).grown(rows[done : done + step])
        done += step

    assert tree == Tree().grown(rows)


@pytest.mark.parametrize(("size", "peaks"), [(-1, 0), (0, 1), (1, 0), (3, 1), (4, 2), (7, 4)])
def test_peaks_that_do_not_fit_a_size_are_refused(size, peaks):
    with pytest.raises(ValueError, match="peaks"):
        Tree.read(size, bytes(32) * peaks)


@pytest.mark.parametrize("size", SIZES[1:])
def test_every_row_is_proven_as_the_definition_says(size):
    for index in range(size):
        proof = inclusion(index, size)

        assert proof == trees.path(index, ROWS[:size])
        require_included(ROWS[index], index, ROOTS[size], proof)


@pytest.mark.parametrize("new", SIZES[1:])
def test_every_older_tree_is_proven_as_the_definition_says(new):
    for old in range(1, new + 1):
        proof = consistency(old, new)

        assert proof == trees.proof(old, ROWS[:new])
        require_consistent(ROOTS[old], ROOTS[new], proof)


@given(size=sizes, data=st.data())
def test_rows_of_large_trees_are_proven(size, data):
    index = data.draw(st.integers(0, size - 1))
    rows = trees.digests(size, seed=1)
    root = Tree().grown(rows).root

    require_included(rows[index], index, root, inclusion(index, size, rows))


@given(new=sizes, data=st.data())
def test_older_trees_of_large_ones_are_proven(new, data):
    old = data.draw(st.integers(0, new))
    rows = trees.digests(new, seed=2)

    require_consistent(
        Tree().grown(rows[:old]).root, Tree().grown(rows).root, consistency(old, new, rows)
    )


@given(size=st.integers(1, 70), bit=st.integers(0, 255), data=st.data())
def test_a_flipped_bit_anywhere_proves_no_row(size, bit, data):
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion(index, size), ROOTS[size]
    spoiled = [[*proof[:n], flipped(proof[n], bit), *proof[n + 1 :]] for n in range(len(proof))]

    assert not included(flipped(ROWS[index], bit), index, root, proof)
    assert not included(ROWS[index], index, replace(root, hash=flipped(root.hash, bit)), proof)
    assert not any(included(ROWS[index], index, root, one) for one in spoiled)


@given(new=st.integers(2, 70), bit=st.integers(0, 255), data=st.data())
def test_a_flipped_bit_anywhere_proves_no_older_tree(new, bit, data):
    old = data.draw(st.integers(1, new - 1))
    proof, before, after = consistency(old, new), ROOTS[old], ROOTS[new]
    spoiled = [[*proof[:n], flipped(proof[n], bit), *proof[n + 1 :]] for n in range(len(proof))]

    assert not consistent(replace(before, hash=flipped(before.hash, bit)), after, proof)
    assert not consistent(before, replace(after, hash=flipped(after.hash, bit)), proof)
    assert not any(consistent(before, after, one) for one in spoiled)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 40])
def test_a_proof_is_for_one_place_in_a_tree_of_one_size(size):
    for index in range(size):
        proof = inclusion(index, size)
        others = [place for place in range(-1, size + 2) if place != index]

        assert not any(included(ROWS[index], place, ROOTS[size], proof) for place in others)
        assert not included(ROWS[index], index, ROOTS[size], [*proof, bytes(32)])
        assert not proof or not included(ROWS[index], index, ROOTS[size], proof[:-1])


@pytest.mark.parametrize(("old", "new"), [*pairwise(range(1, 40)), (1, 64), (33, 64), (5, 70)])
def test_a_consistency_proof_has_one_length(old, new):
    proof = consistency(old, new)

    assert not consistent(ROOTS[old], ROOTS[new], [*proof, bytes(32)])
    assert not consistent(ROOTS[old], ROOTS[new], proof[:-1])
    assert not consistent(ROOTS[old], ROOTS[new], [])


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 8), (5, 40), (33, 64)])
def test_a_proof_is_for_no_tree_of_another_depth(old, new):
    deeper = replace(ROOTS[new], size=1 << 20)

    assert not consistent(ROOTS[old], deeper, consistency(old, new))
    assert not included(ROWS[0], 0, deeper, inclusion(0, new))


def test_a_tree_that_shrank_is_not_consistent():
    assert not consistent(ROOTS[9], ROOTS[8], consistency(8, 9))


def test_a_tree_of_the_same_size_is_the_same_tree():
    other = Root(9, trees.tree_hash(trees.digests(9, seed=3)))

    assert consistent(ROOTS[9], ROOTS[9], [])
    assert not consistent(ROOTS[9], other, [])
    assert not consistent(ROOTS[9], ROOTS[9], [bytes(32)])


def test_every_tree_begins_with_the_empty_one():
    assert consistent(EMPTY, ROOTS[9], [])
    assert not consistent(Root(0, bytes(32)), ROOTS[9], [])
    assert not consistent(EMPTY, ROOTS[9], [bytes(32)])


def test_a_log_that_is_too_short_gives_no_proof():
    with pytest.raises(ValueError, match="fewer rows"):
        roots_of(inclusion_ranges(3, 9), ROWS[:8])

"""The live index: when it grows tables, what a compaction keeps, and what readers see meanwhile."""

import threading

import pytest

from indexer.search import LayeredIndex
from indexer.search.columns import columns_of
from indexer.search.csr import CsrBase
from indexer.search.layers import Layers
from tests.factories import make_listed, make_signature, with_flipped_bits

QUERY = make_signature()


def listed(*ids, bits=0):
    pdq = with_flipped_bits(QUERY.pdq, bits)
    return [make_listed(signature_id=id_, pdq=pdq) for id_ in ids]


def ids_in(index, threshold=31):
    return [hit.signature_id for hit in index.find_many([QUERY], threshold=threshold)[0]]


def layers(*ids):
    return Layers.of(CsrBase.of(listed(*ids)))


def numbers(*ids):
    return columns_of(listed(*ids)).ids


def settled(index):
    """The index once its own compaction, if any, is over."""
    if index._compactor is not None:
        index._compactor.join()
    return index


def layers_of(index):
    """Rows of (base, delta) with tombstones; nothing where FAISS has the list alone."""
    now = settled(index)._now
    return (len(now.base), len(now.delta)) if isinstance(now, Layers) else None


@pytest.mark.parametrize(("count", "sizes"), [(8, None), (9, (9, 0))])
def test_a_list_gets_a_base_once_it_is_longer_than_a_limit(count, sizes):
    at_once = LayeredIndex(listed(*range(1, count + 1)), base_from=8)
    one_by_one = LayeredIndex(base_from=8)
    for id_ in range(1, count + 1):
        one_by_one.add(listed(id_))

    assert layers_of(at_once) == layers_of(one_by_one) == sizes
    assert ids_in(at_once) == ids_in(one_by_one) == list(range(1, count + 1))


def test_a_list_with_a_base_keeps_it():
    index = LayeredIndex(listed(1, 2, 3), base_from=2)

    index.remove([1, 2, 3])

    assert layers_of(index) == (0, 0)
    assert ids_in(index) == []


@pytest.mark.parametrize(("added", "sizes"), [(4, (3, 4)), (5, (8, 0))])
def test_more_changes_than_a_limit_become_a_new_base(added, sizes):
    index = LayeredIndex(listed(1, 2, 3), base_from=0, delta_rows=4)

    for id_ in range(11, 11 + added):
        index.add(listed(id_))

    assert layers_of(index) == sizes
    assert ids_in(index) == [1, 2, 3, *range(11, 11 + added)]


def test_a_long_list_added_at_once_becomes_a_new_base():
    index = LayeredIndex(listed(1, 2, 3), base_from=0, delta_rows=4)

    index.add(listed(2, 11, 12, 13, 14, bits=2))

    assert layers_of(index) == (7, 0)
    assert ids_in(index, threshold=1) == [1, 3]
    assert ids_in(index) == [1, 3, 2, 11, 12, 13, 14]


@pytest.mark.parametrize(("removed", "rows"), [(2, 200), (3, 197)])
def test_tombstones_on_more_than_one_percent_bring_a_new_base(removed, rows):
    index = LayeredIndex(listed(*range(1, 201)), base_from=0)

    index.remove(range(1, removed + 1))

    assert layers_of(index) == (rows, 0)
    assert len(index) == 200 - removed


def test_an_id_that_is_listed_again_lives_though_its_old_row_has_a_tombstone():
    index = LayeredIndex(listed(1, 2), base_from=0)

    index.remove([1])
    index.add(listed(1))
    assert ids_in(index) == [1, 2]
    index.compact()

    assert ids_in(index) == [1, 2]
    assert len(index) == 2


def test_what_changes_while_a_base_is_built_is_kept():
    before = layers(1, 2, 3, 4).plus(columns_of(listed(5, 6, 7))).without(numbers(1))
    now = (
        before.without(numbers(2, 5, 99))
        .plus(columns_of(listed(3, 6, 8, 9, bits=2)))
        .without(numbers(9))
    )

    moved = now.moved_to(CsrBase(before.live_columns()), before)

    assert moved.find(QUERY, 256) == now.find(QUERY, 256)
    assert [hit.signature_id for hit in moved.find(QUERY, 256)] == [4, 7, 3, 6, 8]
    assert len(moved) == len(now) == 5
    assert (len(moved.base), len(moved.delta)) == (6, 3)


def test_a_state_that_a_reader_holds_never_changes():
    held = layers(1, 2).plus(columns_of(listed(3)))
    seen = held.find(QUERY, 31)

    held.without(numbers(1, 3)).plus(columns_of(listed(2, 4, bits=2)))

    assert held.find(QUERY, 31) == seen
    assert len(held) == 3


def test_a_compaction_of_a_list_without_a_base_does_nothing():
    index = LayeredIndex(listed(1))

    index.compact()

    assert layers_of(index) is None


def test_a_compaction_gives_way_to_a_long_list_that_came_meanwhile(monkeypatch):
    index = LayeredIndex(listed(1, 2), base_from=0, delta_rows=2)
    live_columns = Layers.live_columns

    def overtaken(before):
        monkeypatch.undo()
        columns = live_columns(before)
        index.add(listed(3, 4, 5))
        return columns

    monkeypatch.setattr(Layers, "live_columns", overtaken)
    index.compact()

    assert ids_in(index) == [1, 2, 3, 4, 5]
    assert layers_of(index) == (5, 0)


def test_readers_never_see_half_of_a_change():
    ids = list(range(1, 41))
    index = LayeredIndex(listed(*ids), base_from=0, delta_rows=30)
    torn, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            seen = ids_in(index)
            if sorted(seen) != ids:
                torn.append(seen)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(150):
        index.add(listed(*ids[turn % 7 :: 7], bits=turn % 30))
    stop.set()
    for reader in readers:
        reader.join()

    assert torn == []
    assert ids_in(settled(index)) != []

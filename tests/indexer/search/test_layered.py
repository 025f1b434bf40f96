"""The live index: when it grows tables, when new ones are due, and what readers see meanwhile."""

import threading
from datetime import timedelta

import pytest

from indexer.search import LayeredIndex
from indexer.search.columns import columns_of
from indexer.search.csr import CsrBase
from indexer.search.layers import Layers
from tests.factories import make_listed, make_signature, with_flipped_bits
from tests.indexer.factories import AT

QUERY = make_signature()


def listed(*ids, bits=0):
    pdq = with_flipped_bits(QUERY.pdq, bits)
    return [make_listed(signature_id=id_, pdq=pdq) for id_ in ids]


def ids_in(index, threshold=31):
    return [hit.signature_id for hit in index.find_many([QUERY], threshold=threshold)[0]]


def layers(*ids):
    return Layers.of(CsrBase.of(listed(*ids)), AT)


def numbers(*ids):
    return columns_of(listed(*ids)).ids


def layers_of(index):
    """Rows of (base, delta) with tombstones; nothing where FAISS has the list alone."""
    now = index._now
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

    assert layers_of(index) == (3, 0)
    assert ids_in(index) == []
    assert layers_of(compacted(index)) == (0, 0)


def compacted(index):
    """The index upon a new base, as a follower moves it."""
    index.become(index.upon(index.compacted(), built_at=AT))
    return index


def based(*ids, **limits):
    """An index with a base from `AT`."""
    index = LayeredIndex(base_from=0, **limits)
    return index.upon(CsrBase.of(listed(*ids)), built_at=AT)


@pytest.mark.parametrize(("added", "due"), [(4, False), (5, True)])
def test_more_changes_than_a_limit_ask_for_a_new_base(added, due):
    index = based(1, 2, 3, delta_rows=4)

    for id_ in range(11, 11 + added):
        index.add(listed(id_))

    assert index.compaction_due(at=AT) is due
    assert layers_of(index) == (3, added)
    assert layers_of(compacted(index)) == (3 + added, 0)
    assert ids_in(index) == [1, 2, 3, *range(11, 11 + added)]
    assert not index.compaction_due(at=AT)


def test_a_long_list_added_at_once_becomes_a_new_base():
    index = LayeredIndex(listed(1, 2, 3), base_from=0, delta_rows=4)

    index.add(listed(2, 11, 12, 13, 14, bits=2))

    assert layers_of(index) == (7, 0)
    assert ids_in(index, threshold=1) == [1, 3]
    assert ids_in(index) == [1, 3, 2, 11, 12, 13, 14]


@pytest.mark.parametrize(("removed", "due"), [(2, False), (3, True)])
def test_tombstones_on_more_than_one_percent_ask_for_a_new_base(removed, due):
    index = based(*range(1, 201))

    index.remove(range(1, removed + 1))

    assert index.compaction_due(at=AT) is due
    assert layers_of(compacted(index)) == (200 - removed, 0)


@pytest.mark.parametrize(
    ("removed", "hours", "due"), [(1, 23, False), (1, 24, True), (0, 99, False)]
)
def test_a_withdrawn_signature_asks_for_a_new_base_within_a_day(removed, hours, due):
    index = based(*range(1, 201))

    index.remove(range(1, removed + 1))

    assert index.compaction_due(at=AT + timedelta(hours=hours)) is due


def test_a_list_without_a_base_asks_for_none():
    index = LayeredIndex(listed(1, 2))

    index.remove([1])

    assert not index.compaction_due(at=AT + timedelta(days=9))
    assert index.compacted() is None


def test_an_unchanged_base_is_not_built_again():
    base = CsrBase.of(listed(1, 2))

    assert LayeredIndex().upon(base, built_at=AT).compacted() is base


def test_an_id_that_is_listed_again_lives_though_its_old_row_has_a_tombstone():
    index = LayeredIndex(listed(1, 2), base_from=0)

    index.remove([1])
    index.add(listed(1))
    assert ids_in(index) == [1, 2]

    assert ids_in(compacted(index)) == [1, 2]
    assert len(index) == 2


def test_a_state_that_a_reader_holds_never_changes():
    held = layers(1, 2).plus(columns_of(listed(3)))
    seen = held.find(QUERY, 31)

    held.without(numbers(1, 3)).plus(columns_of(listed(2, 4, bits=2)))

    assert held.find(QUERY, 31) == seen
    assert len(held) == 3


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
        if turn % 10 == 0:
            compacted(index)
    stop.set()
    for reader in readers:
        reader.join()

    assert torn == []
    assert ids_in(index) != []


@pytest.mark.parametrize("make", [lambda ids: LayeredIndex(listed(*ids)), lambda ids: based(*ids)])
def test_more_questions_and_longer_lists_are_expected_to_take_longer(make):
    short, long = make([1]), make(range(1, 5_001))

    assert 0 < short.seconds_for(1) < long.seconds_for(1)
    assert long.seconds_for(16) == pytest.approx(16 * long.seconds_for(1))

"""Pages of other networks' lists become banks, on every engine."""

import pytest

from api.security.peppers import Pepper
from api.services.errors import BankTakenError, NoSuchSourceError, SourceMovedError
from api.services.intake import Intake
from api.services.list_imports import ListImports, RemoteEntry, RemotePage
from indexer.records import BankKind
from indexer.store.import_sources import NewSource
from tests.factories import make_hash
from tests.indexer.factories import AT

NEW = NewSource("theirs", "stopncii", "https://lists.example", "/credentials", "partner")


@pytest.fixture
def imports(store, key_ring):
    made = ListImports(store, Intake.of_store(store), Pepper(key_ring), lambda: AT)
    made.add(NEW)
    return made


def page(checkpoint, *entries, last=True):
    """Entries are (name, seed), the seed None where the entry is gone."""
    read = [
        RemoteEntry(name, None if seed is None else make_hash(seed=seed)) for name, seed in entries
    ]
    return RemotePage(read, {}, checkpoint, last)


def source_of(imports):
    (source,) = imports.chosen("theirs")
    return source


def follow(imports, *pages):
    return list(imports.follow(source_of(imports), pages))[-1]


def hashes(imports):
    with imports.store.snapshot() as tx:
        live = tx.listing.live(BankKind.REPORTED)
        return sorted(one.signature.pdq.hex() for one in live)


def hexes(*seeds):
    return sorted(make_hash(seed=seed).hex() for seed in seeds)


def test_pages_are_taken_in_order(imports):
    sums = follow(
        imports,
        page("1", ("a", 1), ("b", 2), ("c", 2), last=False),
        page("2", ("a", None), ("b", 3), ("unknown", None)),
    )

    assert (sums.pages, sums.listed, sums.known, sums.delisted) == (2, 3, 1, 1)
    assert hashes(imports) == hexes(2, 3)
    source = source_of(imports)
    assert (source.checkpoint, source.completed_at, source.entries) == ("2", AT, 2)


def test_many_entries_come_and_go(imports):
    many = [(f"entry {seed}", seed) for seed in range(6_000)]
    follow(imports, page("1", *many))
    listed = len(hashes(imports))

    gone = follow(imports, page("2", *[(name, None) for name, _ in many[1:]]))

    assert (listed, gone.delisted, hashes(imports)) == (6_000, 5_999, hexes(0))


def test_an_entry_that_says_the_same_again_is_not_moved(imports):
    follow(imports, page("1", ("a", 1)))
    with imports.store.snapshot() as tx:
        before = tx.changes.head()

    sums = follow(imports, page("1", ("a", 1)))

    with imports.store.snapshot() as tx:
        assert tx.changes.head() == before
    assert (sums.known, sums.listed) == (1, 0)


def test_a_list_begun_anew_forgets_what_it_does_not_name(imports):
    follow(imports, page("1", ("a", 1), ("b", 2)))
    imports.begin_anew("theirs")
    first = follow(imports, page("1", ("a", 1), last=False))
    meanwhile = hashes(imports)

    second = follow(imports, page("2", ("c", 3)))

    assert (first.delisted, meanwhile) == (0, hexes(1, 2))
    assert (second.delisted, hashes(imports)) == (1, hexes(1, 3))


def test_a_page_from_a_place_that_was_left_is_not_taken(imports):
    stale = source_of(imports)
    follow(imports, page("1", ("a", 1)))

    with pytest.raises(SourceMovedError):
        list(imports.follow(stale, [page("0", ("b", 2))]))

    assert (hashes(imports), source_of(imports).checkpoint) == (hexes(1), "1")


def test_what_a_removed_list_brought_is_erased(imports):
    follow(imports, page("1", ("a", 1), ("b", 1), ("c", 2)))
    removed = source_of(imports)

    assert imports.remove("theirs") == 2
    assert hashes(imports) == []
    with pytest.raises(NoSuchSourceError):
        list(imports.follow(removed, [page("2")]))
    imports.add(NEW)  # its bank is empty again
    with pytest.raises(BankTakenError):
        imports.add(NewSource("other", *[getattr(NEW, n) for n in NEW.__slots__[1:]]))

"""Other networks' lists from servers that mean no good: the good is kept, the bad is counted."""

import json
import zlib
from dataclasses import replace

import pytest

from api.compat.fetching import ListBrokenError, is_safe
from api.services.errors import SourceMovedError
from api.services.intake import Intake
from indexer.records import BankKind, Enrolment
from tests.api.compat.followers import Follower
from tests.api.compat.foreign_servers import (
    foreign_server,
    gone_of,
    image_of,
    page_of,
    record_of,
    window_of,
)
from tests.factories import make_hash, make_signature, with_flipped_bits

A, B, C = (make_hash(seed=seed).hex() for seed in (1, 2, 3))
FLAT = "0" * 64
NEXT = "/v2/entries?from=x&amp;to=y&amp;start={}&amp;size=1000&amp;max=9"


@pytest.fixture
def there():
    with foreign_server() as foreign:
        yield foreign


@pytest.fixture
def follow(folder, there):
    made = []

    def followed(dialect, *answers):
        there.answers = list(answers)
        if not made:
            made.append(Follower(folder, dialect, there.url))
        return made[0]

    yield followed
    for one in made:
        one.close()


def stops(follower, *, why):
    """A run that ends with a sentence; the checkpoint and the bank stay as its good pages left
    them."""
    with pytest.raises(ListBrokenError, match=why) as stopped:
        follower.run()
    assert A not in str(stopped.value)
    return True


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (None, "field"),
        ([], "field"),
        ({}, "field"),
        (record_of(None), "field"),
        (record_of(B, signalType=None), "field"),
        (record_of(B, hashStatus=7), "field"),
        (record_of("ab" * 16), "hash"),
        (record_of(" " * 64), "hash"),
        (record_of("zz" * 32), "hash"),
        (record_of(B, "Pondered"), "word"),
        (record_of(B, "Unknown"), "word"),
        (record_of(B, signalType="VideoMD5"), "type"),
    ],
)
def test_bad_records_are_counted_and_good_ones_kept(follow, bad, why):
    records = [record_of(A), bad, record_of(C, "Active", caseNumbers=None, CSPFeedbacks=None)]

    done = follow("stopncii", page_of(records, 20)).run()

    assert follow("stopncii").hashes() == sorted([A, C])
    assert (done.records, done.listed, done.skipped) == (3, 2, {why: 1})
    assert done.alarming == (why != "type")


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (page_of([record_of(B)], 30)[:-9], "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "another form"),
        (page_of([record_of(B)], 30, count=2), "cut"),
        (page_of([record_of(B)], 30, hashRecords=None), "cut"),
        (page_of([record_of(B)], None), "where its page ends"),
        (page_of([record_of(B)], 30.5), "where its page ends"),
        (page_of([record_of(B)], 2**60), "where its page ends"),
        (page_of([record_of(B)], 19), "goes back"),
        (page_of([record_of(B)], 30, hasMoreRecords=True), "where its next page is"),
        (page_of([record_of(B)], 30, token="t1"), "where its next page is"),
        (page_of([record_of(B)], 30, hasMoreRecords=None), "where its next page is"),
        ((500, "", {}), "status 500"),
        ((200, page_of([], 30), {"Content-Length": "9999"}), "broke off"),
        ((200, "no gzip", {"Content-Encoding": "gzip"}), "broke off"),
    ],
)
def test_no_checkpoint_passes_a_broken_page(follow, there, broken, why):
    first = page_of([record_of(A)], 20, token="t1")
    follower = follow("stopncii", first, broken)

    assert stops(follower, why=why)
    assert len(there.asked) == 4  # the page, and three tries of the broken one
    assert (follower.sums.listed, follower.hashes()) == (1, [A])
    assert (follower.source().checkpoint, follower.source().completed_at) == ("20", None)

    there.asked.clear()
    follow("stopncii", page_of([record_of(B)], 30)).run()

    assert there.asked[0][1] == {"startTimestamp": "20", "pageSize": "800"}
    assert follower.hashes() == sorted([A, B])
    assert follower.source().checkpoint == "30"
    assert follower.source().completed_at is not None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((302, "", {"Location": "http://127.0.0.1:1/"}), "elsewhere"),
        ((401, "", {}), "credentials"),
        ((400, A, {}), "status 400"),
    ],
)
def test_what_no_other_try_would_change_is_asked_once(follow, there, answer, why):
    assert stops(follow("stopncii", answer), why=why)
    assert len(there.asked) == 1


def test_a_bomb_in_a_page_is_not_unpacked(follow):
    packer = zlib.compressobj(wbits=31)
    zeros = bytes(2**20)
    bomb = b"".join([*(packer.compress(zeros) for _ in range(80)), packer.flush()])
    answer = (200, bomb, {"Content-Encoding": "gzip"})

    assert stops(follow("stopncii", answer), why="too large")


def test_a_page_that_fails_once_is_asked_for_again(follow, there):
    again = (503, "", {"Retry-After": "0"})

    done = follow("stopncii", again, "{", page_of([record_of(A)], 20)).run()

    assert (done.listed, len(there.asked)) == (1, 3)


def test_pages_follow_one_another_by_token(follow, there):
    pages = (
        page_of([record_of(A)], 20, token="t1"),
        page_of([record_of(B)], 30, token="t2"),
        page_of([record_of(A, "Withdrawn")], 40),
    )

    done = follow("stopncii", *pages).run()

    assert [asked.get("nextPageToken") for _, asked, _ in there.asked] == [None, "t1", "t2"]
    assert {asked["startTimestamp"] for _, asked, _ in there.asked} == {"10"}
    sent = there.asked[0][2]
    assert (sent["Ocp-Apim-Subscription-Key"], sent["x-functions-key"]) == ("first", "second")
    assert (done.listed, done.delisted, follow("stopncii").hashes()) == (2, 1, [B])


@pytest.mark.parametrize("status", ["Withdrawn", "Deleted"])
def test_what_comes_back_is_listed_again(follow, there, status):
    follower = follow("stopncii", page_of([record_of(A), record_of(B)], 20))
    follower.run()
    there.asked.clear()
    follow("stopncii", page_of([record_of(A, status), record_of(C, status)], 30)).run()
    without = follower.hashes()
    there.asked.clear()

    done = follow("stopncii", page_of([record_of(A.upper())], 40)).run()

    assert (without, done.listed, follower.hashes()) == ([B], 1, sorted([A, B]))


def test_the_same_page_again_changes_nothing(follow):
    page = page_of([record_of(A), record_of(A), record_of(B)], 20)
    follower = follow("stopncii", page)
    follower.run()

    done = follower.run()

    assert (done.listed, done.known, done.delisted) == (0, 2, 0)
    assert follower.hashes() == sorted([A, B])


def test_the_gates_of_a_report_hold_for_a_list_too(follow):
    near = with_flipped_bits(make_hash(seed=1), 4).hex()
    follower = follow("stopncii", page_of([record_of(FLAT), record_of(near), record_of(B)], 20))
    with follower.store.transaction() as tx:
        tx.banks.make("benign", BankKind.BENIGN)
        benign = Enrolment(make_signature(pdq=make_hash(seed=1)))
        tx.banks.add("benign", [benign], at=follower.imports.time_of_day())
    follower.imports = replace(follower.imports, intake=Intake.of_store(follower.store))

    done = follower.run()

    assert (done.unfit, done.held, done.listed, follower.hashes()) == (1, 1, 1, [B])


def test_what_a_list_begun_anew_does_not_name_goes(follow, there):
    follower = follow("stopncii", page_of([record_of(A), record_of(B)], 20))
    follower.run()
    follower.imports.begin_anew("theirs")
    there.asked.clear()
    first = page_of([record_of(B)], 20, token="t1")
    assert stops(follow("stopncii", first, "{"), why="no JSON")
    meanwhile = follower.hashes()
    there.asked.clear()

    done = follow("stopncii", page_of([record_of(C)], 30)).run()

    assert meanwhile == sorted([A, B])  # until the end was reached
    assert (done.delisted, follower.hashes()) == (1, sorted([B, C]))


def test_a_run_that_was_overtaken_stops(follow):
    follower = follow("stopncii", page_of([record_of(A)], 20))
    stale = follower.source()
    pages = list(follower.list.pages(None))
    follower.run()

    with pytest.raises(SourceMovedError):
        list(follower.imports.follow(stale, pages))


def test_windows_follow_one_another_and_their_pages_are_taken_in(follow, there):
    answers = (
        window_of(image_of(A, "one"), following=NEXT.format(1)),
        window_of(image_of(B, "two"), image_of(B, "two", member=2), gone_of("one")),
    )
    follower = follow("ncmec", *answers)

    done = follower.run()

    (_, window, headers), (path, following, _) = there.asked
    assert window["from"] == "1970-01-01T00:00:00Z"
    assert (path, following["start"]) == ("/v2/entries", "1")
    assert headers["Authorization"] == "Basic Zmlyc3Q6c2Vjb25k"
    assert (done.listed, done.known, done.delisted, follower.hashes()) == (2, 1, 1, [B])
    assert json.loads(follower.source().checkpoint)[0] > 1_700_000_000


def test_a_hash_of_two_entries_stays_until_both_are_gone(follow):
    """And an entry whose hash is another now stands for that one."""
    pages = [
        window_of(*entries, following=NEXT.format(number))
        for number, entries in enumerate(
            [
                [image_of(A, "one")],
                [image_of(A, "two"), image_of(A, "three"), gone_of("three")],
                [gone_of("one")],
                [gone_of("two", member=2)],  # another one's entry
                [image_of(C, "two")],
            ]
        )
    ]
    follower = follow("ncmec", *pages, window_of())
    source = follower.source()

    seen = [
        follower.hashes()
        for _ in follower.imports.follow(source, follower.list.pages(source.checkpoint))
    ]

    assert seen == [[A], [A], [A], [A], [C], [C]]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (image_of("ab" * 16, "bad"), "hash"),
        (image_of(B, ""), "field"),
        (image_of(B, "bad", member=""), "field"),
        (image_of(B, "bad").replace("pdq", "sha1"), "type"),
        ("<picture/>", "word"),
        ("<image/>", "field"),
    ],
)
def test_bad_entries_are_counted_and_good_ones_kept(follow, bad, why):
    done = follow("ncmec", window_of(image_of(A, "one"), bad, image_of(C, "two"))).run()

    assert follow("ncmec").hashes() == sorted([A, C])
    assert (done.listed, done.skipped) == (2, {why: 1})


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (window_of(image_of(B, "two"))[:-20], "no XML"),
        (
            window_of(image_of(B, "two"), prologue='<!DOCTYPE q [<!ENTITY a "aa">]>'),
            "document type",
        ),
        (window_of("<image>" * 20 + "</image>" * 20), "no XML"),
        ("<other/>", "another form"),
        (window_of(image_of(B, "two"), following="https://example.org/v2/entries?a"), "next page"),
        (window_of(image_of(B, "two"), following="/v2/entries?a b"), "next page"),
        (window_of(image_of(B, "two"), following=NEXT.format(1)), "next page"),  # once more
        ((500, "", {}), "status 500"),
    ],
)
def test_no_window_is_done_before_its_last_page(follow, there, broken, why):
    follower = follow("ncmec", window_of(image_of(A, "one"), following=NEXT.format(1)), broken)

    assert stops(follower, why=why)
    assert (follower.sums.listed, follower.hashes()) == (1, [A])
    assert json.loads(follower.source().checkpoint)[0] == 0
    assert follower.source().completed_at is None

    there.asked.clear()
    follow("ncmec", window_of(image_of(B, "two"))).run()

    assert there.asked[0][1]["start"] == "1"  # the page that was broken
    assert follower.hashes() == sorted([A, B])


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://lists.example/v1", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000/a", True),
        ("http://lists.example/v1", False),
        ("https://user:pw@lists.example", False),
        ("https://lists.example/?a=b", False),
        ("https://lists.example:port", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("", False),
    ],
)
def test_credentials_go_nowhere_in_the_clear(url, safe):
    assert is_safe(url) is safe


def test_nothing_of_a_removed_list_is_matched(follow):
    follower = follow("stopncii", page_of([record_of(A), record_of(B)], 20))
    follower.run()

    assert follower.imports.remove("theirs") == 2
    assert follower.hashes() == []
    assert follower.imports.chosen(None) == []

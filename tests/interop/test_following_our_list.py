"""One service follows another's list, in both dialects, over real HTTP."""

import shutil
from datetime import timedelta

import pytest

from api.security.key_files import make_key_files, read_key_files
from api.settings import Settings
from hashsvc.times import now
from indexer.records import ListedState
from indexer.store import Store
from tests.api.compat.followers import Follower
from tests.factories import make_signature

HONEY = 2


def in_a_minute():
    """The clock of who follows: what was published just now lies a minute back for it."""
    return now() + timedelta(seconds=60)


@pytest.fixture
def mine(tmp_path):
    """The data folder of another service."""
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o700)
    make_key_files(folder)
    store = Store.at(Settings(data=folder).url, read_key_files(folder).seal)
    store.migrate()
    store.close()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=["stopncii", "ncmec"])
def follower(request, mine, recipient):
    key = recipient.key.text()
    if request.param == "stopncii":
        credentials = (key, recipient.function_keys["FetchHashes"])
        made = Follower(mine, "stopncii", recipient.base, credentials=credentials)
    else:
        made = Follower(
            mine,
            "ncmec",
            f"{recipient.url}/compat/ncmec",
            credentials=(recipient.key.key_id, key),
            clock=in_a_minute,
        )
    yield made
    made.close()


def listed(count, *, start=0):
    return [make_signature(seed=seed) for seed in range(start, start + count)]


def hexes(signatures):
    return {one.pdq.hex() for one in signatures}


def test_the_bank_holds_what_the_list_holds(lists, follower):
    first, second = listed(1_000), listed(5, start=2_000)
    lists.list_all(first)
    done = follower.run()
    lists.wait_seconds(2)  # what a window has covered gets nothing more
    lists.list_all(second)
    lists.wait_seconds(2)

    again = follower.run()

    found = follower.hashes()
    assert (done.listed, again.listed) == (1_000 + HONEY, 5)
    assert len(found) == len(set(found)) == 1_005 + HONEY
    assert hexes(first + second) < set(found)
    assert not done.alarming
    assert not done.skipped


def test_what_was_suspended_there_goes_here(lists, follower):
    gone, kept = listed(2)
    lists.list_all([gone, kept])
    follower.run()
    before = follower.hashes()
    lists.wait_seconds(2)
    lists.move(gone.pdq.hex(), ListedState.SUSPENDED)
    lists.wait_seconds(2)

    done = follower.run()

    assert (done.delisted, done.listed) == (1, 0)
    assert set(before) - set(follower.hashes()) == {gone.pdq.hex()}


def test_what_was_withdrawn_there_goes_here(lists, follower):
    """StopNCII's dialect cannot name what was erased: there it takes a run afresh."""
    gone, kept = listed(2)
    case_id = lists.list_all([gone])
    lists.list_all([kept])
    follower.run()
    lists.wait_seconds(2)
    lists.withdraw(case_id)
    lists.wait_seconds(2)

    if follower.source().dialect == "stopncii":
        follower.imports.begin_anew("theirs")
    done = follower.run()

    assert done.delisted == 1
    assert gone.pdq.hex() not in follower.hashes()
    assert kept.pdq.hex() in follower.hashes()

"""Bases are built apart, from the store, once on a machine; a start takes the newest that fits."""

import fcntl
import json
import resource
import subprocess
import sys

import numpy as np
import pytest

from indexer.builder import Building, Plan, build, read_plan
from indexer.follower import Follower
from indexer.records import BankKind
from indexer.search import LayeredIndex
from indexer.search.layers import Layers
from indexer.store import tables
from tests.factories import make_signature
from tests.indexer.factories import (
    add_to_case,
    listed_in,
    make_enrolments,
    make_key_ring,
    open_case,
    opened,
    withdraw_case,
)
from tests.indexer.rows import alter

REPORTED = BankKind.REPORTED


@pytest.fixture
def plan(database_url, key_ring, tmp_path):
    return Plan(database_url, key_ring, tmp_path / "plain", tmp_path / "sealed", base_from=2)


def follow(store, plan):
    """A follower that starts now, and its index."""
    index = LayeredIndex(base_from=plan.base_from)
    follower = Follower(store, {REPORTED: index}, {REPORTED: plan.snapshots()[REPORTED]})
    follower.catch_up()
    return follower, index


def ids_in(index):
    return {hit.signature_id for hit in index.find(make_signature(), threshold=256)}


def newest(plan):
    return plan.snapshots()[REPORTED].newest()


def rows_in_base(index):
    assert isinstance(index._now, Layers)
    return len(index._now.base)


def warnings(caplog):
    return " ".join(record.getMessage() for record in caplog.records)


def test_a_long_list_gets_a_base_that_a_start_takes(store, plan):
    open_case(store, 3)

    build(plan)
    add_to_case(store, open_case(store, 1, seed=1), make_enrolments(2, start=700))
    follower, index = follow(store, plan)

    assert follower.has_snapshot(REPORTED)
    assert rows_in_base(index) == 3
    assert ids_in(index) == listed_in(store).keys()
    assert follower.applied == 6


def test_what_was_withdrawn_since_is_not_found_after_a_start(store, plan):
    case = open_case(store, 3)
    build(plan)
    withdraw_case(store, case)

    _, index = follow(store, plan)

    assert ids_in(index) == set()


def test_a_short_list_gets_none(store, plan):
    open_case(store, 2)

    build(plan)

    assert newest(plan) is None


def test_what_is_not_due_is_not_built_again(store, plan):
    open_case(store, 3)
    build(plan)
    first = newest(plan)

    build(plan)

    assert newest(plan) == first


def test_a_base_is_built_from_the_one_before_and_the_changes_since(store, plan):
    case = open_case(store, 3)
    open_case(store, 3, seed=1)
    build(plan)
    withdraw_case(store, case)
    open_case(store, 1, seed=2)

    build(plan)

    live = listed_in(store).keys()
    loaded = plan.snapshots()[REPORTED].load()
    assert set(loaded.base.columns.ids.tolist()) == live
    assert loaded.label.seq == 10


def test_a_running_follower_moves_to_a_new_base_and_misses_nothing(store, plan):
    case = open_case(store, 3)
    build(plan)
    follower, index = follow(store, plan)
    withdraw_case(store, case)
    build(plan)
    open_case(store, 2, seed=2)
    before = follower.applied

    follower.rebase()
    assert ids_in(index) >= listed_in(store).keys()
    follower.catch_up()

    assert ids_in(index) == listed_in(store).keys()
    assert (before, follower.applied) == (3, 8)
    assert index._now.tombstones == 0


def test_what_is_committed_while_a_follower_moves_is_not_lost(store, plan, monkeypatch):
    case = open_case(store, 3)
    build(plan)
    follower, index = follow(store, plan)
    withdraw_case(store, case)
    build(plan)
    catch_up = follower.catch_up

    def overtaken():
        open_case(store, 2, seed=2)
        return catch_up()

    monkeypatch.setattr(follower, "catch_up", overtaken)
    follower.rebase()

    assert ids_in(index) == listed_in(store).keys()
    assert follower.applied == 8


def test_two_builders_do_not_work_at_once(store, plan):
    open_case(store, 3)
    plan.plain.mkdir(mode=0o700)
    with (plan.plain / "build.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build(plan)

    assert newest(plan) is None
    build(plan)
    assert newest(plan) is not None


def break_array(plan):
    path = next((plan.plain / REPORTED).glob("base-*/ids.npy"))
    ids = np.load(path)
    np.save(path, ids + 1)
    (path.parent / "checked").unlink()


def cut_file(plan):
    path = next((plan.plain / REPORTED).glob("base-*/pdq_low.npy"))
    path.write_bytes(path.read_bytes()[:-2])


def write_newer_format(plan):
    path = next((plan.plain / REPORTED).glob("base-*/manifest.json"))
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))


@pytest.mark.parametrize("damage", [break_array, cut_file, write_newer_format])
def test_a_damaged_snapshot_is_refused_aloud_and_the_list_is_whole(store, plan, caplog, damage):
    open_case(store, 3)
    build(plan)
    first = newest(plan)
    damage(plan)

    follower, index = follow(store, plan)
    assert ids_in(index) == listed_in(store).keys()
    assert not follower.has_snapshot(REPORTED)
    assert "was refused" in warnings(caplog)

    build(plan)  # unseals its copy
    assert newest(plan) == first
    assert rows_in_base(follow(store, plan)[1]) == 3


def test_with_both_copies_damaged_a_base_is_built_from_the_store(store, plan, caplog):
    open_case(store, 3)
    build(plan)
    first = newest(plan)
    cut_file(plan)
    sealed = next((plan.sealed / REPORTED).glob("base-*/ids.npy"))
    sealed.write_bytes(sealed.read_bytes()[:-1])

    build(plan)

    assert newest(plan) not in (None, first)
    assert rows_in_base(follow(store, plan)[1]) == 3
    assert "sealed copy cannot be used" in warnings(caplog)


def test_a_snapshot_under_another_key_is_refused_and_built_anew(database_url, plan, caplog):
    rotated = make_key_ring(current="kek-2", older=["kek-1"])
    with opened(database_url) as store:
        open_case(store, 3)
        build(plan)
    first = newest(plan)

    build(Plan(plan.url, rotated, plan.plain, plan.sealed, plan.base_from))

    assert newest(plan) != first
    assert "made with another key" in warnings(caplog)


def test_a_snapshot_of_another_store_is_refused(databases, store, plan, caplog):
    open_case(store, 3)
    build(plan)
    with databases.fresh() as url, opened(url) as other:
        open_case(other, 4, seed=5)

        _, index = follow(other, plan)

        assert ids_in(index) == listed_in(other).keys()
    assert "it is of another store" in warnings(caplog)


def test_a_store_behind_its_snapshot_is_read_anew(databases, store, plan, caplog):
    open_case(store, 3)
    build(plan)
    with databases.fresh() as url, opened(url) as restored:
        open_case(restored, 2, seed=5)

        follower, index = follow(restored, plan)

        assert ids_in(index) == listed_in(restored).keys()
        assert follower.applied == 2
    assert "the store is older" in warnings(caplog)


def test_an_altered_row_under_the_snapshots_label_is_seen(store, plan, caplog):
    open_case(store, 3)
    build(plan)
    open_case(store, 1, seed=1)
    alter(store, tables.change, tables.change.c.seq == 3, digest=bytes(32))

    follower, _ = follow(store, plan)

    assert not follower.has_snapshot(REPORTED)
    assert "another store" in warnings(caplog)


def test_a_follower_that_runs_keeps_its_base_when_a_new_one_is_refused(store, plan, caplog):
    case = open_case(store, 3)
    build(plan)
    follower, index = follow(store, plan)
    withdraw_case(store, case)
    build(plan)
    cut_file(plan)

    for _ in range(3):
        follower.catch_up()
        follower.rebase()

    assert ids_in(index) == listed_in(store).keys()
    assert warnings(caplog).count("was refused") == 1


def test_a_plan_survives_its_way_to_the_child_and_shows_no_key(plan):
    assert read_plan(plan.text()) == plan
    assert not any(key.hex() in repr(plan) for key in plan.ring.keys.values())


@pytest.fixture
def building(plan):
    made = Building(plan, retry_seconds=0)
    yield made
    made.stop()


def test_a_child_prepares_a_base_before_the_start(store, plan, building):
    open_case(store, 3)

    building.prepare()

    assert newest(plan) is not None
    assert rows_in_base(follow(store, plan)[1]) == 3


def test_no_child_is_started_for_a_short_list_or_a_snapshot_that_is_there(store, plan):
    refusing = Building(plan)
    refusing._started = None
    open_case(store, 2)
    refusing.prepare()
    open_case(store, 2, seed=1)
    build(plan)

    refusing.prepare()


def test_a_child_without_room_tells_and_the_start_goes_on(store, plan, building, caplog):
    open_case(store, 3)
    plan.plain.mkdir(mode=0o700)
    (plan.plain / "build.lock").touch()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        building.prepare()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert newest(plan) is None
    assert "File too large" in warnings(caplog)
    assert "no new base was built" in warnings(caplog)
    assert ids_in(follow(store, plan)[1]) == listed_in(store).keys()


def test_a_child_that_cannot_open_the_store_tells_without_its_password(plan, tmp_path, caplog):
    url = "postgresql+psycopg://user:planted@127.0.0.1:1/hashsvc"
    building = Building(Plan(url, plan.ring, plan.plain, plan.sealed, 0))

    building.start()
    building._tell(wait=60)

    assert "The database did not do" in warnings(caplog)
    assert "planted" not in warnings(caplog)


def test_a_builder_that_is_stopped_leaves_nothing_behind(store, plan, building):
    open_case(store, 3)

    building.start()
    child = building._child
    building.stop()

    assert child.returncode == -9
    assert newest(plan) is None


def test_after_a_builder_there_is_a_rest(plan):
    building = Building(plan, retry_seconds=60)
    building.start()
    building._tell(wait=60)

    building.start()

    assert building._child is None


def test_numbers_of_the_child_leave_nothing_on_its_command_line():
    said = subprocess.run(
        [sys.executable, "-P", "-m", "indexer.builder"],
        input="no plan",
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 1
    assert said.stdout.strip() == "It failed: JSONDecodeError."
    assert said.stderr == ""

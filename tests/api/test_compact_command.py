"""Tables are built anew when an operator says so."""

import fcntl

import pytest

from api.security.key_files import read_key_files
from api.settings import Settings
from api.wiring import build_plan
from indexer.records import BankKind
from tests.api.servers import command
from tests.indexer.factories import (
    add_to_case,
    listed_in,
    make_enrolments,
    open_case,
    opened,
    withdraw_case,
)

FOLDER_MODE = 0o700


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder whose lists have tables, however short they are."""
    monkeypatch.setenv("HASHSVC_INDEX_MODE", "base")
    monkeypatch.setenv("HASHSVC_INDEX_FOLDER", str(tmp_path / "tables"))
    folder = tmp_path / "var"
    folder.mkdir(mode=FOLDER_MODE)
    assert command("migrate", folder=folder).returncode == 0
    return folder


def store_in(data):
    return opened(Settings(data=data).url, read_key_files(data).seal)


def tables_of(data):
    """Ids in the newest tables of what was reported."""
    plan = build_plan(Settings(data=data), read_key_files(data))
    return set(plan.snapshots()[BankKind.REPORTED].load().base.columns.ids.tolist())


def test_what_was_withdrawn_leaves_the_tables_at_once(data):
    with store_in(data) as store:
        # So many that the one withdrawn is not due by itself.
        stays, goes = open_case(store, 300), open_case(store, 1, seed=1)
        assert command("compact", folder=data).stdout.split() == ["reported", "benign"]
        withdraw_case(store, goes)
        add_to_case(store, stays, make_enrolments(1, start=900))

        done = command("compact", folder=data)

        assert (done.returncode, done.stdout) == (0, "reported\n"), done.stderr
        assert tables_of(data) == listed_in(store).keys()


def test_nothing_is_built_where_nothing_changed_or_no_list_is_long(data, monkeypatch):
    with store_in(data) as store:
        open_case(store, 3)
    command("compact", folder=data)

    again = command("compact", folder=data)
    short = command("compact", folder=data, HASHSVC_INDEX_MODE="flat")

    for done in (again, short):
        assert (done.returncode, done.stdout) == (0, "")
        assert "Nothing to build" in done.stderr


def test_another_builder_is_waited_for_by_nobody(data, tmp_path):
    command("compact", folder=data)

    with (tmp_path / "tables" / "build.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = command("compact", folder=data)

    assert done.returncode == 1
    assert "Another process builds tables now" in done.stderr

"""A backup is taken while others write, and comes back without what was withdrawn."""

import stat

import pytest

from api.security.key_files import read_key_files
from hashsvc.closed_sets import CaseStatus, FeedKind, ListedState
from indexer.platform_records import NewEntry
from indexer.records import Hold, Standing
from indexer.store import Store, tables
from indexer.store.only_server import only_server
from indexer.store.tombstones import TombstoneSink
from tests.api.instances import Instance, said
from tests.indexer.factories import AT, listed_in, log_of, make_platform, open_case, withdraw_case
from tests.indexer.rows import column


@pytest.fixture
def lose(databases):
    """Lose a database: on PostgreSQL an empty one takes its place, on SQLite the file stays."""
    if databases.name == "sqlite":
        yield lambda _instance: None
        return
    with databases.empty() as url:

        def lost(instance):
            instance.url = url

        yield lost


@pytest.fixture
def withdrawn_since(instance):
    """A backup of two cases, one of which was withdrawn later; the one that stays."""
    with instance.store() as store:
        goes, stays = open_case(store, 2, seed=1), open_case(store, 1, seed=2)
        instance.remember(store)
        assert instance.run("backup", instance.backup).exit_code == 0
        withdraw_case(store, goes)
        instance.remember(store)
        return set(listed_in(store, stays))


def test_a_backup_is_taken_while_others_use_the_database_and_is_for_one_user_alone(instance):
    with instance.store() as store:
        open_case(store, 2)
        with store.snapshot() as tx:
            tx.changes.head()
            answer = instance.run("backup", instance.backup)

    assert answer.exit_code == 0, answer.output
    assert stat.S_IMODE(instance.backup.stat().st_mode) == 0o600
    assert not list(instance.backup.parent.glob("*.draft"))


def test_a_restored_backup_holds_what_it_held(instance, lose):
    with instance.store() as store:
        open_case(store, 3)
        before, log = listed_in(store), log_of(store)
    assert instance.run("backup", instance.backup).exit_code == 0
    lose(instance)

    answer = instance.run("restore", instance.backup)

    assert answer.exit_code == 0, answer.output
    with instance.store() as store:
        assert listed_in(store) == before
        assert log_of(store)[1] == log[1]


@pytest.mark.goal("G6")
def test_what_was_withdrawn_since_the_backup_does_not_come_back(
    instance, withdrawn_since, lose, figure
):
    lose(instance)

    answer = instance.run("restore", instance.backup, "--tombstones", instance.tombstones)

    assert answer.exit_code == 0, answer.output
    assert "2 signatures left the list again" in said(answer)
    with instance.store() as store:
        assert set(listed_in(store)) == withdrawn_since
        assert CaseStatus.WITHDRAWN in column(store, tables.case, "status")
        assert len(column(store, tables.data_key, "id")) == 1  # the withdrawn case's is erased
        instance.remember(store)  # a server starts and goes on
    assert instance.run("verify").exit_code == 0
    figure("backup older than a withdrawal of 2 signatures restored: 0 back")


@pytest.mark.control("G6")
def test_without_tombstones_it_would_come_back(instance, withdrawn_since, lose, figure):
    """The control of the test above: nobody knows of the withdrawal any more."""
    lose(instance)
    instance.high_water.path.unlink()

    answer = instance.run("restore", instance.backup)

    assert "is back" in said(answer)
    with instance.store() as store:
        assert len(listed_in(store)) == len(withdrawn_since) + 2
    figure("without replaying the tombstones: 2 of 2 back")


def test_an_older_backup_is_refused_without_tombstones(instance, withdrawn_since, lose):
    lose(instance)

    answer = instance.run("restore", instance.backup)

    assert answer.exit_code == 1
    assert "withdrawn cases would come back" in said(answer)


def test_a_refused_backup_leaves_a_sqlite_database_as_it_was(instance, withdrawn_since, databases):
    if databases.name == "postgres":  # there an empty database is filled
        return
    instance.run("restore", instance.backup)

    with instance.store() as store:
        assert set(listed_in(store)) == withdrawn_since
    names = {path.name for path in instance.folder.iterdir()}
    assert not {name for name in names if "restoring" in name or "replaced" in name}


def test_tombstones_that_end_too_early_do_not_fill_the_gap(instance, withdrawn_since, lose):
    lose(instance)
    lines = instance.tombstones.read_bytes().splitlines(keepends=True)
    instance.tombstones.write_bytes(b"".join(lines[:-1]))

    answer = instance.run("restore", instance.backup, "--tombstones", instance.tombstones)

    assert answer.exit_code == 1
    assert "withdrawn cases would come back" in said(answer)


def test_tombstones_of_another_database_are_refused(instance, withdrawn_since, lose, databases):
    lose(instance)
    instance.tombstones.unlink()
    with databases.fresh() as url:
        other = Store.at(url, read_key_files(instance.folder).seal)
        with other.transaction() as tx:
            tx.rotation.use(other.ring.current_id)
        withdraw_case(other, open_case(other, 1))
        TombstoneSink(instance.tombstones, other).catch_up()
        other.close()

    answer = instance.run("restore", instance.backup, "--tombstones", instance.tombstones)

    assert answer.exit_code == 1
    assert "tombstones" in said(answer)


def test_what_was_suspended_since_is_suspended_again(instance, lose):
    with instance.store() as store:
        open_case(store, 2)
        first, second = listed_in(store)
        assert instance.run("backup", instance.backup).exit_code == 0
        with store.transaction() as tx:
            tx.listing.standings([first])
            tx.listing.move({first: Standing(ListedState.SUSPENDED, Hold.CHILD)}, at=AT)
        instance.remember(store)
    lose(instance)

    answer = instance.run("restore", instance.backup, "--tombstones", instance.tombstones)

    assert answer.exit_code == 0, answer.output
    with instance.store() as store:
        assert set(listed_in(store)) == {second}
        with store.transaction() as tx:
            standing = tx.listing.standings([first])[first]
    assert standing == Standing(ListedState.SUSPENDED, Hold.CHILD)


def test_a_second_restore_knows_of_both_lives(instance, withdrawn_since, databases):
    if databases.name == "postgres":  # needs one empty database more; the code is the same
        return
    tombstones = ("--tombstones", instance.tombstones)
    assert instance.run("restore", instance.backup, *tombstones).exit_code == 0
    with instance.store() as store:
        later = open_case(store, 1, seed=9)
        instance.remember(store)
        second = instance.backup.with_name("second")
        assert instance.run("backup", second).exit_code == 0
        withdraw_case(store, later)
        instance.remember(store)

    for backup in (second, instance.backup):
        answer = instance.run("restore", backup, *tombstones)
        assert answer.exit_code == 0, answer.output
        with instance.store() as store:
            assert set(listed_in(store)) == withdrawn_since
            instance.remember(store)


def test_cursors_of_a_restored_database_have_another_epoch(instance, lose):
    with instance.store() as store:
        platform = make_platform(store)
        with store.transaction() as tx:
            tx.feeds.append([NewEntry(platform.platform_id, FeedKind.SWEEP_REQUESTED)], at=AT)
        before = log_of(store)[0]
    assert instance.run("backup", instance.backup).exit_code == 0
    lose(instance)
    assert instance.run("restore", instance.backup).exit_code == 0

    with instance.store() as store:
        after = log_of(store)[0]
    assert after.epoch != before.epoch  # which each cursor carries: an older one is answered 410
    assert (after.seq, after.digest) == (before.seq, before.digest)


def test_a_postgres_database_that_holds_something_is_left_as_it_is(instance, databases):
    if databases.name == "sqlite":
        return
    with instance.store() as store:
        open_case(store, 1)
        assert instance.run("backup", instance.backup).exit_code == 0
        open_case(store, 1, seed=1)

        answer = instance.run("restore", instance.backup)

        assert answer.exit_code == 1
        assert "not empty" in said(answer)
        assert len(listed_in(store)) == 2


def test_a_database_that_is_served_is_left_as_it_is(instance, databases):
    if databases.name == "postgres":  # there it would not be empty
        return
    with instance.store() as store:
        open_case(store, 1)
        assert instance.run("backup", instance.backup).exit_code == 0
        open_case(store, 1, seed=1)
    with only_server(instance.url):
        answer = instance.run("restore", instance.backup)

    assert answer.exit_code == 1
    assert "Another server runs" in said(answer)
    with instance.store() as store:
        assert len(listed_in(store)) == 2


@pytest.mark.parametrize("content", [None, b"", b"no database", b"SQLite format 3\0" * 100])
def test_what_is_no_backup_is_refused(instance, lose, content):
    if content is not None:
        instance.backup.write_bytes(content)
    lose(instance)

    answer = instance.run("restore", instance.backup)

    assert answer.exit_code == 1
    assert "could not be read" in said(answer)


def test_a_database_url_s_password_is_on_no_command_line(monkeypatch, tmp_path):
    seen = []
    tool = tmp_path / "pg_dump"
    tool.write_text('#!/bin/sh\necho "$@" > "$SEEN"\necho "$PGPASSWORD" >> "$SEEN"\n')
    tool.chmod(0o700)
    monkeypatch.setenv("SEEN", str(tmp_path / "seen"))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    instance = Instance(tmp_path, "postgresql+psycopg://user:s3cret@db.example/hashsvc")

    assert instance.run("backup", instance.backup).exit_code == 0

    seen = (tmp_path / "seen").read_text().splitlines()
    assert "s3cret" not in seen[0]
    assert seen[1] == "s3cret"


def test_without_postgres_s_tools_one_sentence_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    instance = Instance(tmp_path, "postgresql+psycopg://user@db.example/hashsvc")

    answer = instance.run("backup", instance.backup)

    assert answer.exit_code == 1
    assert "`pg_dump` is not installed" in said(answer)


def test_a_restored_database_is_signed_anew_in_every_folder(instance, lose, monkeypatch):
    sink = instance.folder.parent / "checkpoints"
    sink.mkdir()
    monkeypatch.setenv("HASHSVC_CHECKPOINTS", str(sink))
    with instance.store() as store:
        open_case(store, 2)
        instance.remember(store)
        assert instance.run("backup", instance.backup).exit_code == 0
        open_case(store, 3, seed=7)
        assert instance.run("audit", "checkpoint").exit_code == 0
    instance.high_water.path.unlink()
    lose(instance)

    answer = instance.run("restore", instance.backup)

    assert answer.exit_code == 0, answer.output
    assert instance.run("audit", "checkpoint").exit_code == 0
    assert instance.run("audit", "verify").exit_code == 0
    sizes = [
        part.split("\n")[1]
        for part in (sink / "change.checkpoints").read_text().split("\n\n")[::2][:-1]
    ]
    assert sizes == ["5", "2"]

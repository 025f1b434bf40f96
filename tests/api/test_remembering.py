"""A withdrawal is remembered outside the database before it is acknowledged."""

import shutil
from contextlib import contextmanager

import pytest

from api.security.key_files import read_key_files
from api.workers.remembering import TombstoneWriting
from indexer.store.high_water import HighWater
from indexer.store.tombstones import TombstoneSink, read_tombstones
from tests.api.bodies import case_request, opened_number
from tests.api.servers import command
from tests.api.test_serving import running
from tests.factories import make_signature
from tests.indexer.factories import listed_in, open_case, opened, withdraw_case

SEEN = make_signature(seed=3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "other-disk" / "tombstones.jsonl"


@pytest.fixture
def client(start, connect, path):
    """A service whose file of tombstones has no folder yet: its disk is away."""
    return connect(start(tombstones=path))


def listed(settings):
    with opened(settings.url, read_key_files(settings.data).seal) as store:
        return set(listed_in(store))


def test_a_withdrawal_is_written_down_when_it_is_acknowledged(client, settings, path):
    path.parent.mkdir()
    number = opened_number(client, SEEN)
    ids = listed(settings)

    assert case_request(client, "withdraw", number).status_code == 204

    assert read_tombstones(path).erased == ids
    assert ids


def test_a_withdrawal_that_cannot_be_remembered_is_not_acknowledged(client, settings, path):
    number = opened_number(client, SEEN)
    ids = listed(settings)

    answer = case_request(client, "withdraw", number)

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert not listed(settings)  # it holds already

    path.parent.mkdir()
    assert case_request(client, "withdraw", number).status_code == 204
    assert read_tombstones(path).erased == ids


def test_a_case_is_opened_while_the_disk_is_away(client):
    assert opened_number(client, SEEN)


def sentence_of(folder, **environment):
    """What a start that is refused says."""
    answer = command("run", "--port", "0", folder=folder, **environment)
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    return " ".join(answer.stderr.split())


@pytest.fixture
def copied(settings, folder):
    """The store, and a copy of its database that takes its place afterwards."""

    @contextmanager
    def opened_and_exchanged():
        copy = shutil.copyfile(folder / "hashsvc.db", folder / "copy.db")
        with opened(settings.url, read_key_files(folder).seal) as store:
            yield store
        shutil.move(copy, folder / "hashsvc.db")

    return opened_and_exchanged


def test_an_older_copy_of_the_database_is_not_started(settings, folder, copied):
    with copied() as store:
        open_case(store, 1)
        HighWater(settings.high_water).write(store)

    assert "database is older than" in sentence_of(folder)


def test_a_database_that_knows_less_than_its_tombstones_is_not_started(folder, copied, tmp_path):
    path = tmp_path / "tombstones.jsonl"
    with copied() as store:
        withdraw_case(store, open_case(store, 1))
        TombstoneSink(path, store).catch_up()

    said = sentence_of(folder, HASHSVC_TOMBSTONES=str(path))

    assert "tombstones knows of changes that the database lacks" in said


def test_a_start_keeps_how_far_the_log_went(start, connect, settings):
    client = connect(start())
    number = opened_number(client, SEEN)
    client.__exit__(None, None, None)

    assert HighWater(settings.high_water).read().seq == 1
    assert number


def test_a_start_without_tombstones_says_what_that_means(folder):
    with running(folder) as server:
        pass

    assert "HASHSVC_TOMBSTONES is not set" in server.stderr


def test_a_disk_that_is_away_is_told_of_once_and_again_when_it_goes_again(
    settings, folder, path, caplog
):
    with opened(settings.url, read_key_files(folder).seal) as store:
        writing = TombstoneWriting(TombstoneSink(path, store))
        writing.look()
        writing.look()
        assert len(caplog.messages) == 1

        path.parent.mkdir()
        withdraw_case(store, open_case(store, 1))
        writing.look()
        shutil.rmtree(path.parent)
        writing.look()

    assert len(caplog.messages) == 2
    assert all("look at its disk" in message for message in caplog.messages)

"""Checkpoints are made while a service runs, and a service does not run on what lacks them."""

import shutil
from dataclasses import replace

import pytest

from api.security.key_files import read_key_files
from api.wiring import checkpoint_service
from api.workers.checkpointing import Checkpointing
from hashsvc.transparency import Checkpoint
from indexer.errors import CheckpointForkedError, StreamFaultyError
from indexer.records import Stream
from tests.api.bodies import opened_number
from tests.factories import make_signature
from tests.indexer.factories import opened
from tests.indexer.streams import cut, fill, rewritten, run

SEEN = make_signature(seed=3)


@pytest.fixture
def sink(tmp_path, settings):
    folder = tmp_path / "other-disk"
    folder.mkdir()
    settings.checkpoints = str(folder)
    return folder


@pytest.fixture
def store(settings):
    with opened(settings.url, read_key_files(settings.data).seal) as store:
        yield store


@pytest.fixture
def service(settings, store, sink):
    return checkpoint_service(settings, store)


def sizes(service, stream=Stream.ACCESS):
    return [one.root.size for one in service.sinks[0].read(stream, service.verifiers(stream))]


def test_a_service_signs_at_its_start_and_at_its_end(start, connect, service):
    client = connect(start())
    assert (sizes(service), sizes(service, Stream.CHANGE)) == ([0], [0])

    opened_number(client, SEEN)
    client.__exit__(None, None, None)

    assert sizes(service, Stream.CHANGE) == [0, 1]
    assert sizes(service)[-1] >= 1


@pytest.mark.parametrize("harm", [rewritten, cut])
def test_a_service_does_not_start_on_a_stream_that_lacks_what_was_signed(service, harm):
    fill(service.store, 9)
    service.make(Stream.ACCESS)
    harm(service.store, keep=4)
    run(service.store, "DELETE FROM checkpoint")

    with pytest.raises(CheckpointForkedError):
        Checkpointing(service).start()


def test_a_service_that_sees_altered_rows_is_not_ready_and_says_so_once(
    start, connect, service, caplog
):
    app = start()
    client = connect(app)
    assert client.get("/readyz").status_code == 200
    work = Checkpointing(service)

    fill(service.store, 3)
    run(service.store, "UPDATE access SET day = 7")
    work.look()
    work.look()

    with pytest.raises(StreamFaultyError):
        work.require_sound()
    assert [text for text in caplog.messages if "wrong from row" in text] == [
        "The stream access is wrong from row 1 on: digest."
    ]


def test_readiness_asks_for_the_audit(start, connect, service):
    client = connect(start())

    def broken():
        raise CheckpointForkedError(Stream.ACCESS)

    state = client.app.state
    state.services = replace(state.services, require_audit=broken)

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "row" not in answer.text


def test_a_folder_that_is_away_keeps_no_service_from_starting(start, connect, sink, caplog):
    shutil.rmtree(sink)

    client = connect(start())

    assert client.get("/readyz").status_code == 200
    assert any("HASHSVC_CHECKPOINTS) cannot be" in text for text in caplog.messages)


def test_the_age_begins_anew_with_each_look_that_went_well(service, sink):
    work = Checkpointing(service)
    age = work.ages()[Stream.ACCESS]
    shutil.rmtree(sink)
    work.look()
    before = age()
    assert age() >= before

    sink.mkdir()
    work._made[Stream.ACCESS] -= 1_000
    work.look()

    assert age() < 1_000


def test_the_age_is_a_metric_of_each_stream(start, connect, sink):
    text = connect(start()).get("/metrics").text

    assert 'hashsvc_checkpoint_age_seconds{stream="access"}' in text
    assert 'hashsvc_checkpoint_age_seconds{stream="change"}' in text


def test_a_start_without_folders_says_what_that_means(start, connect, caplog):
    connect(start())

    assert any("HASHSVC_CHECKPOINTS is not set" in text for text in caplog.messages)


def test_the_last_checkpoint_of_a_service_is_about_the_stream(service):
    fill(service.store, 2)
    work = Checkpointing(service)
    work.start()
    fill(service.store, 2)

    work.stop()

    newest = service.newest(Stream.ACCESS)
    assert Checkpoint.read(newest.note.text).root.size == 4
    assert sizes(service) == [2, 4]

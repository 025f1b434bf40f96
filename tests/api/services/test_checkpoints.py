"""Checkpoints grow with their stream, lie outside the database, and speak against what is lost."""

import shutil

import pytest

from api.security.checkpoint_keys import add_checkpoint_key, checkpoint_keys
from api.services.audits import AuditService
from api.services.checkpoints import CheckpointService
from api.services.errors import NoSuchRowError
from api.services.proofs import ProofService
from hashsvc.transparency import Checkpoint, Note, TransparencyError, Tree
from indexer.errors import (
    CheckpointForeignError,
    CheckpointForkedError,
    CheckpointSinkError,
    StreamFaultyError,
)
from indexer.records import Stream
from indexer.store.checkpoint_sinks import CheckpointSink
from indexer.store.restoring import begin_epoch
from tests.indexer.factories import AT, open_case
from tests.indexer.streams import cut, fill, rewritten, rows_of, run

ACCESS = Stream.ACCESS


@pytest.fixture
def sink(tmp_path):
    folder = tmp_path / "sink"
    folder.mkdir()
    return CheckpointSink(folder)


@pytest.fixture
def service(store, sink, tmp_path):
    return CheckpointService(store, checkpoint_keys(tmp_path), "test", [sink])


def read(service, stream=ACCESS):
    """What the sink holds."""
    return service.sinks[0].read(stream, service.verifiers(stream))


def sizes(service):
    return [checkpoint.root.size for checkpoint in read(service)]


def fault_of(service, **wishes):
    with pytest.raises(StreamFaultyError) as fault:
        AuditService(service).verify(ACCESS, **wishes)
    return fault.value.seq, fault.value.fault.value


def test_a_checkpoint_says_where_the_stream_ends(service):
    fill(service.store, 5)

    checkpoint = Checkpoint.read(service.make(ACCESS).text)

    assert (checkpoint.origin, checkpoint.root.size) == ("hashsvc.test/access", 5)
    assert checkpoint.told("head") == rows_of(service.store)[-1].digest.hex()


def test_checkpoints_of_a_growing_stream_prove_its_growth(service):
    held = [Checkpoint.read(service.make(ACCESS).text).root]
    for count in (1, 2, 13, 64):
        fill(service.store, count)
        held.append(Checkpoint.read(service.make(ACCESS).text).root)

    assert [root.size for root in held] == [0, 1, 3, 16, 80]
    for old in held:
        proof = ProofService(service).of_growth(ACCESS, old.size)
        assert proof.require(old).root == held[-1]
    assert sizes(service) == [0, 1, 3, 16, 80]


def test_every_row_can_be_proven(service):
    fill(service.store, 11)

    for row in rows_of(service.store):
        proof = ProofService(service).of_row(ACCESS, row.seq)
        assert (proof.digest, proof.require().root.size) == (row.digest, 11)


@pytest.mark.parametrize("seq", [0, 12])
def test_a_row_that_is_not_there_cannot_be_proven(service, seq):
    fill(service.store, 11)

    with pytest.raises(NoSuchRowError):
        ProofService(service).of_row(ACCESS, seq)


@pytest.mark.parametrize("since", [-1, 12])
def test_growth_from_a_size_that_never_was_cannot_be_proven(service, since):
    fill(service.store, 11)

    with pytest.raises(NoSuchRowError):
        ProofService(service).of_growth(ACCESS, since)


def test_a_checkpoint_of_the_list_counts_each_bank(service):
    open_case(service.store, 3)

    checkpoint = Checkpoint.read(service.make(Stream.CHANGE).text)

    assert "source reported 3" in checkpoint.extensions


def test_a_stream_that_did_not_grow_gets_no_second_checkpoint(service):
    fill(service.store, 3)

    assert service.make(ACCESS) == service.make(ACCESS)
    assert sizes(service) == [3]


def test_a_whole_stream_is_verified_with_all_its_checkpoints(service):
    for _ in range(3):
        fill(service.store, 7)
        service.make(ACCESS)

    verified = AuditService(service).verify(ACCESS)

    assert (verified.rows, verified.checkpoints) == (21, 4)  # the newest is in the database too
    assert AuditService(service).verify(ACCESS, first=10).rows == 12


@pytest.mark.goal("G12")
@pytest.mark.parametrize("harm", [rewritten, cut])
def test_what_fits_itself_is_found_against_a_checkpoint_outside(service, harm, figure):
    outside = []
    for _ in range(4):
        fill(service.store, 5)
        outside.append(Checkpoint.read(service.make(ACCESS).text))
    run(service.store, "DELETE FROM checkpoint")
    shutil.rmtree(service.sinks[0].folder)

    harm(service.store, keep=12)

    expected = {rewritten: (11, "fork"), cut: (13, "truncated")}[harm]
    assert fault_of(service, outside=outside) == expected
    figure(f"stream {harm.__name__}: found against a checkpoint outside, at row {expected[0]}")


@pytest.mark.control("G12")
@pytest.mark.parametrize("harm", [rewritten, cut])
def test_without_a_checkpoint_outside_it_is_missed(service, harm, figure):
    fill(service.store, 20)
    service.make(ACCESS)
    run(service.store, "DELETE FROM checkpoint")
    shutil.rmtree(service.sinks[0].folder)

    harm(service.store, keep=12)

    assert AuditService(service).verify(ACCESS).checkpoints == 0
    figure(f"no outside checkpoint: stream {harm.__name__}, missed")


def test_a_check_of_the_later_rows_compares_the_last_row_of_a_checkpoint(service):
    fill(service.store, 20)
    outside = [Checkpoint.read(service.make(ACCESS).text)]
    run(service.store, "DELETE FROM checkpoint")
    shutil.rmtree(service.sinks[0].folder)

    rewritten(service.store, keep=12)

    assert fault_of(service, outside=outside, first=5) == (20, "fork")


@pytest.mark.parametrize("harm", [rewritten, cut])
def test_nothing_is_signed_upon_a_stream_that_lacks_what_was_signed(service, harm):
    fill(service.store, 20)
    service.make(ACCESS)
    run(service.store, "DELETE FROM checkpoint")

    harm(service.store, keep=12)
    fill(service.store, 20)

    with pytest.raises(CheckpointForkedError):
        service.make(ACCESS)
    assert sizes(service) == [20]


def test_an_older_checkpoint_put_back_into_the_database_does_not_help(service):
    fill(service.store, 10)
    service.make(ACCESS)
    with service.store.snapshot() as tx:
        older = tx.checkpoints.newest(ACCESS)
    fill(service.store, 10)
    service.make(ACCESS)
    cut(service.store, keep=10)
    with service.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM checkpoint")
    with service.store.transaction() as tx:
        tx.checkpoints.keep(ACCESS, older, after=None)
    fill(service.store, 15, day=20_001)

    with pytest.raises(CheckpointForkedError):
        service.make(ACCESS)


def test_a_checkpoint_that_somebody_else_put_into_the_database_is_refused(service, tmp_path):
    (tmp_path / "other").mkdir()
    other = CheckpointService(service.store, checkpoint_keys(tmp_path / "other"), "test", [])
    fill(service.store, 10)
    other.make(ACCESS)

    with pytest.raises(CheckpointForeignError):
        service.make(ACCESS)
    assert fault_of(service) == (10, "signature")


def test_peaks_that_do_not_belong_to_the_signed_root_are_refused(service):
    fill(service.store, 8)
    service.make(ACCESS)

    run(service.store, "UPDATE checkpoint SET peaks = :peaks", peaks=bytes(32))

    with pytest.raises(CheckpointForeignError):
        service.make(ACCESS)


def test_rows_that_were_altered_before_they_were_signed_are_not_signed(service):
    fill(service.store, 8)
    service.make(ACCESS)
    fill(service.store, 8)

    run(service.store, "UPDATE access SET day = day + 1 WHERE seq = 12")

    with pytest.raises(StreamFaultyError):
        service.make(ACCESS)
    assert sizes(service) == [8]


def test_a_sink_that_was_away_is_brought_up_to_date(service):
    folder = service.sinks[0].folder
    fill(service.store, 3)
    folder.rename(folder.with_name("away"))
    with pytest.raises(CheckpointSinkError):
        service.make(ACCESS)

    folder.with_name("away").rename(folder)
    service.make(ACCESS)

    assert sizes(service) == [3]


def test_the_other_sinks_are_written_when_one_is_away(service, tmp_path):
    (tmp_path / "second").mkdir()
    second = CheckpointSink(tmp_path / "second")
    both = CheckpointService(
        service.store, service.keys, "test", [CheckpointSink(tmp_path / "none"), second]
    )
    fill(service.store, 3)

    with pytest.raises(CheckpointSinkError):
        both.make(ACCESS)

    assert [one.root.size for one in second.read(ACCESS, both.verifiers(ACCESS))] == [3]


def test_a_checkpoint_that_a_crash_cut_off_is_passed_over(service):
    fill(service.store, 3)
    service.make(ACCESS)
    path = service.sinks[0].path(ACCESS)
    whole = path.read_bytes()

    for length in range(1, len(whole), 61):
        path.write_bytes(whole + whole[:length])
        service.make(ACCESS)
        run(service.store, "DELETE FROM checkpoint")
        fill(service.store, 1)
        service.make(ACCESS)

        assert sizes(service)[-1] == len(rows_of(service.store))
        assert sizes(service)[0] == 3


def test_a_long_file_is_read_from_its_end(service):
    fill(service.store, 250)
    (signer,), path = service.keys.signers(service.origin(ACCESS)), service.sinks[0].path(ACCESS)
    with service.store.snapshot() as tx:
        epoch = tx.access.head().epoch.hex()
    tree, rows = Tree(), rows_of(service.store)
    with path.open("wb") as file:
        for size in range(1, 251):
            tree = tree.grown([rows[size - 1].digest])
            checkpoint = Checkpoint(signer.name, tree.root, (f"epoch {epoch}", "x" * 100))
            file.write(bytes(Note(checkpoint.text()).signed_by(signer, at=AT)) + b"\n")

    service.require_known(ACCESS)

    assert path.stat().st_size > 65_536
    assert sizes(service) == list(range(1, 251))
    cut(service.store, keep=249)
    with pytest.raises(CheckpointForkedError):
        service.require_known(ACCESS)


def test_a_sink_of_another_service_is_refused(service, tmp_path):
    fill(service.store, 3)
    service.make(ACCESS)
    renamed = CheckpointService(service.store, service.keys, "other", service.sinks)

    with pytest.raises(CheckpointForeignError):
        renamed.require_known(ACCESS)


def test_a_database_that_was_put_back_by_hand_is_refused_and_a_restored_one_begins_again(service):
    fill(service.store, 9)
    service.make(ACCESS)
    cut(service.store, keep=4)
    begin_epoch(service.store, at=AT)
    with pytest.raises(CheckpointForkedError):
        service.make(ACCESS)

    service.begin_again()

    fill(service.store, 2)
    service.make(ACCESS)
    assert sizes(service) == [9, 5, 7]  # 4, and the row that says that it was restored
    assert AuditService(service).verify(ACCESS).rows == 7


def test_an_epoch_that_no_restore_began_is_refused(service):
    fill(service.store, 9)
    service.make(ACCESS)

    run(service.store, "UPDATE head SET epoch = :epoch", epoch=bytes(8))

    with pytest.raises(CheckpointForkedError):
        service.require_known(ACCESS)


def test_a_new_key_is_vouched_for_by_the_one_before(service, tmp_path):
    fill(service.store, 3)
    service.make(ACCESS)
    (old,) = service.verifiers(ACCESS)

    keys = add_checkpoint_key(tmp_path)
    later = CheckpointService(service.store, keys, "test", service.sinks)
    fill(service.store, 3)
    note = later.make(ACCESS)

    assert later.verifiers(ACCESS)[1:] == [old]
    assert note.require_signed([old]) == [old]
    assert len(note.require_signed(later.verifiers(ACCESS))) == 2


def test_keys_are_for_this_user_alone(service, tmp_path):
    assert (tmp_path / "checkpoint.keys").stat().st_mode & 0o777 == 0o600
    assert service.sinks[0].folder.exists()


def test_two_that_sign_at_once_leave_one_line_of_checkpoints(service):
    fill(service.store, 3)
    mine = service.newest(ACCESS)
    other = CheckpointService(service.store, service.keys, "test", [])

    other.make(ACCESS)
    fill(service.store, 2)
    late = service._signed(ACCESS, mine, other_head(service))

    assert late.kept.tree.size == 3  # the one that was faster
    assert Checkpoint.read(service.make(ACCESS).text).root.size == 5


def other_head(service):
    with service.store.snapshot() as tx:
        return tx.access.head()


def test_a_note_in_the_database_that_is_none_is_refused(service):
    fill(service.store, 3)
    service.make(ACCESS)

    run(service.store, "UPDATE checkpoint SET note = :note", note=b"nothing")

    with pytest.raises(CheckpointForeignError):
        service.make(ACCESS)
    with pytest.raises(TransparencyError):
        Note.read(b"nothing")

"""A witness signs only what follows from what it holds, and keeps what speaks against it."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.transparency import Checkpoint, GrowthProof, KeyKind, Note, RowProof, Signer, Tree
from hashsvc.transparency.errors import (
    CheckpointOlderError,
    ForkedError,
    GrowthProofMissingError,
    GrowthUnprovenError,
    LogUnknownError,
    NoteForgedError,
    NoteMalformedError,
    NoteUnsignedError,
    ProofWrongError,
    WitnessExistsError,
    WitnessFolderError,
)
from hashsvc.transparency.merkle import consistency_ranges, inclusion_ranges, roots_of
from hashsvc.transparency.notes import seen_at
from hashsvc.transparency.witness import Witness
from tests.hashsvc.transparency import trees

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOG = Signer("hashsvc.test/access", bytes(range(32)))
NEW_KEY = Signer(LOG.name, bytes(range(1, 33)))
ROWS = trees.digests(40)
OTHERS = [*ROWS[:5], *trees.digests(35, seed=1)]  # the same log, rewritten after row 5


def note(size, rows=ROWS, signers=(LOG,)):
    signed = Note(Checkpoint(LOG.name, Tree().grown(rows[:size]).root).text())
    for signer in signers:
        signed = signed.signed_by(signer, at=AT)
    return signed


def shown(size, rows=ROWS, **how):
    return bytes(note(size, rows, **how))


def grown(old, new, rows=ROWS, **how):
    hashes = roots_of(consistency_ranges(old, new), rows)
    return bytes(GrowthProof(old, tuple(hashes), note(new, rows, **how)))


@pytest.fixture
def witness(tmp_path):
    witness = Witness.make(tmp_path / "watch", "example.org/witness")
    witness.trust(LOG.verifier)
    return witness


def evidence(witness):
    return {path.read_bytes() for path in witness.folder.glob("logs/*/evidence/*")}


def held(witness):
    ((_, checkpoint),) = witness.held()
    return checkpoint and checkpoint.root.size


def test_the_first_checkpoint_is_held(witness):
    seen = witness.check(shown(7), at=AT)

    assert (seen.before, held(witness)) == (None, 7)


def test_a_log_that_grew_is_followed(witness):
    witness.check(shown(7), at=AT)

    for old, new in ((7, 8), (8, 20), (20, 20), (20, 40)):
        assert witness.check(grown(old, new), at=AT).before == old
        assert held(witness) == new


def test_the_witness_signs_with_the_time(witness):
    seen = witness.check(shown(7), at=AT)

    signed = Note.read(bytes(seen.note))
    assert signed.require_signed([witness.signer.verifier]) == [witness.signer.verifier]
    assert signed.require_signed([LOG.verifier]) == [LOG.verifier]
    assert seen_at(signed.signatures[-1]) == AT
    assert witness.signer.kind is KeyKind.WITNESS


def test_the_same_checkpoint_may_be_shown_again(witness):
    witness.check(shown(7), at=AT)

    assert witness.check(shown(7), at=AT).before == 7


def test_two_logs_of_one_size_are_a_fork_and_both_are_kept(witness):
    first = witness.check(shown(7), at=AT)

    with pytest.raises(ForkedError):
        witness.check(shown(7, OTHERS), at=AT)

    assert evidence(witness) == {bytes(first.note), shown(7, OTHERS)}
    assert held(witness) == 7


def test_a_log_that_was_rewritten_cannot_prove_its_growth_and_both_are_kept(witness):
    first = witness.check(shown(7), at=AT)
    body = grown(7, 20, OTHERS)

    with pytest.raises(GrowthUnprovenError):
        witness.check(body, at=AT)

    assert evidence(witness) == {bytes(first.note), body}
    assert held(witness) == 7


def test_growth_without_a_proof_from_what_is_held_is_refused(witness):
    witness.check(shown(7), at=AT)

    for body in (shown(20), grown(5, 20), grown(8, 20)):
        with pytest.raises(GrowthProofMissingError, match="--since 7"):
            witness.check(body, at=AT)

    assert (evidence(witness), held(witness)) == (set(), 7)


def test_an_older_checkpoint_is_refused(witness):
    witness.check(shown(7), at=AT)

    with pytest.raises(CheckpointOlderError):
        witness.check(shown(6), at=AT)

    assert held(witness) == 7


def test_an_empty_log_may_grow_without_a_proof(witness):
    witness.check(shown(0), at=AT)

    assert witness.check(shown(9), at=AT).before == 0


@pytest.mark.parametrize(
    ("signers", "error"), [([], NoteMalformedError), ([NEW_KEY], NoteUnsignedError)]
)
def test_what_the_log_did_not_sign_is_refused(witness, signers, error):
    with pytest.raises(error):
        witness.check(shown(7, signers=signers), at=AT)

    assert held(witness) is None


def test_an_altered_checkpoint_is_refused(witness):
    with pytest.raises(NoteForgedError):
        witness.check(shown(7).replace(b"\n7\n", b"\n8\n"), at=AT)


def test_a_log_that_is_not_watched_is_refused(witness):
    stranger = Signer("hashsvc.other/access", bytes(32))
    body = bytes(Note(Checkpoint(stranger.name, Tree().root).text()).signed_by(stranger, at=AT))

    with pytest.raises(LogUnknownError):
        witness.check(body, at=AT)
    with pytest.raises(LogUnknownError):
        witness.restart(stranger.name)


def test_a_new_key_is_taken_beside_the_old_one_and_then_alone(witness):
    witness.check(shown(7, signers=[NEW_KEY, LOG]), at=AT)
    witness.trust(NEW_KEY.verifier)

    witness.check(grown(7, 9, signers=[NEW_KEY, LOG]), at=AT)
    assert witness.check(grown(9, 12, signers=[NEW_KEY]), at=AT).before == 9


def test_after_a_restart_the_next_checkpoint_is_the_first(witness):
    first = witness.check(shown(20), at=AT)

    witness.restart(LOG.name)

    assert held(witness) is None
    assert witness.check(shown(7, OTHERS), at=AT).before is None
    assert evidence(witness) == {bytes(first.note)}


def test_what_is_held_was_signed_by_this_witness(witness):
    witness.check(shown(7), at=AT)
    (newest,) = witness.folder.glob("logs/*/newest")

    newest.write_bytes(shown(3))

    with pytest.raises(NoteUnsignedError):
        witness.check(shown(3), at=AT)


def test_a_row_is_proven_to_a_witness(witness):
    hashes = tuple(roots_of(inclusion_ranges(6, 20), ROWS))
    proof = RowProof(ROWS[6], 6, hashes, note(20))

    checkpoint, number = witness.check_row(bytes(proof))

    assert (checkpoint.origin, number) == (LOG.name, 7)
    with pytest.raises(ProofWrongError):
        witness.check_row(bytes(RowProof(ROWS[7], 6, hashes, note(20))))
    with pytest.raises(NoteUnsignedError):
        witness.check_row(bytes(RowProof(ROWS[6], 6, hashes, note(20, signers=[NEW_KEY]))))


def test_a_key_is_never_written_over_and_for_one_user_alone(witness):
    assert (witness.folder / "witness.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(WitnessExistsError):
        Witness.make(witness.folder, "another")
    assert Witness.read(witness.folder) == witness


@pytest.mark.parametrize("body", [None, b"", b"name\n", b"name 00\n", b"\xff\n"])
def test_a_folder_without_a_key_is_no_witness(tmp_path, body):
    if body is not None:
        (tmp_path / "witness.key").write_bytes(body)

    with pytest.raises(WitnessFolderError):
        Witness.read(tmp_path)


@pytest.fixture
def typed(tmp_path):
    """Commands on one folder, each file written first."""

    def run(*words, body=None):
        (tmp_path / "file").write_bytes(body or b"")
        said = CliRunner().invoke(app, ["witness", words[0], str(tmp_path / "watch"), *words[1:]])
        assert "Traceback" not in said.output
        return said.exit_code, said.stdout, " ".join(said.stderr.split())

    return run


@pytest.fixture
def check(typed, tmp_path):
    def run(body, *words):
        return typed("check", str(tmp_path / "file"), *words, body=body)

    assert typed("new", "--name", "example.org/witness")[0] == 0
    assert typed("trust", str(LOG.verifier)) == (0, f"watching {LOG.name}\n", "")
    return run


def test_a_witness_at_work(check, typed, tmp_path):
    assert typed("show")[1] == f"{LOG.name}: nothing yet\n"
    assert check(shown(7))[:2] == (0, f"good: {LOG.name}, 7 rows, the first\n")

    out = tmp_path / "signed"
    assert check(grown(7, 9), "--out", str(out))[1] == (
        f"good: {LOG.name}, 9 rows, 2 more than before\n"
    )

    assert len(Note.read(out.read_bytes()).signatures) == 2
    assert typed("show")[1] == f"{LOG.name}: 9 rows\n"


@pytest.mark.parametrize(
    ("body", "code", "sentence"),
    [
        (shown(7, OTHERS), 3, "two versions of one log that cannot both be true"),
        (grown(7, 20, OTHERS), 3, "does not begin with what is held here"),
        (shown(3), 3, "older than the one that is held"),
        (shown(20), 1, "hashsvc-server audit prove --since 7"),
        (shown(7, signers=[NEW_KEY]), 1, "no signature of a key that is known"),
        (b"nothing", 1, "no signed note"),
        (b"old x\n\n" + shown(7), 1, "no file with a proof"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence(check, body, code, sentence):
    check(shown(7))

    refused = check(body)

    assert (refused[0], refused[1]) == (code, "")
    assert sentence in refused[2]


def test_a_row_and_a_restart_are_typed_too(check, typed, tmp_path):
    check(shown(20))
    hashes = tuple(roots_of(inclusion_ranges(6, 20), ROWS))
    body = bytes(RowProof(ROWS[6], 6, hashes, note(20)))

    assert typed("row", str(tmp_path / "file"), body=body)[1] == f"good: row 7 is in {LOG.name}\n"
    assert typed("restart", LOG.name)[0] == 0
    assert check(shown(5, OTHERS))[0] == 0


def test_a_missing_file_or_folder_is_said(typed, tmp_path, check):
    assert typed("check", str(tmp_path / "none"))[0] == 1
    assert typed("new", "--name", "another")[0] == 1
    assert typed("trust", "mistyped")[0] == 1

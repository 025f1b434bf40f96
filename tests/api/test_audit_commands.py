"""Operators check the audit, read it, and prove it to others."""

import json
from contextlib import closing

import pytest

from api.cli import app
from api.security.key_files import read_key_files
from hashsvc.transparency import Checkpoint, GrowthProof, Note, RowProof, Verifier
from indexer.audit_records import OPERATOR, Act
from indexer.records import Stream
from indexer.store import Store
from tests.indexer.factories import AT, open_case
from tests.indexer.streams import cut, fill, rewritten, rows_of, run
from tests.leaks import CliRunner


@pytest.fixture
def store(settings):
    with closing(Store.at(settings.url, read_key_files(settings.data).seal)) as store:
        yield store


@pytest.fixture
def sink(tmp_path, monkeypatch):
    folder = tmp_path / "other-disk"
    folder.mkdir()
    monkeypatch.setenv("HASHSVC_CHECKPOINTS", str(folder))
    return folder


@pytest.fixture
def audit(folder):
    def said(*words):
        return CliRunner().invoke(app, ["audit", *map(str, words), "--data", str(folder)])

    return said


def note_of(answer):
    assert answer.exit_code == 0, answer.output
    return Note.read(answer.stdout_bytes)


def keys_of(audit):
    lines = audit("keys").stdout.splitlines()
    return [Verifier.read(line) for line in lines]


@pytest.fixture
def held(audit, store, tmp_path):
    """A checkpoint of twelve rows and the keys, as somebody outside keeps them."""
    fill(store, 12)
    files = tmp_path / "access.note", tmp_path / "keys"
    files[0].write_bytes(audit("checkpoint", "--stream", "access").stdout_bytes)
    files[1].write_text(audit("keys").stdout)
    run(store, "DELETE FROM checkpoint")
    return ["--checkpoint", files[0], "--public-key", files[1]]


def test_good_streams_are_good(audit, store):
    fill(store, 7)
    open_case(store, 2)

    answer = audit("verify")

    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        "change: 2 rows good, 0 checkpoints say the same",
        "access: 7 rows good, 0 checkpoints say the same",
    ]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE access SET day = 3 WHERE seq = 5", "access 5 digest"),
        ("UPDATE access SET prev = zeroblob(32) WHERE seq = 5", "access 5 link"),
        ("DELETE FROM access WHERE seq = 5", "access 5 gap"),
        ("DELETE FROM access WHERE seq > 5", "access 6 truncated"),
        ("UPDATE change SET body = '{}' WHERE seq = 1", "change 1 digest"),
    ],
)
def test_the_first_bad_row_is_printed(audit, store, harm, said):
    fill(store, 7)
    open_case(store, 2)
    run(store, harm)

    answer = audit("verify")

    assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (1, said)


@pytest.mark.parametrize(("harm", "said"), [(rewritten, "1 fork"), (cut, "6 truncated")])
def test_what_fits_itself_is_found_with_a_checkpoint_from_outside(audit, store, held, harm, said):
    harm(store, keep=5)

    assert audit("verify").exit_code == 0
    answer = audit("verify", *held)

    assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (1, f"access {said}")


def test_what_fits_itself_is_found_with_the_folders_of_the_service(audit, store, sink):
    for _ in range(3):
        fill(store, 4)
        audit("checkpoint")
    rewritten(store, keep=5)
    run(store, "DELETE FROM checkpoint")

    answer = audit("verify")

    assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (1, "access 5 fork")


def test_rows_since_a_checkpoint_are_no_fault(audit, store, held):
    fill(store, 5)

    answer = audit("verify", *held, "--stream", "access")

    assert answer.stdout == "access: 17 rows good, 1 checkpoints say the same\n"
    assert audit("verify", *held, "--from", 9).exit_code == 0


def test_a_checkpoint_that_was_altered_is_told(audit, store, held):
    path = held[1]
    path.write_bytes(path.read_bytes().replace(b"\n12\n", b"\n13\n"))

    answer = audit("verify", *held)

    assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (1, "access 13 signature")


def test_a_checkpoint_that_nobody_pinned_signed_is_told(audit, store, held, tmp_path):
    other = tmp_path / "other"
    other.write_text(held[3].read_text().splitlines()[0])  # of the other stream

    answer = audit("verify", "--checkpoint", held[1], "--public-key", other)

    assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (1, "access 12 signature")


@pytest.mark.parametrize("body", [b"", b"nothing\n", b"a\n1\nb\n\n\xe2\x80\x94 a AAAAAAA=\n"])
def test_what_cannot_be_read_is_exit_code_2(audit, held, body):
    held[1].write_bytes(body)

    assert audit("verify", *held).exit_code == 2


def test_a_checkpoint_of_another_service_or_stream_is_exit_code_2(audit, held, monkeypatch):
    assert audit("verify", *held, "--stream", "change").exit_code == 2
    monkeypatch.setenv("HASHSVC_INSTANCE", "another")
    assert audit("verify", *held).exit_code == 2


def test_a_missing_file_or_database_is_exit_code_2(audit, held, folder):
    held[1].unlink()
    assert audit("verify", *held).exit_code == 2
    (folder / "hashsvc.db").unlink()
    assert audit("verify").exit_code == 2


def test_rows_are_shown_as_a_table(audit, store):
    with store.transaction() as tx:
        tx.audit.record(Act.CASE_OPEN, by=OPERATOR, at=AT, about={"signatures": 3})

    answer = audit("show")

    (row,) = [line for line in answer.stdout.splitlines() if "case:open" in line]
    assert [part.strip() for part in row.strip("│ ").split("│")] == [
        "1",
        f"{AT.date()}",
        "case:open",
        "operator",
        "signatures=3",
    ]


def test_rows_are_chosen_by_act_number_and_count(audit, store):
    fill(store, 30)
    with store.transaction() as tx:
        tx.audit.record(Act.KEY_CREATE, by=OPERATOR, at=AT)

    def rows(*words):
        lines = audit("show", "--json", *words).stdout.splitlines()
        return [json.loads(line)["row"] for line in lines]

    assert rows() == list(range(1, 32))
    assert rows("--limit", 3) == [29, 30, 31]
    assert rows("--from", 10, "--limit", 3) == [10, 11, 12]
    assert rows("--act", "key:create") == [31]
    assert rows("--act", "case:open") == []


def test_rows_of_the_list_are_shown_too(audit, store):
    open_case(store, 2)

    lines = audit("show", "--stream", "change", "--json").stdout.splitlines()

    assert [json.loads(line)["act"] for line in lines] == ["signature:add"] * 2


def test_a_row_shows_nothing_that_a_terminal_obeys(audit, store):
    body = json.dumps({"act": "\x1b[2J[red]", "by": "\x07", "about": {"a": "\x1b"}})
    fill(store, 1)
    run(store, "UPDATE access SET body = :body", body=body)

    answer = audit("show")

    assert "\x1b[2J" not in answer.stdout
    assert "\x07" not in answer.stdout
    assert "[red]" in answer.stdout


def test_a_checkpoint_is_signed_and_printed(audit, store):
    fill(store, 4)

    note = note_of(audit("checkpoint", "--stream", "access"))

    assert len(note.require_signed(keys_of(audit))) == 1
    assert Checkpoint.read(note.text).root.size == 4


def test_checkpoints_as_json_name_both_streams(audit, store):
    fill(store, 4)

    found = json.loads(audit("checkpoint", "--json").stdout)

    assert [(one["stream"], one["size"]) for one in found] == [("change", 0), ("access", 4)]
    assert all(Note.read(one["note"].encode()) for one in found)


def test_growth_is_proven_in_a_file(audit, store, tmp_path):
    fill(store, 4)
    old = Checkpoint.read(note_of(audit("checkpoint", "--stream", "access")).text).root
    fill(store, 9)

    assert audit("prove", "--since", 4, "--out", tmp_path / "proof").exit_code == 0

    proof = GrowthProof.read((tmp_path / "proof").read_bytes())
    assert proof.require(old).root.size == 13


def test_a_row_is_proven_on_standard_output(audit, store):
    fill(store, 9)

    proof = RowProof.read(audit("prove", "--seq", 4).stdout_bytes)

    assert proof.require().root.size == 9
    assert proof.digest == rows_of(store)[3].digest


@pytest.mark.parametrize(
    "words", [[], ["--seq", 1, "--since", 1], ["--seq", 99], ["--since", 99], ["--seq", 0]]
)
def test_what_cannot_be_proven_is_said_in_a_sentence(audit, store, words):
    fill(store, 9)

    answer = audit("prove", *words)

    assert answer.exit_code == 1
    assert answer.stderr.count(".") >= 1
    assert "Traceback" not in answer.output


def test_a_new_key_signs_beside_the_old_one(audit, store):
    (_, old) = keys_of(audit)

    assert audit("new-key").exit_code == 0
    fill(store, 1)

    note = note_of(audit("checkpoint", "--stream", "access"))
    assert note.require_signed([old]) == [old]
    assert len(note.require_signed(keys_of(audit))) == 2


def test_after_a_restore_an_operator_may_go_on(audit, store, sink):
    fill(store, 9)
    audit("checkpoint")
    cut(store, keep=4)
    run(store, "UPDATE head SET epoch = :epoch", epoch=bytes(8))
    assert "lacks rows" in " ".join(audit("checkpoint").stderr.split())

    assert audit("checkpoint", "--after-restore").exit_code == 0

    assert audit("checkpoint").exit_code == 0
    assert audit("verify").exit_code == 0
    assert (sink / f"{Stream.ACCESS}.checkpoints").read_text().count(
        "hashsvc.hashsvc/access\n"
    ) == 2

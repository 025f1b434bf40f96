"""A folder is as its manifest says, or one sentence says what is not."""

import base64
import hashlib
import json
import os
import shutil

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.scan.manifest_keys import ReportKey, key_id, read_report_key
from tests.hashsvc.scan.evidence import make_folder, scanned

KEY = ReportKey.generate()
PAGES = ("report.html", "certificate-draft.html")
NOT_AS_IT_WAS = "The folder is not as it was when the manifest was made: "


def run(*words, **options):
    return CliRunner().invoke(app, ["report", *map(str, words)], **options)


@pytest.fixture(scope="module")
def signed(tmp_path_factory, pack):
    """A finished scan with a signed report."""
    root = tmp_path_factory.mktemp("signed")
    scanned([make_folder(root / "evidence")], pack, root / "out")
    KEY.save(root / "key.pem")
    said = run(root / "out", "--format", "jsonl,html", "--sign-key", root / "key.pem")
    assert said.exit_code == 0, said.output
    return root / "out"


@pytest.fixture
def copy(tmp_path, signed):
    """One that a test may change."""
    return shutil.copytree(signed, tmp_path / "copy")


def refused(folder, *words):
    """The sentence."""
    said = run("verify", folder, *words)
    assert (said.exit_code, said.stdout) == (9, "")
    (line,) = said.stderr.splitlines()
    return line


def rewrite(folder, **fields):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_a_folder_as_it_was_is_good(signed):
    said = run("verify", signed, "--key", KEY.public)

    assert said.exit_code == 0
    assert said.stdout.splitlines() == [
        "good: 5 files are as the manifest says",
        f"signed with the key {key_id(KEY.public)}",
    ]


def test_the_manifest_lists_everything_with_its_digest(signed):
    listed = json.loads((signed / "manifest.json").read_text())["files"]

    names = {"journal.sqlite", "custody.jsonl", "files.jsonl", *PAGES}
    assert {one["name"] for one in listed} == names
    for one in listed:
        body = (signed / one["name"]).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())


@pytest.mark.parametrize("name", ["journal.sqlite", "custody.jsonl", "files.jsonl", *PAGES])
def test_a_file_with_one_bit_turned_is_named(copy, name):
    body = bytearray((copy / name).read_bytes())
    body[len(body) // 2] ^= 1
    (copy / name).write_bytes(body)

    assert refused(copy) == f"{NOT_AS_IT_WAS}changed: {name}."


def test_a_file_that_is_gone_and_one_that_came_are_named(copy):
    (copy / "files.jsonl").rename(copy / "other.jsonl")

    assert refused(copy) == f"{NOT_AS_IT_WAS}missing: files.jsonl; added: other.jsonl."


def test_a_file_in_a_new_folder_is_named(copy):
    (copy / "below").mkdir()
    (copy / "below" / "x\n").touch()

    assert refused(copy) == f"{NOT_AS_IT_WAS}added: below/x\\n."


def test_a_name_that_is_no_text_is_named(copy):
    (copy / os.fsdecode(b"\xff")).touch()

    assert refused(copy) == f"{NOT_AS_IT_WAS}added: \\udcff."


def test_a_link_in_place_of_a_file_is_named(copy, tmp_path):
    (copy / "files.jsonl").rename(tmp_path / "elsewhere")
    (copy / "files.jsonl").symlink_to(tmp_path / "elsewhere")

    assert refused(copy) == f"{NOT_AS_IT_WAS}changed: files.jsonl."


def test_an_altered_manifest_is_noticed(copy):
    rewrite(copy, created_at="2020-01-01T00:00:00+00:00")

    assert refused(copy) == "The manifest was altered: its signature does not hold."


def test_a_manifest_signed_by_another_key_is_noticed(copy):
    other = ReportKey.generate()
    rewrite(copy, signer=other.public)
    body = (copy / "manifest.json").read_bytes()
    signature = other.sign(b"hashsvc-report-v1\0" + body)
    (copy / "manifest.sig").write_bytes(base64.b64encode(signature))

    assert run("verify", copy).exit_code == 0
    assert refused(copy, "--key", KEY.public) == "The manifest is not signed with that key."


def test_a_manifest_made_anew_without_a_signature_is_noticed(copy):
    run(copy, "--format", "jsonl")

    said = run("verify", copy)

    assert said.exit_code == 0
    assert said.stderr == "The manifest is not signed: anybody can have written it anew.\n"
    assert not (copy / "manifest.sig").exists()
    assert refused(copy, "--key", KEY.public) == "The manifest is not signed with that key."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("manifest.json", "There is no manifest in this folder."),
        ("manifest.sig", "The manifest's signature is missing."),
    ],
)
def test_without_manifest_or_signature_nothing_is_good(copy, name, sentence):
    (copy / name).unlink()

    assert refused(copy) == sentence


@pytest.mark.parametrize("body", ["", "[]", "{", '{"files": [{}]}', "{}"])
def test_a_manifest_of_another_form_is_refused(copy, body):
    (copy / "manifest.json").write_text(body)

    assert refused(copy) == "The manifest was altered: it has another form."


@pytest.mark.parametrize("body", [b"", b"no base64!", base64.b64encode(bytes(64))])
def test_a_signature_that_is_none_does_not_hold(copy, body):
    (copy / "manifest.sig").write_bytes(body)

    assert refused(copy) == "The manifest was altered: its signature does not hold."


def test_totals_that_do_not_add_up_are_noticed(copy):
    totals = json.loads((copy / "manifest.json").read_text())["totals"]
    rewrite(copy, signer=None, totals=totals | {"files": totals["files"] + 1})

    assert refused(copy) == "The totals of the manifest do not add up."


def test_another_custody_log_is_noticed(copy):
    rewrite(copy, signer=None, custody_log_head="0" * 64)

    assert refused(copy) == "The custody log is not the one of the manifest."


def test_two_scans_of_the_same_evidence_have_the_same_body(tmp_path, pack):
    folder = make_folder(tmp_path / "evidence")
    bodies = []
    for name in ("one", "two"):
        scanned([folder], pack, tmp_path / name)
        run(tmp_path / name, "--format", "csv")
        bodies.append(json.loads((tmp_path / name / "manifest.json").read_text())["body_sha256"])

    assert bodies[0] == bodies[1]


def test_a_new_key_is_private_and_prints_its_public_half(tmp_path):
    said = run("new-key", tmp_path / "key.pem")

    assert said.stdout == f"{read_report_key(tmp_path / 'key.pem').public}\n"
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600


def test_a_key_with_a_passphrase_asks_for_it(tmp_path, copy):
    run("new-key", tmp_path / "key.pem", "--passphrase", input="open sesame\nopen sesame\n")
    words = (copy, "--format", "csv", "--sign-key", tmp_path / "key.pem")

    assert b"ENCRYPTED" in (tmp_path / "key.pem").read_bytes()
    assert run(*words, input="wrong\n").exit_code == 2
    assert run(*words, input="open sesame\n").exit_code == 0
    assert run("verify", copy).exit_code == 0


@pytest.mark.parametrize("command", ["new-key", "write", "verify"])
def test_a_key_that_cannot_be_used_is_wrong_usage(tmp_path, copy, command):
    bad = tmp_path / "bad.pem"
    bad.write_text("no key")
    bad.chmod(0o600)
    words = {
        "new-key": (bad,),
        "write": (copy, "--format", "csv", "--sign-key", bad),
        "verify": (copy, "--key", "xyz"),
    }

    assert run(command, *words[command]).exit_code == 2


def test_a_key_open_to_others_is_refused(tmp_path, copy):
    KEY.save(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o644)

    said = run(copy, "--format", "csv", "--sign-key", tmp_path / "key.pem")

    assert "open to others" in said.stderr
    assert said.exit_code == 2

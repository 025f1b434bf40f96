"""`hashsvc pack` as an investigator types it, and the files it needs."""

import json
import os
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.packs import read_pack_key, read_trust
from hashsvc.packs.errors import PackKeyError
from hashsvc.times import now
from tests.hashsvc.packs import KEY, SIGNER, TRUST, make_pack


def run(*words):
    return CliRunner().invoke(app, ["pack", *map(str, words)])


@pytest.fixture
def files(tmp_path):
    """A pack, its key and whom to trust."""
    KEY.save(tmp_path / "lab.key")
    (tmp_path / "signers").write_text(f"# the service\n\n{TRUST[0].line()}\n")
    (tmp_path / "some.pack").write_bytes(make_pack(at=now()))
    return tmp_path


def words_of(files):
    return files / "some.pack", "--key", files / "lab.key", "--trust", files / "signers"


def test_a_new_key_is_private_and_prints_its_public_half(tmp_path):
    said = run("new-key", tmp_path / "lab.key")

    key = read_pack_key(tmp_path / "lab.key")
    assert said.stdout == f"{key.recipient}\n"
    assert str(key.identity) not in said.output
    assert (tmp_path / "lab.key").stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_written_over(tmp_path):
    run("new-key", tmp_path / "lab.key")
    before = (tmp_path / "lab.key").read_bytes()

    said = run("new-key", tmp_path / "lab.key")

    assert said.stderr == "This file exists already: a key is never written over.\n"
    assert (tmp_path / "lab.key").read_bytes() == before


def test_a_good_pack_is_told(files):
    said = run("verify", *words_of(files))

    assert (said.stdout, said.exit_code) == ("good: reported, 1 entries\n", 0)


def test_what_a_pack_says_of_itself_is_json(files):
    said = run("info", *words_of(files))

    shown = json.loads(said.stdout)
    assert (shown["bank"], shown["entries"], shown["weakest_tier"]) == ("reported", 1, "possible")
    assert shown["signer"] == SIGNER.public.hex()


@pytest.mark.parametrize("command", ["verify", "info"])
def test_an_expired_pack_is_one_sentence_and_exit_code_3(files, command):
    (files / "some.pack").write_bytes(make_pack(at=now(), life=timedelta(0)))

    said = run(command, *words_of(files))

    assert said.stderr == "The pack has expired: ask the operator for a new one.\n"
    assert (said.stdout, said.exit_code) == ("", 3)


def test_an_older_pack_is_refused_next_to_the_same_key(files):
    older = make_pack(at=now() - timedelta(hours=1))
    run("verify", *words_of(files))

    (files / "some.pack").write_bytes(older)

    assert run("verify", *words_of(files)).exit_code == 3


def test_a_damaged_file_of_versions_is_not_passed_over(files):
    (files / "lab.key.seen").write_text("{")

    said = run("verify", *words_of(files))

    assert "file of versions" in said.stderr
    assert said.exit_code == 3


def test_a_key_that_others_can_read_is_refused(files):
    (files / "lab.key").chmod(0o640)

    said = run("verify", *words_of(files))

    assert "open to others" in said.stderr
    assert said.exit_code == 3


@pytest.mark.parametrize(
    "text",
    ["", "age1xyz\n", "AGE-SECRET-KEY-1\n", f"{KEY.identity}\nx\n"],
    ids=["empty", "a recipient", "cut", "more than a key"],
)
def test_a_file_that_is_no_key_is_refused(tmp_path, text):
    path = tmp_path / "key"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(PackKeyError):
        read_pack_key(path)


@pytest.mark.parametrize("text", ["", "# none\n", "reported abc\n", f"{TRUST[0].line()} more\n"])
def test_a_file_that_trusts_nobody_is_refused(tmp_path, text):
    path = tmp_path / "signers"
    path.write_text(text)

    with pytest.raises(PackKeyError):
        read_trust(path)


def test_a_trust_file_holds_several_signers(tmp_path):
    path = tmp_path / "signers"
    path.write_text(os.linesep.join(one.line() for one in TRUST * 2))

    assert read_trust(path) == TRUST * 2

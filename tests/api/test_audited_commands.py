"""What operators do with commands is in the audit, each act by its own word."""

import json
import re

import pytest

from api.cli import app as cli
from api.security.key_files import read_key_files
from api.settings import Settings
from hashsvc.packs import PackKey
from indexer.store import Store
from tests.factories import make_signature
from tests.leaks import CliRunner

RECIPIENT = PackKey.generate().recipient


@pytest.fixture
def run(folder, kept_umask):
    return lambda *words: CliRunner().invoke(cli, [*map(str, words), "--data", str(folder)])


@pytest.fixture
def recorded(folder):
    """Reads the acts of an operator after a place in the stream."""

    def read(after=0):
        store = Store.at(Settings(data=folder).url, read_key_files(folder).seal)
        with store.snapshot() as tx:
            rows = [json.loads(row.body) for row in tx.access.after(after, limit=1000)]
        store.close()
        assert {row["by"] for row in rows} <= {"operator"}
        return [row["act"] for row in rows]

    return read


@pytest.fixture
def hashes(tmp_path):
    path = tmp_path / "hashes.jsonl"
    signature = make_signature(seed=500)
    path.write_text(json.dumps({"file": "a.png", "signatures": [signature.to_json()]}) + "\n")
    return path


def made_key(run):
    said = run("create-key", "--name", "example", "--scope", "matches:write")
    return re.search(r"hsk_live_(\w{8})_", said.stdout)[1]


def test_keys(run, recorded):
    key_id = made_key(run)
    replaced = run("replace-key", key_id)
    revoked = run("revoke-key", key_id)

    assert (replaced.exit_code, revoked.exit_code) == (0, 0)
    assert recorded() == ["key:create", "key:replace", "key:revoke"]


def test_banks(run, recorded, hashes, tmp_path):
    lines = tmp_path / "list.csv"
    lines.write_text(make_signature(seed=9).pdq.hex() + "\n")

    said = [
        run("bank", "add-benign", hashes),
        run("bank", "import", lines, "--bank", "theirs"),
        run("bank", "limit", "theirs", "--weakest-tier", "likely"),
        run("bank", "empty", "--bank", "theirs"),
    ]

    assert [one.exit_code for one in said] == [0, 0, 0, 0], [one.output for one in said]
    assert set(recorded()) == {"bank:add", "bank:limit", "bank:empty"}


def test_lists_and_packs(run, recorded, tmp_path):
    wanted = ("--kind", "pack", "--bank", "reported", "--to", RECIPIENT, "--reference", "OB 4")
    said = [
        run("list", "grant", "example", "--reference", "OB 4", "--by", "amina"),
        run("list", "grant", "example", "--reference", "OB 4", "--by", "ben"),
        run("list", "revoke", "example"),
        run("disclosure", "ask", *wanted, "--by", "amina"),
        run("disclosure", "approve", 1, "--by", "ben"),
        run("pack", "build", 1, "--out", tmp_path / "p"),
    ]

    assert [one.exit_code for one in said] == [0] * 6, [one.output for one in said]
    assert recorded() == [
        *("list:grant", "list:grant", "list:revoke"),
        *("disclosure:ask", "disclosure:approve", "pack:build"),
    ]


def test_what_only_looks_leaves_nothing(run, recorded):
    for words in (("keys",), ("bank", "list"), ("list", "show"), ("import", "status")):
        assert run(*words).exit_code == 0

    assert recorded() == []

"""`hashsvc-server list`: two operators, one to take it back."""

import json
import re
from contextlib import closing

import pytest
from sqlalchemy import update

from api.cli import app as cli
from api.security.key_files import read_key_files
from indexer.store import Store, list_tables
from tests.leaks import CliRunner

SAID = "--by", "amina", "--reference", "4/2026"
WIDE = {"COLUMNS": "240"}  # a table row is one line


@pytest.fixture
def run(folder, kept_umask):
    def said(*words):
        return CliRunner().invoke(cli, ["list", *words, "--data", str(folder)], env=WIDE)

    return said


@pytest.fixture
def store(settings):
    with closing(Store.at(settings.url, read_key_files(settings.data).seal)) as store:
        yield store


@pytest.fixture
def recorded(store):
    def read():
        with store.snapshot() as tx:
            return [json.loads(row.body)["act"] for row in tx.access.after(0, limit=100)]

    return read


@pytest.fixture
def grant(run):
    def granted(by, reference="[agreement] 4/2026"):
        return run("grant", "example", "--reference", reference, "--by", by)

    return granted


def test_a_list_is_granted_by_two_and_revoked_by_one(run, grant):
    first = grant("amina")
    waiting = run("show").stdout
    second = grant("ben")
    again = grant("amina")
    granted = run("show").stdout
    revoked = run("revoke", "example")

    assert "Another operator has to grant it too" in first.stderr
    assert re.search(r"waits for a second operator.*amina.*\[agreement\] 4/2026", waiting)
    assert "Granted" in second.stderr
    assert "Granted" in again.stderr
    assert re.search(r"example.*reported.*granted.*amina and ben.*\[agreement\] 4/2026", granted)
    assert revoked.exit_code == 0
    assert "revoked" in run("show").stdout


@pytest.mark.parametrize("name", ["amina", " Amina ", "AMINA", "Amina Wanjiku", "Ámina"])
def test_one_person_under_two_spellings_does_not_grant(run, grant, recorded, name):
    grant("Amina")

    said = grant(name)

    assert "Who asked cannot approve" in said.stderr
    assert said.exit_code == 1
    assert "waits for a second operator" in run("show").stdout
    assert recorded() == ["list:grant"]
    assert "Granted" in grant("Otieno").stderr


@pytest.mark.parametrize(
    ("reference", "fits"), [("x", True), ("x" * 128, True), ("x" * 129, False)]
)
@pytest.mark.parametrize("by", ["amina", "y" * 64])
def test_a_reference_is_short(run, grant, reference, fits, by):
    said = grant(by, reference)

    assert said.exit_code == (not fits)
    assert ("needs a reference" in said.stderr) is not fits
    assert ("waits" in run("show").stdout) is fits


@pytest.mark.parametrize("reference", ["", "  ", "4\n2026", "4\x1b[2J"])
def test_a_reference_is_printable(run, grant, recorded, reference):
    assert "needs a reference" in grant("amina", reference).stderr
    assert recorded() == []


@pytest.mark.parametrize("by", ["", " - ", "y" * 65, "a\x1b"])
def test_an_operator_has_a_name(run, grant, recorded, by):
    assert "needs your name" in grant(by).stderr
    assert recorded() == []


def test_a_reference_has_to_be_given(run):
    assert run("grant", "example", "--by", "amina").exit_code == 2


def test_both_operators_name_the_same_reference(run, grant):
    grant("amina")

    said = grant("ben", "another 5/2026")

    assert "another reference" in said.stderr
    assert "waits for a second operator" in run("show").stdout
    assert "Granted" in grant("ben").stderr
    assert "another reference" in grant("ben", "another 5/2026").stderr


def test_after_a_revocation_two_operators_grant_it_for_another_reference(run, grant):
    grant("amina")
    grant("ben")
    run("revoke", "example")

    asked, granted = grant("ben", "another 5/2026"), grant("amina", "another 5/2026")

    assert "Another operator" in asked.stderr
    assert "Granted" in granted.stderr
    assert re.search("ben and amina.*another 5/2026", run("show").stdout)


def test_a_grant_from_before_references_is_revoked_first(run, grant, store):
    grant("amina")
    with store.engine.begin() as connection:
        connection.execute(update(list_tables.list_grant).values(reference=None))

    refused = grant("ben")
    run("revoke", "example")
    grant("ben")

    assert "another reference, or none" in refused.stderr
    assert "Granted" in grant("amina").stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("grant", "example", *SAID, "--bank", "benign"), "No bank has this name"),
        (("grant", "example", *SAID, "--bank", "elsewhere"), "No bank has this name"),
        (("revoke", "nobody"), "was not granted"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, words, sentence):
    said = run(*words)

    assert sentence in said.stderr
    assert said.exit_code == 1


def test_function_keys_are_the_same_each_time(run):
    first, again = run("function-keys", "abcd1234"), run("function-keys", "abcd1234")

    assert [line.split()[0] for line in first.stdout.splitlines()] == [
        "FetchHashes",
        "SubmitHashes",
        "SubmitFeedback",
    ]
    assert first.stdout == again.stdout != run("function-keys", "abcd1235").stdout

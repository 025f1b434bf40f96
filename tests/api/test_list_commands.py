"""`hashsvc-server list`: two operators, one to take it back."""

import re

import pytest

from api.cli import app as cli
from tests.leaks import CliRunner


@pytest.fixture
def run(folder, kept_umask):
    return lambda *words: CliRunner().invoke(cli, ["list", *words, "--data", str(folder)])


def test_a_list_is_granted_by_two_and_revoked_by_one(run):
    first = run("grant", "example", "--by", "amina")
    same = run("grant", "example", "--by", "amina")
    waiting = run("show").stdout
    second = run("grant", "example", "--by", "ben")
    granted = run("show").stdout
    revoked = run("revoke", "example")

    assert "Another operator has to grant it too" in first.stderr
    assert "Another operator has to grant it too" in same.stderr
    assert "waits for a second operator" in waiting
    assert "Granted" in second.stderr
    assert re.search(r"example.*reported.*granted.*amina and ben", granted)
    assert revoked.exit_code == 0
    assert "revoked" in run("show").stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("grant", "example", "--by", "amina", "--bank", "benign"), "No bank has this name"),
        (("grant", "example", "--by", "amina", "--bank", "elsewhere"), "No bank has this name"),
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

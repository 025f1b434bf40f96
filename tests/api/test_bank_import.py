"""`hashsvc-server bank import` and `empty`: other people's lists, in and out again."""

import json

import pytest

from api.cli import app as cli
from indexer.store import Store
from tests.api.bodies import ask, item_of, near, only_line
from tests.factories import make_signature
from tests.leaks import CliRunner

LISTED = make_signature(seed=1)
BARE = make_signature(seed=2, dhash=None, quality=50)


@pytest.fixture
def run(folder, kept_umask):
    return lambda *words: CliRunner().invoke(cli, ["bank", *map(str, words), "--data", str(folder)])


@pytest.fixture
def write(tmp_path):
    def written(*lines, name="list.jsonl"):
        path = tmp_path / name
        path.write_bytes(
            b"".join(line.encode("utf-8", "surrogateescape") + b"\n" for line in lines)
        )
        return path

    return written


def line_of(signature, **changed):
    return json.dumps(signature.to_json() | changed)


def catch_up(client):
    client.app.state.services.cases.changed()


def test_both_kinds_of_lines_are_listed_and_matched(run, write, client, make_key):
    done = run("import", write(line_of(LISTED), BARE.pdq.hex(), ""), "--bank", "partner")
    catch_up(client)
    lines = ask(
        client, make_key(), item_of(near(LISTED, pdq_bits=40), ref="a"), item_of(BARE, ref="b")
    ).json()["items"]

    assert (done.exit_code, done.stdout) == (0, "")
    assert "2 listed, 0 known before" in done.stderr
    assert [line["tier"] for line in lines] == ["likely", "strong"]


def test_the_same_list_again_changes_nothing(run, write):
    source = write(line_of(LISTED), BARE.pdq.hex())
    run("import", source, "--bank", "partner")

    again = run("import", source, "--bank", "partner")

    assert "0 listed, 2 known before" in again.stderr


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("zz" * 32, "not 64 hexadecimal digits"),
        ("ab" * 16, "not 64 hexadecimal digits"),
        ("{", "no JSON"),
        ('{"dhash": null}', "no pdq"),
        ('{"pdq": 5}', "no pdq"),
        (line_of(LISTED, dhash="x"), "a dhash that is not"),
        (line_of(LISTED, quality=101), "a quality"),
        (line_of(LISTED, quality=True), "a quality"),
        (line_of(LISTED, region="nose"), "a region"),
        (line_of(LISTED, name="Jane"), "a field that is not known"),
        ("\udcff\udcfe", "not 64 hexadecimal digits"),
    ],
)
def test_bad_lines_are_named_by_number_and_the_good_ones_kept(run, write, bad, why):
    done = run("import", write(BARE.pdq.hex(), bad, line_of(LISTED)), "--bank", "partner")

    assert done.exit_code == 1
    assert "Line 2: " in done.stderr
    assert why in done.stderr
    assert "2 listed" in done.stderr
    assert "1 bad lines" in done.stderr
    assert "Jane" not in done.stderr
    assert "zz" * 32 not in done.stderr


def test_many_bad_lines_are_counted_and_the_first_named(run, write):
    done = run("import", write(*["bad"] * 50), "--bank", "partner")

    assert done.stderr.count("left out") == 20
    assert "... and 30 more lines." in done.stderr


def test_what_shows_too_little_is_not_listed(run, write):
    flat = json.dumps({"pdq": "00" * 32})

    assert "0 listed" in (done := run("import", write(flat), "--bank", "partner")).stderr
    assert "1 without enough detail" in done.stderr


def test_what_is_near_a_benign_picture_is_held(run, write):
    benign = write(json.dumps({"file": "a", "signatures": [LISTED.to_json()]}), name="benign.jsonl")
    run("add-benign", benign)

    done = run("import", write(line_of(LISTED)), "--bank", "partner")

    assert "0 listed, 0 known before, 1 held for a look" in done.stderr


@pytest.mark.parametrize("bank", ["reported", "benign"])
def test_a_list_goes_into_a_bank_of_its_own(run, write, bank):
    for words in (("import", write(BARE.pdq.hex())), ("empty",)):
        done = run(*words, "--bank", bank)

        assert done.exit_code == 1
        assert "a bank of its own" in " ".join(done.stderr.split())


@pytest.mark.parametrize("bank", ["", "Partner", "../x", "a" * 65])
def test_a_bank_has_a_plain_name(run, write, bank):
    assert run("import", write(BARE.pdq.hex()), "--bank", bank).exit_code == 2


def test_a_file_that_is_not_there_is_said_so(run, tmp_path):
    done = run("import", tmp_path / "none", "--bank", "partner")

    assert (done.exit_code, "no such file" in done.stderr) == (1, True)


def test_an_emptied_bank_matches_nothing_and_its_matches_are_withdrawn(
    run, write, client, make_key
):
    source = write(line_of(LISTED))
    run("import", source, "--bank", "partner")
    catch_up(client)
    key = make_key()
    before = only_line(ask(client, key, item_of(LISTED)))

    emptied = run("empty", "--bank", "partner")
    catch_up(client)

    assert before["verdict"] == "review"
    assert "1 signatures taken out." in emptied.stderr
    assert only_line(ask(client, key, item_of(LISTED)))["verdict"] == "none"
    assert "1 listed" in run("import", source, "--bank", "partner").stderr
    assert run("empty", "--bank", "nobody").exit_code == 1


def test_a_disk_that_fails_half_way_leaves_whole_batches(run, write, monkeypatch):
    """The second transaction of signatures fails; the same list again adds what is missing."""
    source = write(*[make_signature(seed=n, dhash=None).pdq.hex() for n in range(5_003)])
    begun = []
    whole = Store.transaction

    def failing(store):
        begun.append(1)
        if len(begun) == 4:  # migrating, making the bank, the first batch
            raise OSError(28, "No space left on device")
        return whole(store)

    monkeypatch.setattr(Store, "transaction", failing)
    first = run("import", source, "--bank", "partner")
    monkeypatch.undo()
    second = run("import", source, "--bank", "partner")

    assert first.exit_code == 1
    assert "3 listed, 5000 known before" in second.stderr

"""`hashsvc-server bank`: what must never match, and how weak a match may be."""

import json

import pytest

from api.cli import app as cli
from api.security.scopes import Scope
from hashsvc import Tier
from hashsvc.times import now
from tests.factories import make_photo, make_signature, with_flipped_bits
from tests.leaks import CliRunner


@pytest.fixture
def run(folder, kept_umask):
    return lambda *words: CliRunner().invoke(cli, ["bank", *map(str, words), "--data", str(folder)])


@pytest.fixture
def hashed(tmp_path):
    """A file of what `hashsvc hash --json` printed."""
    path = tmp_path / "hashes.jsonl"
    lines = [
        {"file": "a.png", "quality": 90, "signatures": [make_signature(seed=500).to_json()]},
        {"file": "b.png", "error": "The file is damaged."},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "no json\n")
    return path


def test_a_report_of_a_benign_picture_is_held_and_never_answered(run, hashed, client, make_key):
    added = run("add-benign", hashed)
    client.app.state.services.cases.changed()  # the index catches up with the command
    benign = make_signature(seed=500).to_json()

    opened = client.post("/v1/cases", json={"pin": "402913", "signatures": [benign]})
    question = {"items": [{"ref": "upl-1", "signatures": [benign]}]}
    (answer,) = client.post("/v1/matches", json=question, headers=make_key()).json()["items"]

    assert "1 signatures listed as benign." in added.stderr
    assert opened.status_code == 201
    assert answer["verdict"] == "none"


def test_a_key_is_not_answered_below_its_weakest_tier(services, client, make_key):
    listed = make_signature(seed=3)
    client.post("/v1/cases", json={"pin": "402913", "signatures": [listed.to_json()]})
    near = make_signature(seed=3, pdq=with_flipped_bits(listed.pdq, 40), dhash=listed.dhash)
    question = {"items": [{"ref": "upl-1", "signatures": [near.to_json()]}]}
    strict = services.platforms.create_key(
        "strict", [Scope.MATCHES_WRITE], at=now(), days=1, weakest_tier=Tier.STRONG
    )

    (answer,) = client.post("/v1/matches", json=question, headers=make_key()).json()["items"]
    header = {"Authorization": f"Bearer {strict.text()}"}
    (silent,) = client.post("/v1/matches", json=question, headers=header).json()["items"]

    assert (answer["verdict"], answer["tier"]) == ("review", "likely")
    assert silent["verdict"] == "none"


def test_lines_that_are_none_are_named_by_number(run, hashed):
    said = run("add-benign", hashed)

    assert "Line 2: The file is damaged." in said.stderr
    assert "Line 3 is no line of" in said.stderr
    assert said.exit_code == 0


def test_a_folder_is_hashed_by_a_program_of_its_own(run, tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "template.png").write_bytes(make_photo(seed=7, photo_format="PNG"))

    said = run("add-benign", pictures)

    assert "signatures listed as benign." in said.stderr
    assert not said.stderr.startswith("0 ")


def test_what_is_not_there_is_said_in_one_sentence(run, tmp_path):
    said = run("add-benign", tmp_path / "missing")

    assert said.stderr == "There is no such folder or file that can be read.\n"
    assert said.exit_code == 1


def test_banks_are_listed_with_what_they_hold(run, hashed):
    run("add-benign", hashed)

    said = run("list")

    assert [word for word in said.stdout.split() if word in {"benign", "reported"}]
    assert "strong" in said.stdout


def test_a_bank_is_limited_to_a_tier(run):
    said = run("limit", "reported", "--weakest-tier", "likely")

    assert said.stderr == "The bank answers at likely and above.\n"
    assert "likely" in run("list").stdout


def test_an_unknown_bank_is_one_sentence_and_a_failure(run):
    said = run("limit", "elsewhere", "--weakest-tier", "likely")

    assert said.stderr == "No bank has this name: `bank list` shows them.\n"
    assert said.exit_code == 1

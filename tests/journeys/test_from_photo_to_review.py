"""The main job over real HTTP, as its users type it: open, ask, withdraw, ask again."""

import json

import pytest
from PIL import Image
from typer.testing import CliRunner

from hashsvc.cli.app import app
from tests.factories import encode, make_image, make_photo

PIN = "402913\n"


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "holiday.jpg"
    path.write_bytes(make_photo(seed=41))
    return path


@pytest.fixture
def hashsvc(service):
    """Runs the command line against the service."""

    def run(*words, stdin=None):
        environment = {"HASHSVC_SERVER": service.url, "HASHSVC_KEY": service.key}
        return CliRunner().invoke(app, [str(word) for word in words], input=stdin, env=environment)

    return run


def test_a_mirrored_copy_is_to_be_reviewed_until_the_case_is_withdrawn(hashsvc, photo, tmp_path):
    copy = tmp_path / "copy.png"
    mirrored = make_image(seed=41).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    copy.write_bytes(encode(mirrored))

    number = opened(hashsvc, photo)
    while_listed = asked(hashsvc, copy)
    withdrawn = hashsvc("case", "withdraw", number, "--pin-stdin", stdin=PIN)
    afterwards = asked(hashsvc, copy)

    assert (while_listed["verdict"], while_listed["tier"]) == ("review", "strong")
    assert (withdrawn.stdout, withdrawn.exit_code) == ("withdrawn\n", 0)
    assert (afterwards["verdict"], afterwards["match_id"]) == ("none", None)


def test_the_case_number_is_alone_on_the_last_line(hashsvc, photo):
    said = hashsvc("case", "open", photo, "--pin-stdin", stdin=PIN)

    assert len(said.stdout.strip()) == len("7QK2-M4RT-0XVB-9HDC")
    assert "codes were sent. No photo was." in said.stderr


def test_status_says_in_use_and_not_in_use(hashsvc, photo):
    number = opened(hashsvc, photo)

    before = hashsvc("case", "status", number, "--pin-stdin", stdin=PIN)
    hashsvc("case", "withdraw", number, "--pin-stdin", stdin=PIN)
    after = hashsvc("case", "status", number, "--pin-stdin", stdin=PIN)

    assert before.stdout.startswith("in use, ")
    assert after.stdout == "not in use: withdrawn\n"


def test_photos_are_added_to_a_case(hashsvc, photo, tmp_path):
    more = tmp_path / "more.jpg"
    more.write_bytes(make_photo(seed=42))
    number = opened(hashsvc, photo)

    added = hashsvc("case", "add", number, more, "--pin-stdin", stdin=PIN)

    assert added.exit_code == 0
    assert asked(hashsvc, more)["verdict"] == "review"


def test_no_case_is_opened_for_half_of_the_photos(hashsvc, photo, tmp_path):
    said = hashsvc("case", "open", photo, tmp_path / "missing.jpg", "--pin-stdin", stdin=PIN)

    assert said.stdout == ""
    assert said.stderr.endswith("Nothing was sent.\n")
    assert said.exit_code == 1


@pytest.mark.parametrize("pin", ["12345\n", "1234567\n", "abcdef\n", "\n"])
def test_a_pin_of_another_form_is_refused_here(hashsvc, photo, pin):
    said = hashsvc("case", "open", photo, "--pin-stdin", stdin=pin)

    assert "A PIN has 6 digits" in said.stderr
    assert said.exit_code == 2


def test_who_enters_no_pin_gets_one(hashsvc, photo):
    said = hashsvc("case", "open", photo, stdin="\n")

    pin = said.stderr.split("Your PIN is ")[1][:6]
    status = hashsvc("case", "status", said.stdout.split()[-1], "--pin-stdin", stdin=f"{pin}\n")
    assert status.exit_code == 0


def test_a_wrong_pin_is_one_sentence_and_a_failure(hashsvc, photo):
    number = opened(hashsvc, photo)

    said = hashsvc("case", "status", number, "--pin-stdin", stdin="000000\n")

    assert said.stderr == "No case has this number and PIN.\n"
    assert said.exit_code == 1


def test_what_nobody_reported_is_none_and_no_failure(hashsvc, tmp_path):
    path = tmp_path / "other.jpg"
    path.write_bytes(make_photo(seed=99))

    said = hashsvc("match", path)

    assert said.stdout.startswith("none ")
    assert said.exit_code == 0


def test_files_that_cannot_be_asked_about_are_named(hashsvc, photo, tmp_path):
    said = hashsvc("match", "--json", tmp_path / "missing.jpg", photo)

    first, second = map(json.loads, said.stdout.splitlines())
    assert "error" in first
    assert second["verdict"] in {"none", "review"}
    assert said.exit_code == 1


def opened(hashsvc, photo):
    """The number of a new case."""
    return hashsvc("case", "open", photo, "--pin-stdin", stdin=PIN).stdout.strip()


def asked(hashsvc, photo):
    """What the service says of a photo."""
    return json.loads(hashsvc("match", "--json", photo).stdout)

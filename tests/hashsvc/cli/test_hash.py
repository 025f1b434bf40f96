"""`hashsvc hash` and `hashsvc compare`, as a person types them."""

import json
import os

import pytest
from PIL import Image
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.hashing import enrolment_signatures, query_signatures
from hashsvc.photos import decode
from tests.factories import encode, make_photo


def run(*words, **options):
    return CliRunner().invoke(app, [str(word) for word in words], **options)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(make_photo(seed=1))
    return path


def test_json_holds_what_the_library_computes(photo):
    said = run("hash", "--json", "--regions", "enrol", photo)

    (line,) = map(json.loads, said.stdout.splitlines())
    expected = [signature.to_json() for signature in enrolment_signatures(decode(photo))]
    assert line == {"file": str(photo), "quality": 100, "signatures": expected}
    assert said.exit_code == 0


def test_the_whole_photo_alone_is_hashed_unless_asked(photo):
    said = run("hash", "--json", photo)

    (first, *_) = enrolment_signatures(decode(photo))
    assert json.loads(said.stdout)["signatures"] == [first.to_json()]


def test_what_a_platform_would_ask_is_shown(photo):
    said = run("hash", "--json", "--regions", "query", photo)

    asked = [signature.to_json() for signature in query_signatures(decode(photo))]
    assert json.loads(said.stdout)["signatures"] == asked


def test_people_read_the_hash_first(photo):
    said = run("hash", photo)

    pdq = enrolment_signatures(decode(photo))[0].pdq.hex()
    assert said.stdout.splitlines()[0].startswith(f"{pdq}  full")


def test_a_bad_file_is_named_and_the_rest_goes_on(photo, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(make_photo(seed=1)[:500])

    said = run("hash", "--json", bad, photo, tmp_path / "missing.jpg")

    first, second, third = map(json.loads, said.stdout.splitlines())
    assert "cut short" in first["error"]
    assert second["quality"] == 100
    assert "no such file" in third["error"]
    assert said.exit_code == 1


def test_a_flat_photo_is_named(tmp_path):
    flat = tmp_path / "flat.png"
    flat.write_bytes(encode(Image.new("RGB", (100, 100), "grey")))

    said = run("hash", flat)

    assert "too little detail" in said.stderr
    assert said.exit_code == 1


def test_a_folder_is_searched_and_what_is_no_photo_passed_over(photo, tmp_path):
    (tmp_path / "notes.txt").write_text("no photo")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "other.png").write_bytes(make_photo(seed=2, photo_format="PNG"))

    said = run("hash", "--json", tmp_path)

    files = [json.loads(line)["file"] for line in said.stdout.splitlines()]
    assert files == [str(deep / "other.png"), str(photo)]
    assert said.exit_code == 0


def test_a_folder_without_photos_says_so(tmp_path):
    (tmp_path / "notes.txt").write_text("no photo")

    said = run("hash", "--json", tmp_path)

    assert json.loads(said.stdout)["error"] == "There are no photos in this folder."
    assert said.exit_code == 1


def test_a_file_name_of_any_bytes_is_printed(tmp_path):
    path = tmp_path / os.fsdecode(b"\xff\xfe.jpg")
    path.write_bytes(make_photo(seed=3))

    said = run("hash", "--json", tmp_path)

    assert json.loads(said.stdout)["quality"] == 100


@pytest.mark.parametrize("algorithm", ["phash", "imagehash-dhash", "whash"])
def test_other_algorithms_are_64_bits_under_their_own_name(photo, algorithm):
    said = run("hash", "--json", "--algorithm", algorithm, photo)

    line = json.loads(said.stdout)
    assert (line["algorithm"], len(line["hash"])) == (algorithm, 16)


def test_the_same_photo_compares_at_distance_0(photo):
    said = run("compare", "--json", photo, photo)

    assert json.loads(said.stdout) == {"tier": "strong", "pdq_distance": 0, "dhash_distance": 0}


def test_another_photo_is_no_match(photo, tmp_path):
    other = tmp_path / "other.jpg"
    other.write_bytes(make_photo(seed=2))

    said = run("compare", photo, other)

    assert said.stdout.startswith("no match: nearest at PDQ ")
    assert said.exit_code == 0


def test_comparing_with_a_bad_file_fails(photo, tmp_path):
    said = run("compare", photo, tmp_path / "missing.jpg")

    assert "no such file" in said.stderr
    assert said.exit_code == 1


def test_no_progress_bar_when_piped(photo, tmp_path):
    said = run("hash", photo, photo, photo)

    assert said.stderr == ""


def test_version_and_wrong_usage():
    assert run("--version").stdout == "hashsvc 0.1.0\n"
    assert run("hash").exit_code == 2
    assert run("hash", "--algorithm", "md5", "x").exit_code == 2

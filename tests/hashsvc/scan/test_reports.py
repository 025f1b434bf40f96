"""Reports have a row for every file, whatever its name, and totals that add up."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.hashing import enrolment_signatures
from hashsvc.packs import Entry
from hashsvc.photos import decode
from hashsvc.scan.answers import Asked
from hashsvc.scan.running import Order
from tests.factories import make_photo
from tests.hashsvc.packs import make_pack, open_bytes
from tests.hashsvc.scan.evidence import FILES, make_folder, scanned

FORMULA = "=cmd()&'\"\n,x"
MARKUP = "<script>alert(1)<"


def run(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


@pytest.fixture(scope="module")
def output(tmp_path_factory, pack):
    """Of a finished scan of files with troublesome names."""
    root = tmp_path_factory.mktemp("scan")
    folder = make_folder(root / "evidence")
    for name in (FORMULA, MARKUP):
        (folder / name).write_bytes(make_photo(seed=41))
    (folder / os.fsdecode(b"\xff.jpg")).write_bytes(make_photo(seed=9))
    scanned([folder], pack, root / "out")
    return root / "out"


@pytest.fixture(scope="module")
def unfinished(tmp_path_factory, pack):
    root = tmp_path_factory.mktemp("unfinished")
    scanned([make_folder(root / "evidence")], pack, root / "out", stopping=lambda: True)
    return root / "out"


def rows(output):
    return [json.loads(line) for line in run(output, "--format", "jsonl").stdout.splitlines()]


def test_json_lines_have_every_file_once(output):
    found = rows(output)

    assert len(found) == len(FILES) + 3
    assert {row["path"] for row in found} >= {*FILES, FORMULA, MARKUP}


def test_a_planted_photo_s_row_says_what_it_matched(output):
    (row,) = (row for row in rows(output) if row["path"] == "a/mirrored.png")

    assert (row["outcome"], row["reason"], row["tier"]) == ("hashed", None, "strong")
    assert row["orientation"] == "mirror"
    assert row["pdq_distance"] <= 31
    assert len(row["entry"]) == 32
    for name in ("md5", "sha1", "sha256"):
        assert row[name] == hashlib.new(name, FILES["a/mirrored.png"]).hexdigest()


def test_of_several_matches_the_whole_photo_s_stands_in_the_row(tmp_path):
    """Whatever the entries' ids, which are random."""
    listed = enrolment_signatures(decode(make_photo(seed=41)))
    entries = [Entry(bytes([99 - number]) * 16, one) for number, one in enumerate(listed)]
    pack = open_bytes(make_pack(entries), tmp_path)
    order = Order("OB-17", "PC Example", asked=Asked.ALL)
    scanned([make_folder(tmp_path / "evidence")], pack, tmp_path / "out", order=order)

    (row,) = (row for row in rows(tmp_path / "out") if row["path"] == "a/planted.jpg")

    assert (row["pdq_distance"], row["dhash_distance"]) == (0, 0)
    assert (row["region"], row["listed_region"], row["orientation"]) == ("full", "full", "none")
    assert row["entries"] > 1


def test_a_name_that_is_no_text_is_kept_as_bytes(output):
    (row,) = (row for row in rows(output) if row["path_hex"])

    assert bytes.fromhex(row["path_hex"]) == b"\xff.jpg"


def test_rows_and_totals_agree(output):
    counted = Counter(row["outcome"] for row in rows(output))

    totals = json.loads((output / "manifest.json").read_text())["totals"]

    assert totals.pop("matched") == sum(row["tier"] is not None for row in rows(output))
    assert totals.pop("files") == sum(totals.values()) == counted.total()
    assert totals == {name: counted[name] for name in totals}


def test_a_spreadsheet_runs_no_name_as_a_formula(output):
    said = run(output, "--format", "csv")

    # The runner's output ends lines in one way; the file keeps RFC 4180's.
    text = (output / "files.csv").read_bytes().decode()
    read = list(csv.DictReader(StringIO(text, newline="")))
    assert said.exit_code == 0
    assert len(read) == len(FILES) + 3
    assert f"'{FORMULA}" in {row["path"] for row in read}
    assert not [value for row in read for value in row.values() if value.startswith("=")]


def test_the_page_has_no_picture_and_runs_no_name(output):
    run(output, "--format", "html")

    page = (output / "report.html").read_text()
    assert page.count("<script") == 1
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;" in page
    assert "default-src 'none'" in page
    assert "container_damaged" in page


def test_the_manifest_says_by_whom_with_which_pack_and_from_where(output, pack):
    run(output, "--format", "jsonl")

    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["order"]["reference"] == "OB-17"
    assert manifest["order"]["pack"]["sha256"] == pack.sha256
    assert manifest["sources"][0]["kind"] == "folder"
    assert manifest["segments"][-1]["ended"] == "finished"


def test_reports_are_for_this_user_alone(output):
    run(output, "--format", "jsonl")

    for name in ("files.jsonl", "manifest.json", "custody.jsonl"):
        assert (output / name).stat().st_mode & 0o777 == 0o600


def test_several_formats_are_written_at_once(output):
    said = run(output, "--format", "csv,html")

    assert (said.exit_code, said.stdout) == (0, "")
    assert [Path(line.split(": ")[1]).name for line in said.stderr.splitlines()] == [
        "files.csv",
        "report.html",
        "certificate-draft.html",
    ]


def test_a_format_that_there_is_not_is_wrong_usage(output):
    said = run(output, "--format", "csv,pdf")

    assert said.exit_code == 2
    assert "Formats are" in said.stderr


def test_a_folder_without_a_scan_is_refused(tmp_path):
    said = run(tmp_path, "--format", "csv")

    assert said.stderr == "There is no journal of a scan in this folder.\n"
    assert said.exit_code == 6
    assert list(tmp_path.iterdir()) == []


# A disk that is full after so many bytes.
FULL_DISK = """
import resource, sys
from hashsvc.cli.app import main
resource.setrlimit(resource.RLIMIT_FSIZE, (2_500, 2_500))
sys.argv[0] = "hashsvc"
main()
"""


def test_a_full_disk_is_one_sentence_and_leaves_no_half_report(output, tmp_path):
    copy = shutil.copytree(output, tmp_path / "out")
    (copy / "files.jsonl").unlink(missing_ok=True)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    words = [sys.executable, "-c", FULL_DISK, "report", copy, "--format", "jsonl"]

    said = subprocess.run(words, capture_output=True, text=True, check=False)

    assert said.stderr == "The reports cannot be written: make room on the disk.\n"
    assert (said.returncode, said.stdout) == (1, "")
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_there_is_no_report_of_half_a_scan(unfinished):
    said = run(unfinished, "--format", "jsonl")

    assert said.stderr == "The scan has not finished: run it again to its end.\n"
    assert (said.stdout, said.exit_code) == ("", 9)
    assert not (unfinished / "files.jsonl").exists()

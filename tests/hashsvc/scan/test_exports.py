"""Other tools read what is exported, and only what two people found leaves."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.scan.custody_log import CustodyLog
from hashsvc.scan.journal import open_journal
from hashsvc.scan.reports import hash_sets
from hashsvc.scan.reports.exports import Export
from hashsvc.scan.reports.rows import COLUMNS, Row
from hashsvc.scan.review import Finding, conclude
from tests.availability import unavailable
from tests.factories import encode, make_image
from tests.hashsvc.scan.evidence import FILES, make_folder, scanned

AT = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)
PLANTED = FILES["a/planted.jpg"]
MIRRORED = FILES["a/mirrored.png"]
DIGESTS = {"md5": "1" * 32, "sha1": "2" * 40, "sha256": "3" * 64}
ROW = Row(**dict.fromkeys(COLUMNS, None) | DIGESTS)
EXPORTS = "vics,case,md5,kdb"
STRANGE = 'na"me\\ <é>\n.jpg'


def run(*words):
    said = CliRunner().invoke(app, ["report", *map(str, words)])
    assert said.exit_code == 0, said.output
    return said


def note(folder, sha256, finding, *, by):
    with open_journal(folder) as journal:
        conclude(journal, CustodyLog(folder), sha256, finding, by=by, at=AT)


def digest(name, body):
    return hashlib.new(name, body).hexdigest()


@pytest.fixture(scope="module")
def scan(tmp_path_factory, pack):
    """Finished; nobody has looked yet."""
    root = tmp_path_factory.mktemp("exports")
    folder = make_folder(root / "evidence")
    (folder / STRANGE).write_bytes(encode(make_image(seed=41).transpose(1)))
    scanned([folder], pack, root / "out")
    return root / "out"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory, scan):
    """Two people found the planted photo, one the mirrored one; exports are written."""
    folder = shutil.copytree(scan, tmp_path_factory.mktemp("reviewed") / "out")
    for body, people in ((PLANTED, ("A", "B")), (MIRRORED, ("A",))):
        for name in people:
            sha256 = digest("sha256", body)
            note(folder, sha256, Finding.SAME_PHOTO, by=name)
    run(folder, "--format", EXPORTS)
    return folder


@pytest.fixture(scope="module")
def widened(tmp_path_factory, scan):
    """Strong matches that nobody looked at are exported too."""
    folder = shutil.copytree(scan, tmp_path_factory.mktemp("widened") / "out")
    run(folder, "--format", EXPORTS, "--include", "strong")
    return folder


def vics_of(folder):
    (case,) = json.loads((folder / "vics.json").read_text())["value"]
    return case


def test_nothing_leaves_before_two_people_looked(scan, tmp_path):
    folder = shutil.copytree(scan, tmp_path / "out")

    said = run(folder, "--format", EXPORTS)

    assert "no photo has the findings of two people" in said.stderr
    assert (folder / "md5.txt").read_text() == ""
    assert vics_of(folder)["Media"] == []


def test_a_photo_that_two_people_found_leaves_with_its_copies(reviewed):
    (media,) = vics_of(reviewed)["Media"]

    assert media["MD5"] == digest("md5", PLANTED).upper()
    assert [one["FilePath"] for one in media["MediaFiles"]] == [
        "a\\copy of planted",
        "a\\planted.jpg",
    ]
    assert media["MediaFiles"][0]["FileName"] == "copy of planted"


def test_a_strong_match_leaves_where_that_was_asked_for(widened):
    bodies = [media["MD5"] for media in vics_of(widened)["Media"]]

    assert {digest("md5", PLANTED).upper(), digest("md5", MIRRORED).upper()} < set(bodies)
    assert CustodyLog(widened).events()[-1].details["include"] == "strong"


def test_a_strong_match_that_was_found_to_be_another_photo_does_not_leave(scan, tmp_path):
    folder = shutil.copytree(scan, tmp_path / "out")
    sha256 = digest("sha256", PLANTED)
    note(folder, sha256, Finding.NOT_SAME, by="A")

    run(folder, "--format", "md5", "--include", "strong")

    assert digest("md5", PLANTED) not in (folder / "md5.txt").read_text()
    assert digest("md5", MIRRORED) in (folder / "md5.txt").read_text()


def test_vics_has_the_fields_and_forms_that_readers_expect(reviewed):
    case = vics_of(reviewed)
    (media,) = case["Media"]
    first = media["MediaFiles"][0]

    assert case["CaseNumber"] == "OB-17"
    assert len(case["CaseID"]) == 36
    assert (media["MediaID"], media["Category"], media["MediaSize"]) == (1, 0, len(PLANTED))
    assert media["IsPrecategorized"] == "false"
    assert media["Tags"].startswith("NCII;pack=reported@")
    assert "tier=strong" in media["Tags"]
    assert media["AlternativeHashes"] == [
        {"HashName": "SHA256", "HashValue": digest("sha256", PLANTED).upper()}
    ]
    assert (first["SourceID"], first["Deleted"], first["Unallocated"]) == ("1", "false", "false")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["Written"])


def case_validate(path):
    program = Path(sys.executable).with_name("case_validate")
    return subprocess.run([program, path], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_case_uco_passes_the_real_validator(widened, tmp_path):
    good = case_validate(widened / "case.jsonld")
    graph = json.loads((widened / "case.jsonld").read_text())
    for node in graph["@graph"]:
        if node["@type"] == "observable:File":
            node["core:hasFacet"][0]["observable:sizeInBytes"] = "many"
    (tmp_path / "bad.jsonld").write_text(json.dumps(graph))

    assert "Conforms: True" in good.stdout, good.stdout + good.stderr
    assert good.returncode == 0
    assert case_validate(tmp_path / "bad.jsonld").returncode == 1


def test_case_uco_names_files_digests_and_findings(reviewed):
    graph = json.loads((reviewed / "case.jsonld").read_text())["@graph"]
    files = [node for node in graph if node["@type"] == "observable:File"]
    notes = [node for node in graph if node["@type"] == "core:Annotation"]

    assert len(files) == len(notes) == 2
    facet, content = files[0]["core:hasFacet"]
    assert facet["observable:filePath"] == "a/copy of planted"
    assert digest("sha256", PLANTED) in str(content)
    assert "finding same_photo by A, B" in notes[0]["core:statement"]


@pytest.fixture
def hfind():
    """The Sleuth Kit's own look-up."""
    if shutil.which("hfind") is None:
        unavailable("hfind", "The Sleuth Kit is not installed")

    def ask(*words):
        command = ["hfind", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    return ask


@pytest.mark.parametrize("name", ["md5.txt", "hashes.kdb"])
def test_the_sleuth_kit_finds_exported_photos_and_no_others(tmp_path, reviewed, hfind, name):
    database = shutil.copy(reviewed / name, tmp_path)
    if name == "md5.txt":
        hfind("-i", "md5sum", database)

    found, other = (hfind(database, digest("md5", body)) for body in (PLANTED, MIRRORED))

    assert digest("md5", PLANTED) in found.lower()
    assert "Hash Not Found" not in found
    assert "Hash Not Found" in other


def test_photos_that_only_share_an_md5_are_one_photo_in_a_set(tmp_path, hfind):
    rows = [replace(ROW, file_id=1), replace(ROW, file_id=2, sha256="9" * 64)]
    facts = {"order": {"pack": {"bank": "reported", "version": 1}}}

    hash_sets.write_kdb(tmp_path / "hashes.kdb", Export(facts, tuple(rows)))

    assert "Hash Not Found" not in hfind(tmp_path / "hashes.kdb", ROW.md5)


def test_exports_of_the_same_scan_are_the_same(reviewed):
    before = [(reviewed / name).read_bytes() for name in ("vics.json", "case.jsonld")]

    run(reviewed, "--format", EXPORTS)

    assert [(reviewed / name).read_bytes() for name in ("vics.json", "case.jsonld")] == before


def test_exports_are_for_this_user_alone(reviewed):
    for name in ("vics.json", "case.jsonld", "md5.txt", "hashes.kdb"):
        assert (reviewed / name).stat().st_mode & 0o777 == 0o600

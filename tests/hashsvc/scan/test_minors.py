"""Where somebody shown may be under 18, details stop and the way to go on is named."""

import hashlib
import json
import shutil

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.hashing import enrolment_signatures
from hashsvc.packs import Entry
from hashsvc.photos import decode
from hashsvc.scan.custody_log import Action, CustodyLog
from hashsvc.times import now
from tests.factories import make_photo
from tests.hashsvc.packs import KEY, TRUST, make_pack, open_bytes
from tests.hashsvc.scan.evidence import FILES, make_folder, matches_of, scanned

PLANTED = hashlib.sha256(FILES["a/planted.jpg"]).hexdigest()
ALL = "jsonl,csv,html,vics,case,md5,kdb"
TELLING = ("a/planted.jpg", "copy of planted", "a\\planted.jpg")  # in no report


def run(*words):
    return CliRunner().invoke(app, list(map(str, words)))


def entries_of(photo, **fields):
    listed = enrolment_signatures(decode(photo))
    return [Entry(bytes([number]) * 16, one, **fields) for number, one in enumerate(listed)]


@pytest.fixture(scope="module")
def flagged(tmp_path_factory):
    """A pack whose one photo, seed 41, shows somebody who may be under 18."""
    body = make_pack(entries_of(make_photo(seed=41), under_18=True))
    return open_bytes(body, tmp_path_factory.mktemp("flagged"))


@pytest.fixture(scope="module")
def scans(tmp_path_factory, pack, flagged):
    """A scan with a plain pack, and one with the flagged pack."""
    root = tmp_path_factory.mktemp("scans")
    folder = make_folder(root / "evidence")
    scanned([folder], pack, root / "plain")
    scanned([folder], flagged, root / "flagged")
    return root


@pytest.fixture
def plain(tmp_path, scans):
    return shutil.copytree(scans / "plain", tmp_path / "out")


@pytest.fixture
def marked(tmp_path, scans):
    return shutil.copytree(scans / "flagged", tmp_path / "out")


def suspect(folder, by="PC Example"):
    words = ("--photo", PLANTED, "--finding", "suspected_minor", "--by", by)
    return run("report", "review", folder, *words)


def go_on(folder, authority="AHTCPU 7", by="PC Example", approved_by="Insp. Second"):
    words = ("--authority", authority, "--by", by, "--approved-by", approved_by)
    return run("report", "continue", folder, *words)


def texts(folder):
    """Everything that was written for people and programs."""
    names = {"journal.sqlite", "handover.txt"}
    paths = [path for path in folder.iterdir() if path.name not in names]
    return {path.name: path.read_bytes() for path in paths}


def test_a_match_keeps_the_flag_of_its_entry(scans):
    assert {row["under_18"] for row in matches_of(scans / "flagged")} == {1}
    assert {row["under_18"] for row in matches_of(scans / "plain")} == {0}


def test_no_report_says_more_of_a_flagged_photo_than_its_digests(marked):
    said = run("report", marked, "--format", ALL, "--include", "strong")

    assert said.exit_code == 0
    assert "Childline Kenya on 116" in said.stderr
    for name, body in texts(marked).items():
        assert not [word for word in TELLING if word.encode() in body], name
    rows = map(json.loads, (marked / "files.jsonl").read_text().splitlines())
    (first, *_) = withheld = [row for row in rows if row["withheld"]]
    assert {row["sha256"] for row in withheld} >= {PLANTED}
    assert len(withheld) == 3
    shown = {name for name, value in first.items() if value not in {None, "", 0}}
    assert shown <= {
        *("file_id", "exhibit", "size", "outcome", "md5", "sha1", "sha256", "withheld"),
    }
    assert (marked / "md5.txt").read_text() == ""
    assert "116" in (marked / "report.html").read_text()


def test_a_scan_that_finds_one_says_whom_to_tell_and_writes_a_sheet(tmp_path):
    KEY.save(tmp_path / "lab.key")
    (tmp_path / "signers").write_text(TRUST[0].line())
    body = make_pack(entries_of(make_photo(seed=41), under_18=True), at=now())
    (tmp_path / "some.pack").write_bytes(body)
    make_folder(tmp_path / "phone")

    said = run(
        *("scan", f"A1={tmp_path / 'phone'}", "--pack", tmp_path / "some.pack"),
        *("--pack-key", tmp_path / "lab.key", "--trust", tmp_path / "signers"),
        *("--reference", "1", "--warrant", "2", "--investigator", "3"),
        *("--output", tmp_path / "out", "--regions", "full"),
    )

    assert said.exit_code == 8
    assert "Childline Kenya on 116" in said.stderr
    sheet = (tmp_path / "out" / "handover.txt").read_text()
    for word in ("Exhibit: A1", "Path: a/planted.jpg", f"SHA-256: {PLANTED}"):
        assert word in sheet
    assert (tmp_path / "out" / "handover.txt").stat().st_mode & 0o777 == 0o600
    (stop,) = (
        one for one in CustodyLog(tmp_path / "out").events() if one.action is Action.STOP_MINOR
    )
    assert PLANTED in stop.details["sha256"]


def test_nobody_reviews_a_flagged_photo(marked):
    words = ("--photo", PLANTED, "--finding", "same_photo", "--by", "A")

    said = run("report", "review", marked, *words)

    assert said.exit_code == 2
    assert "Childline" in said.stderr
    assert run("report", "review", marked).stdout == ""


def test_a_suspicion_stops_everything(plain):
    said = suspect(plain)

    assert said.exit_code == 8
    assert "Childline Kenya on 116" in said.stderr
    assert f"SHA-256: {PLANTED}" in (plain / "handover.txt").read_text()
    events = [one.action for one in CustodyLog(plain).events()]
    assert events[-2:] == [Action.FINDING, Action.STOP_MINOR]
    for words in ((plain, "--format", ALL), ("review", plain)):
        refused = run("report", *words)
        assert (refused.exit_code, refused.stdout) == (8, "")
        assert "report continue" in refused.stderr
    assert suspect(plain).exit_code == 8
    assert not (plain / "files.jsonl").exists()


def test_a_second_person_lets_the_rest_go_on_but_never_shows_that_photo(plain):
    suspect(plain)

    said = go_on(plain)

    assert said.exit_code == 0
    assert run("report", plain, "--format", ALL, "--include", "strong").exit_code == 0
    for name, body in texts(plain).items():
        assert not [word for word in TELLING if word.encode() in body], name
    assert b"a/mirrored.png" in (plain / "files.jsonl").read_bytes()
    assert PLANTED not in run("report", "review", plain).stdout


@pytest.mark.parametrize(
    "words",
    [{"approved_by": "pc  example "}, {"approved_by": " "}, {"authority": ""}, {"by": ""}],
)
def test_one_person_or_no_authority_lets_nothing_go_on(plain, words):
    suspect(plain)

    assert go_on(plain, **words).exit_code == 2
    assert run("report", plain, "--format", "csv").exit_code == 8


def test_there_is_nothing_to_let_go_on_where_nothing_was_stopped(plain):
    assert go_on(plain).exit_code == 2


def test_a_finding_taken_back_does_not_bring_details_back(plain):
    suspect(plain)
    go_on(plain)
    words = ("--photo", PLANTED, "--finding", "same_photo", "--by", "Another")

    assert run("report", "review", plain, *words).exit_code == 2

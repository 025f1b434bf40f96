"""A match is a lead until a person says what they saw; what was said is never changed."""

import hashlib
import json
import shutil
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.scan.custody_log import Action, CustodyLog, Event
from hashsvc.scan.review import Finding, Review
from tests.hashsvc.scan.evidence import FILES, make_folder, scanned

PLANTED = hashlib.sha256(FILES["a/planted.jpg"]).hexdigest()
OTHER = hashlib.sha256(FILES["b/other.jpg"]).hexdigest()


def run(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


def found(folder, finding, *, by, photo=PLANTED):
    return run("review", folder, "--photo", photo, "--finding", finding, "--by", by)


def row_of(folder, path="a/planted.jpg"):
    lines = run(folder, "--format", "jsonl").stdout.splitlines()
    (row,) = (row for row in map(json.loads, lines) if row["path"] == path)
    return row


@pytest.fixture(scope="module")
def fresh(tmp_path_factory, pack):
    root = tmp_path_factory.mktemp("fresh")
    scanned([make_folder(root / "evidence")], pack, root / "out")
    return root / "out"


@pytest.fixture
def scan(tmp_path, fresh):
    """A finished scan that a test may review."""
    return shutil.copytree(fresh, tmp_path / "out")


def test_a_strong_match_is_not_confirmed_by_itself(scan):
    row = row_of(scan)

    assert (row["tier"], row["confirmed"], row["finding"]) == ("strong", False, None)


def test_a_finding_says_what_who_and_when(scan):
    before = datetime.now(UTC)

    said = found(scan, "same_photo", by="PC Example")

    row = row_of(scan)
    assert said.exit_code == 0
    assert (row["finding"], row["found_by"], row["confirmed"]) == ("same_photo", "PC Example", True)
    assert before <= datetime.fromisoformat(row["found_at"]) <= datetime.now(UTC)
    assert row["second_by"] is None
    assert row_of(scan, "a/copy of planted")["confirmed"]
    assert not row_of(scan, "a/mirrored.png")["confirmed"]


@pytest.mark.parametrize("finding", ["not_same", "cannot_tell"])
def test_other_findings_confirm_nothing(scan, finding):
    found(scan, finding, by="PC Example")

    row = row_of(scan)
    assert (row["finding"], row["confirmed"]) == (finding, False)


def test_a_later_finding_stands_and_the_earlier_one_is_kept(scan):
    found(scan, "same_photo", by="A")
    found(scan, "not_same", by="B")

    assert not row_of(scan)["confirmed"]
    events = CustodyLog(scan).events()
    kept = [(one.by, one.details["finding"]) for one in events if one.action is Action.FINDING]
    assert kept == [("A", "same_photo"), ("B", "not_same")]


def test_the_list_has_each_photo_that_matched_once(scan):
    found(scan, "same_photo", by="A")

    listed = [json.loads(line) for line in run("review", scan).stdout.splitlines()]

    assert [one["path"] for one in listed] == ["a/copy of planted", "a/mirrored.png"]
    assert [one["finding"] for one in listed] == ["same_photo", None]


@pytest.mark.parametrize(
    "words", [{"by": " "}, {"by": "A", "photo": OTHER}, {"by": "A", "photo": ""}]
)
def test_a_finding_without_a_name_or_of_no_match_is_wrong_usage(scan, words):
    before = (scan / "custody.jsonl").read_bytes()

    assert found(scan, "same_photo", **words).exit_code == 2
    assert (scan / "custody.jsonl").read_bytes() == before


def test_a_folder_without_a_scan_is_refused(tmp_path):
    assert run("review", tmp_path).exit_code == 6
    assert list(tmp_path.iterdir()) == []


def test_an_altered_finding_is_noticed(scan):
    found(scan, "not_same", by="A")
    log = scan / "custody.jsonl"
    log.write_text(log.read_text().replace("not_same", "same_photo"))
    with log.open("a") as file:
        file.write("{}\n")

    assert run(scan, "--format", "jsonl").exit_code == 9
    assert run("review", scan).exit_code == 9


def concluded(*findings):
    """What stands after these, by these people."""
    events = [
        Event(number, f"{number}", by, Action.FINDING, {"sha256": "1", "finding": finding})
        for number, (by, finding) in enumerate(findings, start=1)
    ]
    return Review.of(events).conclusions["1"]


SAME, OTHERWISE = Finding.SAME_PHOTO, Finding.NOT_SAME


@pytest.mark.parametrize(
    ("findings", "second"),
    [
        ([("A", SAME)], None),
        ([("A", SAME), ("B", SAME)], "B"),
        ([("A", SAME), ("A", SAME)], None),
        ([("A Name", SAME), (" a  name", SAME)], None),
        ([("A", SAME), ("B", OTHERWISE), ("C", SAME)], None),
        ([("A", SAME), ("B", SAME), ("C", OTHERWISE)], None),
        ([("A", OTHERWISE), ("B", SAME), ("A", SAME)], "A"),
    ],
)
def test_a_second_person_is_another_one_who_found_the_same(findings, second):
    assert concluded(*findings).second_by == second

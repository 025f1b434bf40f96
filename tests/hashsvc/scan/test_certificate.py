"""The draft holds what the scan knows, lines for what it does not, and says that it is a draft."""

import hashlib
import json
import re
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.scan.answers import Asked
from hashsvc.scan.custody import (
    Authority,
    Custody,
    InvestigatorDetails,
    ScanningHost,
    SeizedExhibit,
)
from hashsvc.scan.running import Order
from tests.hashsvc.scan.evidence import make_folder, scanned

NAME = "certificate-draft.html"
CUSTODY = Custody(
    authority=Authority(kind="warrant", number="CM 12/2026", court="Milimani <Law> Courts"),
    investigator=InvestigatorDetails(name="A. Example", rank="Cpl."),
    exhibits=(SeizedExhibit(id="1", seal="S-7", sha256="e" * 64),),
    host=ScanningHost(make="Maker", serial="LAB-3"),
)
ORDER = Order("OB-17", "Cpl. A. Example", "warrant CM 12/2026", asked=Asked.FULL)


def run(*words):
    said = CliRunner().invoke(app, ["report", *map(str, words)])
    assert said.exit_code == 0, said.output


def scan(root, pack, custody=CUSTODY, **options):
    folder = root / "evidence"
    if not folder.exists():
        make_folder(folder)
    scanned([folder], pack, root / "out", order=replace(ORDER, custody=custody), **options)
    return root / "out"


@pytest.fixture(scope="module")
def output(tmp_path_factory, pack):
    """Interrupted once, then finished, then reported."""
    root = tmp_path_factory.mktemp("certificate")
    scan(root, pack, stopping=lambda: True)
    folder = scan(root, pack)
    run(folder, "--format", "html,jsonl")
    return folder


@pytest.fixture(scope="module")
def page(output):
    return (output / NAME).read_text()


def answer(page, name):
    """What stands beside a word, without its markup."""
    (cell,) = re.findall(rf"<th>{re.escape(name)}</th><td>(.*?)</td>", page)
    return re.sub(r"<[^>]+>|&nbsp;", "", cell)


def test_it_says_first_and_last_that_it_is_a_draft(page):
    assert "<title>DRAFT: certificate of electronic records</title>" in page
    assert page.count("DRAFT, not a certificate.") == 2


def test_it_names_every_record_with_its_digest(output, page):
    for name in ("journal.sqlite", "custody.jsonl", "files.jsonl", "report.html"):
        digest = hashlib.sha256((output / name).read_bytes()).hexdigest()
        assert f"<td>{name}</td><td>{digest}</td>" in page
    assert NAME not in page


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Court", "Milimani &lt;Law&gt; Courts"),
        ("Reference", "OB-17"),
        ("Authority", "warrant CM 12/2026"),
        ("Make", "Maker"),
        ("Serial number", "LAB-3"),
        ("Name", "A. Example"),
        ("Rank", "Cpl."),
    ],
)
def test_it_is_filled_in_from_the_run(page, name, expected):
    assert answer(page, name) == expected


def test_it_tells_pack_exhibit_software_and_how_the_runs_went(output, page):
    manifest = json.loads((output / "manifest.json").read_text())

    assert manifest["order"]["pack"]["sha256"] in page
    assert manifest["body_sha256"] in page
    assert "e" * 64 in page
    assert "pillow: " in answer(page, "Software")
    assert "2 runs, 1 of them interrupted or killed" in page
    assert "4 of 4 self-tests passed" in page


@pytest.mark.parametrize(
    "name", ["Court file", "Responsible position", "Place", "Date", "Signature", "Rank"]
)
def test_what_the_scan_does_not_know_is_a_line_to_fill_in(tmp_path, pack, name):
    folder = scan(tmp_path, pack, custody=Custody())
    run(folder, "--format", "certificate")
    page = (folder / NAME).read_text()

    assert answer(page, name) == ""
    assert re.search(rf'<th>{name}</th><td><span class="line">', page)


def test_each_condition_of_the_act_leaves_room_for_the_officer(page):
    conditions = re.findall(r"<p>\((.)\) ", page)

    assert conditions == ["a", "b", "c", "d"]
    assert page.count("<th>The officer says</th>") == 4


def test_it_runs_nothing(page):
    assert "<script" not in page


def test_written_anew_it_names_the_records_as_they_are_then(output, tmp_path):
    copy = shutil.copytree(output, tmp_path / "out")

    run(copy, "--format", "csv")
    run(copy, "--format", "certificate")

    digest = hashlib.sha256((copy / "custody.jsonl").read_bytes()).hexdigest()
    assert digest in (copy / NAME).read_text()
    assert "files.csv" in (copy / NAME).read_text()
    run("verify", copy)

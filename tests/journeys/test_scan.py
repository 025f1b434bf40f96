"""A pack is built by the service's own command, and evidence is scanned with it, offline."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from hashlib import sha256

import pytest

from examples.demo.service import running_service
from hashsvc.client import SurvivorClient
from hashsvc.hashing import enrolment_signatures
from hashsvc.photos import decode
from tests.factories import make_photo
from tests.hashsvc.scan.evidence import FILES, make_folder, make_zip

# Replaces the network by an error before any command runs.
OFFLINE = """
import socket, sys
from hashsvc.cli.app import main
def refuse(*_, **__): raise SystemExit("a socket was opened")
socket.socket = refuse
sys.argv[0] = "hashsvc"
main()
"""


def hashsvc(*words):
    command = [sys.executable, "-c", OFFLINE, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """An investigator's key, whom it trusts, and a pack of what was reported."""
    folder = tmp_path_factory.mktemp("desk")
    recipient = hashsvc("pack", "new-key", folder / "lab.key").stdout.strip()
    data = folder / "data"
    with running_service(data) as service:
        report(service)
    lines = folder / "minors.jsonl"
    lines.write_text("".join(json.dumps(one.to_json()) + "\n" for one in signatures_of(seed=7)))
    server("bank", "import", lines, "--bank", "minors", "--data", data)
    signers = [
        pack(data, "--bank", "reported", "--to", recipient, out=folder / "reported.pack"),
        pack(data, "--bank", "minors", "--under-18", "--to", recipient, out=folder / "minors.pack"),
    ]
    (folder / "signers").write_text("".join(signers))
    return folder


def pack(data, *wanted, out):
    """Have two people agree to a pack, and build it; the line for the trust file."""
    asked = ("disclosure", "ask", "--kind", "pack", *wanted, "--reference", "OB-17")
    number = server(*asked, "--by", "Amina", "--data", data).strip()
    server("disclosure", "approve", number, "--by", "Otieno", "--data", data)
    return server("pack", "build", number, "--out", out, "--data", data)


def server(*words):
    """What a command of the operator's prints."""
    command = [sys.executable, "-m", "api", *map(str, words)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def signatures_of(*, seed):
    return enrolment_signatures(decode(make_photo(seed=seed)))


def report(service):
    """Open a case with the planted photo."""
    with SurvivorClient(service.url) as client:
        client.open_case(signatures_of(seed=41), "402913")


def words_of(desk, output, *sources, bank="reported"):
    return (
        *("scan", *sources, "--pack", desk / f"{bank}.pack", "--pack-key", desk / "lab.key"),
        *("--trust", desk / "signers", "--reference", "OB-17", "--investigator", "PC Example"),
        *("--warrant", "CM 12/2026", "--output", output, "--workers", "2"),
    )


def files_of(output):
    with closing(sqlite3.connect(output / "journal.sqlite")) as journal:
        files = journal.execute(
            "SELECT source_id, path, address, outcome, reason, sha256 FROM file ORDER BY id"
        ).fetchall()
        return files, journal.execute("SELECT * FROM match ORDER BY sha256, entry").fetchall()


def test_planted_photos_are_found_offline_and_everything_is_counted(desk, tmp_path):
    folder = make_folder(tmp_path / "phone")
    archive = make_zip(tmp_path / "phone.zip")

    said = hashsvc(*words_of(desk, tmp_path / "out", f"A1={folder}", f"A2={archive}"))

    counted = dict(line.split() for line in said.stdout.splitlines())
    assert said.returncode == 10, said.stderr
    assert counted == {
        "hashed": "3",
        "duplicate": "5",
        "not_media": "4",
        "failed": "4",
        "excluded": "2",
        "files": "18",
        "matched": "6",
    }
    rows = hashsvc("report", tmp_path / "out", "--format", "jsonl").stdout.splitlines()
    planted = [row for row in map(json.loads, rows) if row["tier"] == "strong"]
    assert len(rows) == 18
    assert {row["exhibit"] for row in planted} == {"A1", "A2"}


def test_a_bank_of_minors_withholds_details_and_says_whom_to_tell(desk, tmp_path):
    folder, output = make_folder(tmp_path / "phone"), tmp_path / "out"

    said = hashsvc(*words_of(desk, output, folder, bank="minors"))

    assert said.returncode == 8, said.stderr
    assert "Childline Kenya on 116" in said.stderr
    assert "b/other.jpg" in (output / "handover.txt").read_text()
    written = hashsvc("report", output, "--format", "jsonl")
    rows = [json.loads(line) for line in written.stdout.splitlines()]
    (row,) = (one for one in rows if one["withheld"])
    assert (row["withheld"], row["path"], row["tier"]) == ("under_18", "", None)
    assert row["sha256"] == sha256(make_photo(seed=7)).hexdigest()
    assert "other.jpg" not in written.stdout


def test_every_file_gets_digests_where_they_are_asked_for(desk, tmp_path):
    folder, output = make_folder(tmp_path / "phone"), tmp_path / "out"

    hashsvc(*words_of(desk, output, folder), "--digest", "all")

    said = hashsvc("report", output, "--format", "jsonl").stdout
    rows = {row["path"]: row for row in map(json.loads, said.splitlines())}
    assert len(rows) == len(FILES)
    assert {path: row["sha256"] for path, row in rows.items()} == {
        path: sha256(body).hexdigest() for path, body in FILES.items()
    }


def test_a_tampered_pack_stops_everything(desk, tmp_path):
    body = bytearray((desk / "reported.pack").read_bytes())
    body[-10] ^= 1
    bad = tmp_path / "bad.pack"
    bad.write_bytes(body)
    folder = make_folder(tmp_path / "phone")
    words = [
        bad if word == desk / "reported.pack" else word for word in words_of(desk, "o", folder)
    ]

    said = hashsvc(*words)

    assert (said.returncode, said.stdout) == (3, "")
    assert "damaged or was altered" in said.stderr


@pytest.mark.parametrize(
    ("source", "output", "code"), [("missing", "out", 4), ("phone", "phone/out", 4)]
)
def test_evidence_that_cannot_be_scanned_is_exit_code_4(desk, tmp_path, source, output, code):
    make_folder(tmp_path / "phone")

    said = hashsvc(*words_of(desk, tmp_path / output, tmp_path / source))

    assert said.returncode == code


def finished(output):
    with closing(sqlite3.connect(output / "journal.sqlite")) as journal:
        try:
            row = journal.execute("SELECT finished_at FROM scan").fetchone()
        except sqlite3.OperationalError:  # killed before there were tables
            return False
    return row is not None and row[0] is not None


def begun(words, output):
    """A scan that has its journal open."""
    run = subprocess.Popen(
        [sys.executable, "-c", OFFLINE, *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while run.poll() is None and not (output / "journal.sqlite-wal").exists():
        time.sleep(0.02)
    return run


def test_killed_again_and_again_it_ends_as_if_never_killed(desk, tmp_path):
    folder = make_folder(tmp_path / "phone")
    for number in range(30):
        (folder / f"{number}.jpg").write_bytes(make_photo(seed=100 + number // 2))
    hashsvc(*words_of(desk, tmp_path / "whole", folder))
    words, killed = words_of(desk, tmp_path / "killed", folder), 0

    for seconds in (0, 0.4, 0.9):
        with begun(words, tmp_path / "killed") as run:
            time.sleep(seconds)
            run.kill()
        killed += not finished(tmp_path / "killed")
    last = hashsvc(*words)

    assert killed >= 1
    assert last.returncode == 10
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "whole")


def test_ctrl_c_finishes_what_is_in_flight(desk, tmp_path):
    folder = tmp_path / "phone"
    folder.mkdir()
    for number in range(150):
        (folder / f"{number}.jpg").write_bytes(make_photo(seed=number))

    with begun(words_of(desk, tmp_path / "out", folder), tmp_path / "out") as run:
        time.sleep(0.3)
        os.kill(run.pid, signal.SIGINT)
        _, message = run.communicate(timeout=20)

    assert run.returncode == 7
    assert "run the command again" in message
    with closing(sqlite3.connect(tmp_path / "out" / "journal.sqlite")) as journal:
        assert journal.execute("SELECT ended FROM segment").fetchall() == [("interrupted",)]
        options = journal.execute("SELECT options FROM scan").fetchone()[0]
        assert json.loads(options)["asked"] == "all"

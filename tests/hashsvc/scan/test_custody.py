"""What the custody file says is kept as it is; what it must not say is refused."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from hashsvc.cli.app import app
from hashsvc.scan.custody import read_custody
from hashsvc.scan.custody_log import NAME, START, Action, CustodyLog
from hashsvc.scan.errors import CustodyError, IntegrityError
from hashsvc.scan.journal import open_journal
from tests.hashsvc.packs import KEY, TRUST, make_pack
from tests.hashsvc.scan.evidence import make_folder, scanned

AT = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)
FILE = """
[reference]
ob_number = "OB 17/22/11/2026"
court_file = "E012 of 2026"
[authority]
kind = "warrant"
number = "CM 12/2026"
issued_on = 2026-11-20
[investigator]
name = "A. Example"
rank = "PC"
[[exhibits]]
id = "A1"
serial = 35
write_blocker = { make = "Make", serial = "7" }
[[transfers]]
exhibit = "A1"
from = "Sgt. One"
to = "PC Example"
"""


@pytest.fixture
def write(tmp_path):
    """Writes a custody file."""

    def write(text):
        path = tmp_path / "custody.toml"
        path.write_text(text)
        return path

    return write


def test_a_custody_file_is_read_whole(write):
    custody = read_custody(write(FILE))

    assert str(custody.reference) == "OB 17/22/11/2026, E012 of 2026"
    assert str(custody.authority) == "warrant CM 12/2026"
    assert str(custody.investigator) == "PC A. Example"
    assert custody.authority.issued_on == "2026-11-20"
    assert custody.exhibits[0].serial == "35"
    assert custody.exhibits[0].write_blocker.make == "Make"
    assert custody.transfers[0].from_ == "Sgt. One"
    assert custody.retention.until == ""


@pytest.mark.parametrize(
    "text",
    [
        "[reference]\nob_nmuber = '1'",
        "[secrets]\na = 1",
        "reference = 'OB-17'",
        "[exhibits]\nid = 'A1'",
        "[[exhibits]]\nserial = '1'",
        "[authority]\nkind = true",
        "[authority]\nkind = ['warrant']",
        "[authority",
    ],
)
def test_a_custody_file_of_another_form_is_refused(write, text):
    with pytest.raises(CustodyError):
        read_custody(write(text))


def test_what_is_not_known_is_told_by_place_with_what_is_known(write):
    with pytest.raises(CustodyError, match="in reference: known are ob_number, inquiry_file"):
        read_custody(write("[reference]\nob_nmuber = '1'"))
    with pytest.raises(CustodyError, match="in write_blocker: known are make"):
        read_custody(write("[[exhibits]]\nid = 'A1'\nwrite_blocker = { colour = 'red' }"))


def test_a_source_that_is_none_of_the_exhibits_is_refused(write):
    custody = read_custody(write(FILE))

    custody.check_exhibits(["A1"])
    with pytest.raises(CustodyError, match="exhibit"):
        custody.check_exhibits(["A1", "A2"])


@pytest.fixture
def desk(tmp_path):
    """Everything that a scan needs but whose and why."""
    KEY.save(tmp_path / "lab.key")
    (tmp_path / "signers").write_text(TRUST[0].line())
    (tmp_path / "some.pack").write_bytes(make_pack(at=datetime.now(UTC)))
    make_folder(tmp_path / "phone")
    return tmp_path


def scan(desk, *words):
    given = ("--pack", desk / "some.pack", "--pack-key", desk / "lab.key")
    rest = ("--trust", desk / "signers", "--output", desk / "out", "--regions", "full")
    typed = ["scan", f"A1={desk / 'phone'}", *given, *rest, *words]
    return CliRunner().invoke(app, list(map(str, typed)))


def test_a_scan_knows_what_the_custody_file_says_and_options_win(desk, write):
    said = scan(desk, "--custody", write(FILE), "--reference", "OB-18")

    assert said.exit_code == 0, said.stderr
    with open_journal(desk / "out") as journal:
        order = json.loads(next(journal.rows("SELECT options FROM scan"))["options"])
    assert order["reference"] == "OB-18"
    assert order["warrant"] == "warrant CM 12/2026"
    assert order["custody"]["exhibits"][0]["write_blocker"]["serial"] == "7"


@pytest.mark.parametrize("lacking", ["reference", "warrant", "investigator"])
def test_a_scan_without_authority_or_name_is_wrong_usage(desk, lacking):
    words = {"--reference": "1", "--warrant": "2", "--investigator": "3"}
    del words[f"--{lacking}"]

    said = scan(desk, *(word for pair in words.items() for word in pair))

    assert said.stderr == f"Say --{lacking}, or give a custody file that does.\n"
    assert said.exit_code == 2
    assert not (desk / "out").exists()


def test_each_run_says_on_which_machine_and_how_it_ended(tmp_path, pack):
    folder = make_folder(tmp_path / "phone")
    scanned([folder], pack, tmp_path / "out", stopping=lambda: True)
    scanned([folder], pack, tmp_path / "out")

    events = CustodyLog(tmp_path / "out").events()

    runs = [one for one in events if one.action in {Action.BEGIN, Action.END}]
    assert [one.action for one in runs] == [Action.BEGIN, Action.END] * 2
    assert [one.details.get("ended") for one in runs] == [None, "interrupted", None, "finished"]
    assert {one.by for one in events} == {"PC Example"}
    machine = runs[0].details["workstation"]
    assert machine["versions"]["numpy"]
    assert machine["clock"]["utc_offset_seconds"] is not None


@pytest.fixture
def log(tmp_path):
    """Of three lines."""
    log = CustodyLog(tmp_path)
    for number in range(3):
        log.add(Action.REPORT, by="PC Example", at=AT, number=number)
    return log


def test_lines_come_back_in_order(log):
    assert [(one.number, one.details) for one in log.events()] == [
        (number + 1, {"number": number}) for number in range(3)
    ]


def test_an_empty_log_has_a_head(tmp_path):
    assert CustodyLog(tmp_path).head() == START


def altered(lines):
    """Ways to tamper with a log, each of which must be seen."""
    yield lines[1:]
    yield lines[:1] + lines[2:]
    yield [lines[1], lines[0], lines[2]]
    yield [lines[0].replace(b"PC Example", b"PC Another"), *lines[1:]]
    yield [*lines, lines[2]]
    yield [*lines, b"{}"]
    yield [*lines, b"[]"]


@pytest.mark.parametrize("way", range(7))
def test_an_altered_log_is_noticed_and_not_written_to(tmp_path, log, way):
    path = tmp_path / NAME
    body = b"\n".join([*list(altered(path.read_bytes().splitlines()))[way], b""])
    path.write_bytes(body)

    with pytest.raises(IntegrityError, match="altered"):
        log.events()
    with pytest.raises(IntegrityError):
        log.head()
    with pytest.raises(IntegrityError):
        log.add(Action.REPORT, by="PC Example", at=AT)
    assert path.read_bytes() == body


def test_a_line_that_a_power_cut_broke_off_was_never_written(tmp_path, log):
    head = log.head()
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"number": 4, "at"')

    assert log.head() == head
    log.add(Action.REPORT, by="PC Example", at=AT)
    assert [one.number for one in log.events()] == [1, 2, 3, 4]


# A disk that is full in the middle of the next line.
FULL_DISK = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from hashsvc.scan.custody_log import Action, CustodyLog
folder = Path(sys.argv[1])
size = (folder / "custody.jsonl").stat().st_size + 20
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    CustodyLog(folder).add(Action.REPORT, by="A", at=datetime.now(UTC))
except OSError as error:
    print(error.strerror)
"""


def test_a_line_that_does_not_fit_was_never_written(tmp_path, log):
    head = log.head()
    words = [sys.executable, "-c", FULL_DISK, tmp_path]

    said = subprocess.run(words, capture_output=True, text=True, check=True)

    assert said.stdout == "File too large\n"
    assert log.head() == head
    log.add(Action.REPORT, by="PC Example", at=AT)
    assert len(log.events()) == 4


def test_the_log_is_for_this_user_alone(tmp_path, log):
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600

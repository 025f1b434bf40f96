"""What is installed: pinned by digest, under known licences, asked about, listed, built twice."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zipfile import ZipFile

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from requirements import audit, sbom
from requirements.pins import FOLDER, path_of, pins
from tests.project import findings

ROOT = Path(__file__).parents[2]
LOCKS = sorted(path.stem for path in FOLDER.glob("*.txt"))
SAME_SECOND = "1700000000"
LOOSE = {
    "no version": "httpx>=0.28\n",
    "no digest": "httpx==0.28.1\n",
    "a short digest": "httpx==0.28.1 --hash=sha256:abc\n",
    "another digest": f"httpx==0.28.1 --hash=md5:{32 * 'a'}\n",
    "an address": f"httpx @ file:///httpx.whl --hash=sha256:{64 * 'a'}\n",
}


def test_every_lock_file_pins_everything_by_digest():
    read = {name: pins(path_of(name).read_text()) for name in LOCKS}

    assert {"device", "server", "dev"} <= set(LOCKS)
    assert {name: loose for name, (_, loose) in read.items()} == {name: [] for name in LOCKS}
    assert all(len(pinned) > 3 for pinned, _ in read.values())


@pytest.mark.goal("G20")
def test_what_is_installed_is_what_is_pinned(figure):
    counted = {name: len(pins(path_of(name).read_text())[0]) for name in LOCKS}

    told = ", ".join(f"{name} {count}" for name, count in counted.items())
    assert not any(pins(path_of(name).read_text())[1] for name in LOCKS)
    figure(f"packages pinned by SHA-256: {told}; 0 that are not")


@pytest.mark.control("G20")
def test_a_line_that_pins_nothing_is_seen(figure):
    seen = [kind for kind, line in LOOSE.items() if pins(line)[1]]

    assert seen == list(LOOSE)
    figure(f"{len(LOOSE)} loose lines planted: {len(seen)} seen")


def write_wheel(folder):
    """The smallest package there is; its digest."""
    path = folder / "example-1-py3-none-any.whl"
    about = "Metadata-Version: 2.1\nName: example\nVersion: 1\n"
    wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with ZipFile(path, "w") as archive:
        archive.writestr("example-1.dist-info/METADATA", about)
        archive.writestr("example-1.dist-info/WHEEL", wheel)
        archive.writestr("example-1.dist-info/RECORD", "")
    return digest_of(path)


def installs(folder, line):
    """Whether the installer would take a package whose line in the lock file is this."""
    lock = folder / "lock.txt"
    lock.write_text(line)
    command = [sys.executable, "-m", "pip", "install", "--require-hashes", "--no-index"]
    command += ["--target", str(folder / "into"), "--find-links", str(folder), "-r", str(lock)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.control("G20")
def test_the_installer_takes_what_is_pinned_and_nothing_else(tmp_path, figure):
    digest = write_wheel(tmp_path)
    loose = ["example>=1\n", "example==1\n", f"example==1 --hash=sha256:{64 * 'a'}\n"]

    refused = [line for line in loose if not installs(tmp_path, line)]

    assert refused == loose
    assert installs(tmp_path, f"example==1 --hash=sha256:{digest}\n")
    figure("the installer refuses a line without version, without digest, with another digest")


@pytest.mark.parametrize("name", ["device", "server"])
def test_a_bill_of_materials_fits_its_schema_and_names_all_that_is_locked(name, tmp_path):
    sbom.write(path_of(name), tmp_path / "bill.json")
    text = (tmp_path / "bill.json").read_text()

    listed = {(one["name"], one["version"]) for one in json.loads(text)["components"]}

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert listed == {(one.name, one.version) for one in pins(path_of(name).read_text())[0]}
    assert "timestamp" not in text
    assert "serialNumber" not in text
    assert str(ROOT) not in text


@pytest.mark.goal("G20")
def test_bills_of_materials_are_the_same_twice(tmp_path, figure):
    for folder in ("one", "two"):
        sbom.main(["--out", str(tmp_path / folder)])

    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["sbom-device.json", "sbom-server.json"]
    for name in names:
        assert digest_of(tmp_path / "one" / name) == digest_of(tmp_path / "two" / name)
    figure("bills of materials (CycloneDX 1.6) of device and server: valid, equal twice")


def test_a_bill_that_does_not_fit_would_be_seen(tmp_path):
    """The control."""
    sbom.write(path_of("device"), tmp_path / "bill.json")
    bill = json.loads((tmp_path / "bill.json").read_text())
    bill["components"][0]["type"] = "photo"

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is not None


def checkout(folder, *, umask):
    """A copy of what a wheel is built from, as another user would have it."""
    before = os.umask(umask)
    try:
        folder.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
            (folder / name).write_bytes((ROOT / name).read_bytes())
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "hashsvc", folder / "hashsvc", ignore=ignored, copy_function=copied)
    finally:
        os.umask(before)
    return folder


def copied(source, target):
    Path(target).write_bytes(Path(source).read_bytes())  # time and mode are this user's


def built(folder, epoch):
    """The digest of the wheel that is built there."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "out")],
        cwd=folder,
        env=os.environ | {"SOURCE_DATE_EPOCH": epoch},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = (folder / "out").iterdir()
    return digest_of(wheel)


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.slow
@pytest.mark.goal("G20")
def test_a_wheel_is_built_the_same_by_anybody(tmp_path, figure):
    one = built(checkout(tmp_path / "one", umask=0o022), SAME_SECOND)
    two = built(checkout(tmp_path / "the other", umask=0o077), SAME_SECOND)

    assert one == two
    figure("two builds of the wheel, other folder, umask and file times: equal bytes")


@pytest.mark.slow
@pytest.mark.control("G20")
def test_another_second_or_one_changed_byte_makes_another_wheel(tmp_path, figure):
    folder = checkout(tmp_path / "one", umask=0o022)
    first = built(folder, SAME_SECOND)
    shutil.rmtree(folder / "out")
    later = built(folder, "1800000000")
    shutil.rmtree(folder / "out")
    module = folder / "hashsvc" / "times.py"
    module.write_text(module.read_text() + "\n")
    changed = built(folder, SAME_SECOND)

    assert len({first, later, changed}) == 3
    figure("another second, one changed byte: 2 of 2 other wheels")


class Service(BaseHTTPRequestHandler):
    """A vulnerability service that knows of one weakness in `httpx`."""

    weak = False
    asked = 0

    def do_POST(self):
        type(self).asked += 1
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = [WEAKNESS] if self.weak and wanted["package"]["name"] == "httpx" else []
        body = json.dumps({"vulns": known} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: the test prints what it needs."""


WEAKNESS = {
    "id": "OSV-0000-1",
    "summary": "an example",
    "aliases": [],
    "affected": [
        {
            "package": {"name": "httpx", "ecosystem": "PyPI"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "0.99"}]},
            ],
        },
    ],
}


@pytest.fixture
def service(request):
    kind = type("Asked", (Service,), {"weak": request.param})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield kind, f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    thread.join()
    server.server_close()


def audited(url):
    return audit.main(["--lock", str(path_of("device")), "--osv-url", url])


@pytest.mark.parametrize(("service", "code"), [(False, 0), (True, 1)], indirect=["service"])
def test_an_audit_asks_about_everything_and_says_what_is_known(service, code, capsys):
    kind, url = service

    assert audited(url) == code
    assert kind.asked > 20  # others are for other systems
    assert ("OSV-0000-1, fixed in 0.99" in capsys.readouterr().out) == bool(code)


def test_no_answer_is_no_good_news(capsys):
    assert audited("http://127.0.0.1:9/v1/query") == 2

    assert "NOT AUDITED" in capsys.readouterr().out


@pytest.mark.parametrize("judged", [True, False])
def test_a_finding_needs_ruffs_comment_at_its_line(tmp_path, judged):
    comment = "  # noqa: S104  # only an example" if judged else ""
    (tmp_path / "one.py").write_text(f'WHERE = "0.0.0.0"{comment}\n')

    found = findings.unjudged(tmp_path, ("one.py",))

    assert [line.split(":")[2].split()[0] for line in found] == ([] if judged else ["B104"])


def test_a_file_that_bandit_cannot_read_is_no_silence(tmp_path):
    (tmp_path / "one.py").write_text("def broken(:\n")

    with pytest.raises(RuntimeError, match=r"one\.py|nothing"):
        findings.unjudged(tmp_path, ("one.py",))

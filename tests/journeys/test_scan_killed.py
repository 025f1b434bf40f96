"""Killed at random moments, a scan ends as if it never had been.

`make soak-scan` sets HASHSVC_TEST_KILLS to 50.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import numpy as np
import pytest

from hashsvc.hashing import enrolment_signatures
from hashsvc.packs import Entry
from hashsvc.photos import decode
from tests.factories import make_photo
from tests.hashsvc.packs import KEY, make_pack
from tests.hashsvc.scan.evidence import make_folder, make_zip

KILLS = int(os.environ.get("HASHSVC_TEST_KILLS", "4"))
LONGEST_SECONDS = 4.0
# The command without its command line: a pack of the tests, on all cores.
SCAN = """
import sys
from pathlib import Path
from hashsvc.packs import read_pack_key
from tests.hashsvc.packs import open_bytes
from tests.hashsvc.scan.evidence import scanned
evidence, archive, output, desk = map(Path, sys.argv[1:])
body = (desk / "some.pack").read_bytes()
pack = open_bytes(body, desk, key=read_pack_key(desk / "lab.key"))
scanned([evidence, archive], pack, output)
"""


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    """Folder, archive, and a desk with the pack."""
    root = tmp_path_factory.mktemp("evidence")
    folder = make_folder(root / "phone")
    make_zip(folder / "nested.zip")
    for number in range(400):
        (folder / f"{number}.jpg").write_bytes(make_photo(seed=100 + number // 2))
    (root / "desk").mkdir()
    listed = enrolment_signatures(decode(make_photo(seed=41)))
    entries = [Entry(bytes([number]) * 16, one) for number, one in enumerate(listed)]
    (root / "desk" / "some.pack").write_bytes(make_pack(entries))
    KEY.save(root / "desk" / "lab.key")
    return folder, make_zip(root / "x.zip"), root / "desk"


def begun(evidence, output):
    folder, archive, desk = evidence
    words = [sys.executable, "-c", SCAN, folder, archive, output, desk]
    return subprocess.Popen(words, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})


def rows_of(output):
    """Everything that a report is made of."""
    with closing(sqlite3.connect(output / "journal.sqlite")) as journal:
        files = journal.execute(
            "SELECT source_id, parent_id, path, address, size, state, outcome, reason, md5, sha1,"
            " sha256 FROM file ORDER BY source_id, parent_id, path, address"
        ).fetchall()
        parents = dict(journal.execute("SELECT id, path FROM file").fetchall())
        named = [(one[0], parents.get(one[1]), *one[2:]) for one in files]
        photos = journal.execute("SELECT * FROM photo ORDER BY sha256").fetchall()
        return named, photos, journal.execute("SELECT * FROM match ORDER BY 1, 2").fetchall()


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_as_if_never_killed(evidence, tmp_path):
    moments, kills, outputs = np.random.default_rng(7), 0, []
    with begun(evidence, tmp_path / "whole") as run:
        assert run.wait() == 0

    while kills < KILLS:
        if not outputs or kills % 5 == 0:
            outputs.append(tmp_path / f"killed-{len(outputs)}")
        with begun(evidence, outputs[-1]) as run:
            while run.poll() is None and not (outputs[-1] / "journal.sqlite-wal").exists():
                time.sleep(0.02)
            time.sleep(moments.uniform(0, LONGEST_SECONDS))
            run.kill()
        if run.returncode == -signal.SIGKILL:
            kills += 1
        else:
            outputs.append(tmp_path / f"killed-{len(outputs)}")

    expected = rows_of(tmp_path / "whole")
    assert len(expected[0]) > 400
    for output in outputs:
        with begun(evidence, output) as run:
            assert run.wait() == 0
        assert rows_of(output) == expected

"""Evidence that can be written to is noticed, and a full disk is told and survived."""

import hashlib
import os
import subprocess

import pytest

from hashsvc.scan.errors import JournalRefusedError
from hashsvc.scan.exhibits import open_exhibit
from hashsvc.scan.journal import open_journal
from tests.availability import unavailable
from tests.factories import make_photo
from tests.hashsvc.scan.evidence import FILES, make_folder, matches_of, outcomes_of, scanned


def mount(*words):
    subprocess.run(["mount", *words], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path):
    """A file system in memory, of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", folder)
    except (OSError, subprocess.CalledProcessError):
        unavailable("mount", "only root may mount a file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


def state_of(root):
    """Digests and all times of every file, and times of every folder."""
    paths = sorted([root, *root.rglob("*")])
    stats = [path.stat() for path in paths]
    times = [(one.st_atime_ns, one.st_mtime_ns, one.st_ctime_ns) for one in stats]
    return times, [hashlib.sha256(path.read_bytes()).digest() for path in paths if path.is_file()]


def read_only_of(output):
    with open_journal(output) as journal:
        return [row["read_only"] for row in journal.rows("SELECT read_only FROM source")]


def test_a_writable_mount_is_noticed_and_a_read_only_one_too(disk, tmp_path, pack):
    make_folder(disk / "phone")

    scanned([disk / "phone"], pack, tmp_path / "writable")
    mount("-o", "remount,ro", disk)
    scanned([disk / "phone"], pack, tmp_path / "read-only")

    assert read_only_of(tmp_path / "writable") == [0]
    assert read_only_of(tmp_path / "read-only") == [1]
    assert open_exhibit(str(disk / "phone"), number=1, output=tmp_path).read_only


def test_digests_and_times_of_a_read_only_mount_are_as_they_were(disk, tmp_path, pack):
    make_folder(disk / "phone")
    for path in (disk / "phone").rglob("*"):
        os.utime(path, ns=(1, 2))  # relatime would set such an old access time
    mount("-o", "remount,ro", disk)
    before = state_of(disk / "phone")

    scanned([disk / "phone"], pack, tmp_path / "out")

    assert state_of(disk / "phone") == before
    assert len(before[1]) == len(FILES)


def test_a_full_disk_is_told_and_the_scan_goes_on_with_more_room(disk, tmp_path, pack):
    folder = make_folder(tmp_path / "phone")
    for number in range(4_000):
        (folder / f"{number} {'long name ' * 15}").touch()
    (folder / "last.jpg").write_bytes(make_photo(seed=41))

    with pytest.raises(JournalRefusedError, match="full: make room"):
        scanned([folder], pack, disk / "out")
    mount("-o", "remount,size=64m", disk)
    totals = scanned([folder], pack, disk / "out")

    assert totals == scanned([folder], pack, tmp_path / "roomy")
    assert outcomes_of(disk / "out") == outcomes_of(tmp_path / "roomy")
    assert matches_of(disk / "out") == matches_of(tmp_path / "roomy")


def test_a_disk_without_any_room_is_told(disk, tmp_path, pack):
    folder = make_folder(tmp_path / "phone")
    (disk / "out").mkdir()
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4_096))
        except OSError:
            pass

    with pytest.raises(JournalRefusedError, match="full: make room"):
        scanned([folder], pack, disk / "out")

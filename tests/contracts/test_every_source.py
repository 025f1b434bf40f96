"""Every kind of source lists everything, gives its bytes, and leaves the evidence as it was."""

import os
import tarfile
import zipfile
from collections import Counter
from contextlib import closing

import pytest

from hashsvc.scan.errors import EvidenceRefusedError
from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources import open_source
from tests.hashsvc.scan.conftest import pack  # noqa: F401  # a fixture
from tests.hashsvc.scan.evidence import (
    FILES,
    make_folder,
    make_tar,
    make_zip,
    outcomes_of,
    scanned,
)

MAKERS = {"folder": make_folder, "x.zip": make_zip, "x.tar": make_tar, "x.tar.gz": make_tar}


@pytest.fixture(params=MAKERS)
def evidence(request, tmp_path):
    """A source of each kind with the same files."""
    place = tmp_path / "evidence" / request.param
    place.parent.mkdir()
    return MAKERS[request.param](place)


def state_of(root):
    """Bytes and times of everything, access times too."""
    paths = sorted([root, *root.rglob("*")])
    bodies = [path.read_bytes() for path in paths if path.is_file()]
    stats = [path.stat() for path in paths]
    return bodies, [(one.st_mtime_ns, one.st_size, one.st_mode) for one in stats]


def access_times(root):
    return [path.stat().st_atime_ns for path in sorted(root.rglob("*")) if path.is_file()]


def test_lists_every_file_with_its_bytes(evidence):
    found = {}
    with closing(open_source(evidence)) as source:
        for file in source.files():
            with source.open(file) as stream:
                found[file.path.decode()] = stream.read(1 << 20)

    assert found == FILES


def test_the_order_is_the_same_each_time(evidence):
    with closing(open_source(evidence)) as one, closing(open_source(evidence)) as other:
        assert list(one.files()) == list(other.files())


def test_every_file_has_one_outcome(evidence, pack, tmp_path):  # noqa: F811
    totals = scanned([evidence], pack, tmp_path / "out")

    found = outcomes_of(tmp_path / "out")
    assert {path.decode() for path in found} == set(FILES)
    assert totals.enumerated == len(FILES)
    assert totals.pending == 0
    assert found[b"b/other.jpg"] == ("hashed", None)
    assert found[b"b/cut short.jpg"] == ("failed", "decode")
    assert found[b"b/notes.txt"] == ("not_media", None)
    assert found[b"b/empty.jpg"] == ("not_media", None)
    assert found[b"b/clip.mp4"] == ("excluded", "video")
    assert found[b"b/nested.zip"] == ("failed", "container_damaged")
    twins = [found[name.encode()][0] for name in ("a/planted.jpg", "a/copy of planted")]
    assert Counter(twins) == {"hashed": 1, "duplicate": 1}
    assert totals.matched == 3


def test_the_evidence_is_as_it_was(evidence, pack, tmp_path):  # noqa: F811
    root = tmp_path / "evidence"
    for path in sorted(root.rglob("*")):
        os.utime(path, ns=(1, 2))  # relatime would set such an old access time
    accessed = access_times(root)

    scanned([evidence], pack, tmp_path / "out")

    assert access_times(root) == accessed
    before = state_of(root)
    scanned([evidence], pack, tmp_path / "again")
    assert state_of(root) == before


def test_what_is_missing_or_of_no_kind_is_refused(tmp_path):
    (tmp_path / "text").write_text("none")

    for path in (tmp_path / "missing", tmp_path / "text"):
        with pytest.raises(EvidenceRefusedError):
            open_source(path)


def test_links_pipes_and_loops_are_rows_and_not_followed(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe")

    found = {file.path: file.problem for file in open_source(tmp_path).files()}

    assert found == dict.fromkeys([b"loop", b"link", b"pipe"], Reason.NOT_REGULAR)


def test_names_of_any_bytes_are_kept(tmp_path):
    (tmp_path / os.fsdecode(b"\xff\xfe\n.jpg")).touch()

    (file,) = open_source(tmp_path).files()

    assert file.path == b"\xff\xfe\n.jpg"


def test_a_file_that_changed_after_listing_is_told(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"one")
    source = open_source(tmp_path)
    (file,) = source.files()

    path.write_bytes(b"other")

    with pytest.raises(FileProblemError) as told:
        source.open(file)
    assert told.value.reason is Reason.CHANGED


def test_a_link_that_took_a_file_s_place_is_not_followed(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"one")
    source = open_source(tmp_path)
    (file,) = source.files()

    path.unlink()
    path.symlink_to("/etc/hostname")

    with pytest.raises(FileProblemError):
        source.open(file)


def test_a_file_that_vanished_is_told(tmp_path):
    with pytest.raises(FileProblemError) as told:
        open_source(tmp_path).open(FoundFile(b"gone"))

    assert told.value.reason is Reason.MISSING


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz"])
def test_a_truncated_archive_leaves_a_row_that_says_so(tmp_path, pack, name, keep):  # noqa: F811
    path = MAKERS[name](tmp_path / name)
    body = path.read_bytes()
    path.write_bytes(body[: int(len(body) * keep)])
    if name == "x.tar" and keep > 0.9:
        return  # only its empty end is missing

    totals = scanned([path], pack, tmp_path / "out")

    assert totals.pending == 0
    assert ("failed", "container_damaged") in outcomes_of(tmp_path / "out").values()


def test_altered_members_and_unknown_methods_are_rows(tmp_path, pack):  # noqa: F811
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("altered.png", FILES["a/mirrored.png"])
        archive.writestr("strange.jpg", FILES["b/other.jpg"])
        archive.writestr("locked.jpg", FILES["b/other.jpg"])
    body = bytearray(path.read_bytes())
    body[5_000] ^= 1  # inside the first member
    listing = [place for place in range(len(body)) if body[place : place + 4] == b"PK\x01\x02"]
    body[listing[1] + 10] = 97  # a method that nobody here knows
    body[listing[2] + 8] |= 1  # a password is needed
    path.write_bytes(bytes(body))

    scanned([path], pack, tmp_path / "out")

    assert outcomes_of(tmp_path / "out") == {
        b"altered.png": ("failed", "container_damaged"),
        b"strange.jpg": ("failed", "compression_unsupported"),
        b"locked.jpg": ("failed", "encrypted"),
    }


def test_a_tar_s_links_and_devices_are_rows(tmp_path, pack):  # noqa: F811
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE)):
            member = tarfile.TarInfo(f"../{number}")
            member.type, member.linkname = kind, "/etc/hostname"
            archive.addfile(member)

    scanned([path], pack, tmp_path / "out")

    assert set(outcomes_of(tmp_path / "out").values()) == {("excluded", "not_regular")}


def test_two_entries_of_one_name_are_two_files(tmp_path, pack):  # noqa: F811
    path = tmp_path / "x.tar"
    make_tar(path)
    with tarfile.open(path, "a") as archive:
        archive.addfile(tarfile.TarInfo("b/notes.txt"))

    totals = scanned([path], pack, tmp_path / "out")

    assert totals.enumerated == len(FILES) + 1

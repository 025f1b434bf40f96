"""Files in raw and E01 images: found, deleted ones too, or named with the reason."""

import os
import subprocess
import sys
from contextlib import closing
from hashlib import sha256

import pytest
from PIL import Image

from hashsvc.scan.journal import open_journal
from hashsvc.scan.records import FileState, Outcome, Reason
from hashsvc.scan.running import Order
from hashsvc.scan.sources import open_source
from tests.factories import encode, make_image, make_photo
from tests.hashsvc.scan.evidence import outcomes_of, scanned
from tests.hashsvc.scan.images import (
    SECTOR,
    debugfs,
    make_disk,
    make_e01,
    make_ext4,
    make_fat,
    make_ntfs,
)

PLANTED = make_image(seed=41)
FILES = {
    "DCIM/planted.jpg": make_photo(seed=41),
    "DCIM/small.jpg": encode(PLANTED.resize((200, 150)), "JPEG", quality=60),
    "DCIM/turned.png": encode(PLANTED.transpose(Image.Transpose.ROTATE_90)),
    "DCIM/deleted.jpg": encode(PLANTED, "JPEG", quality=40),
    "DCIM/other.jpg": make_photo(seed=7),
    "DCIM/gone.jpg": make_photo(seed=8),
    "notes.txt": b"no photo",
}
DELETED = ("DCIM/deleted.jpg", "DCIM/gone.jpg")
MAKERS = {"ext4": make_ext4, "fat": make_fat}


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    """A raw image of each file system, made once; whoever changes one copies it."""
    folder = tmp_path_factory.mktemp("images")
    made = {}

    def image(kind):
        if kind not in made:
            made[kind] = MAKERS[kind](folder / f"{kind}.dd", FILES, DELETED)
        return made[kind]

    return image


@pytest.fixture(params=["ext4", "fat", "disk", "e01"])
def evidence(request, images, tmp_path):
    """Each kind of image with the same files; and how often they are in it."""
    if request.param in MAKERS:
        return images(request.param), 1
    if request.param == "e01":
        image = tmp_path / "disk.dd"
        image.write_bytes(images("fat").read_bytes())
        return make_e01(image, segment="1MiB"), 1
    return make_disk(tmp_path / "disk.img", ext4=images("ext4"), fat=images("fat")), 2


def listed(path):
    """Files of an image by path."""
    with closing(open_source(path)) as source:
        return {file.path: file for file in source.files()}


def problems(path):
    """Reasons that are known without opening a file, by path."""
    return {path: file.problem for path, file in listed(path).items() if file.problem}


def digests(folder):
    files = [path for path in folder.iterdir() if path.is_file()]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def copy_of(image, tmp_path, *, length=None):
    copy = tmp_path / "copy.dd"
    copy.write_bytes(image.read_bytes()[:length])
    return copy


def test_every_planted_copy_is_found_at_its_tier(evidence, pack, tmp_path):
    image, times = evidence
    before = digests(image.parent)

    totals = scanned([image], pack, tmp_path / "out", order=Order("OB-17", "PC Example"))

    with open_journal(tmp_path / "out") as journal:
        rows = list(
            journal.rows(
                "SELECT path, state, tier FROM file JOIN match USING (sha256) GROUP BY file.id"
            )
        )
    assert totals.matched == 4 * times == len(rows)
    assert {row["tier"] for row in rows} == {"strong"}
    assert sum(row["state"] == "deleted" for row in rows) == times
    assert totals.pending == 0
    assert totals.enumerated == sum(totals.outcomes.values()) >= len(FILES) * times
    assert digests(image.parent) == before


def test_every_file_is_listed_with_its_bytes(evidence):
    image, times = evidence
    bodies = []

    with closing(open_source(image)) as source:
        for file in source.files():
            if file.problem is None:
                with source.open(file) as stream:
                    bodies.append(stream.read(1 << 20))
                assert len(bodies[-1]) == file.size

    assert sorted(bodies) == sorted([*FILES.values()] * times)


def test_a_path_names_its_partition_and_an_address_its_inode(images, tmp_path):
    disk = make_disk(tmp_path / "x.img", ext4=images("ext4"), fat=images("fat"))

    found = listed(disk)

    inode = debugfs(images("ext4"), "stat /notes.txt").split()[1]
    assert found[b"p1:/notes.txt"].address == int(inode)
    assert found[b"p1:/DCIM/deleted.jpg"].state is FileState.DELETED
    assert found[b"p2:/DCIM/_eleted.jpg"].state is FileState.DELETED
    assert found[b"p2:/DCIM/other.jpg"].state is FileState.ALLOCATED
    assert found[b"p2:/notes.txt"].modified_ns


def test_space_between_partitions_is_a_row(images, tmp_path):
    disk = make_disk(tmp_path / "x.img", fat=images("fat"))

    found = problems(disk)

    assert found[b"unallocated@0"] is Reason.UNALLOCATED
    assert sum(file.size for file in listed(disk).values() if file.path in found) == 2 << 20


def test_a_split_image_is_read_on_in_its_next_file(images, tmp_path):
    body = images("ext4").read_bytes()
    third = len(body) // 3
    for number in range(4):
        part = body[number * third : (number + 1) * third]
        (tmp_path / f"disk.00{number + 1}").write_bytes(part)

    assert listed(tmp_path / "disk.001") == listed(images("ext4"))


def test_a_cut_image_leaves_rows_for_what_is_missing(images, pack, tmp_path):
    with closing(open_source(images("fat"))) as source:
        places = [file for file in source.files() if file.path == b"p0:/notes.txt"]
    assert places
    body = images("fat").read_bytes()
    cut = copy_of(images("fat"), tmp_path, length=body.find(FILES["DCIM/other.jpg"]) + SECTOR)

    scanned([cut], pack, tmp_path / "out")

    found = outcomes_of(tmp_path / "out")
    assert found[b"p0"] == ("failed", "container_damaged")
    assert found[b"p0:/DCIM/other.jpg"] == ("failed", "unreadable")
    assert found[b"p0:/DCIM/_one.jpg"] == ("failed", "metadata_gone")
    assert found[b"p0:/DCIM/planted.jpg"] == ("hashed", None)


def test_an_altered_e01_says_that_it_is_damaged(images, tmp_path):
    first = make_e01(copy_of(images("fat"), tmp_path), compression="none")
    body = bytearray(first.read_bytes())

    body[body.find(FILES["DCIM/other.jpg"]) + 100] ^= 0xFF
    first.write_bytes(body)

    assert problems(first) == {b"": Reason.CONTAINER_DAMAGED}
    assert len(listed(first)) == len(FILES) + 1


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_truncated_e01_says_that_it_is_damaged(images, pack, tmp_path, keep):
    first = make_e01(copy_of(images("fat"), tmp_path))
    body = first.read_bytes()
    first.write_bytes(body[: int(len(body) * keep)])

    totals = scanned([first], pack, tmp_path / "out")

    assert totals.pending == 0
    assert outcomes_of(tmp_path / "out")[b""] == ("failed", "container_damaged")


def test_an_e01_without_one_of_its_segments_says_so(images, tmp_path):
    first = make_e01(copy_of(images("fat"), tmp_path), segment="1MiB")
    segments = sorted(tmp_path.glob("*.E*"))
    if len(segments) > 1:
        segments[-1].unlink()

    assert len(segments) == 1 or problems(first)[b""] is Reason.CONTAINER_DAMAGED


@pytest.mark.parametrize(
    ("opening", "reason"),
    [
        (b"LUKS\xba\xbe\0\2", Reason.ENCRYPTED),
        (b"\xeb\x58\x90-FVE-FS-" + bytes(499) + b"\x55\xaa", Reason.ENCRYPTED),
        (b"", Reason.FILESYSTEM_UNREADABLE),
    ],
    ids=["luks", "bitlocker", "blank"],
)
def test_a_volume_that_cannot_be_read_is_a_row_with_the_reason(tmp_path, opening, reason):
    volume = tmp_path / "x.dd"
    volume.write_bytes(opening.ljust(1 << 20, b"\0"))
    disk = make_disk(tmp_path / "y.dd", ext4=volume)

    assert problems(volume) == {b"p0": reason}
    assert problems(disk)[b"p1"] is reason


def test_a_file_system_that_encrypts_folders_says_so(images, tmp_path):
    image = copy_of(images("ext4"), tmp_path)

    debugfs(image, "feature encrypt")

    assert problems(image)[b"p0"] is Reason.ENCRYPTED
    assert len(listed(image)) == len(FILES) + 1


def test_a_loop_of_folders_ends(images, tmp_path):
    image = copy_of(images("ext4"), tmp_path)

    debugfs(image, "ln /DCIM /DCIM/loop")

    assert problems(image) == {b"p0:/DCIM/loop": Reason.NOT_REGULAR}


def bodies_of(image):
    """Bytes of every file that can be read, by path."""
    with closing(open_source(image)) as source:
        return {
            file.path: source.open(file).read(1 << 20)
            for file in source.files()
            if file.problem is None
        }


def test_files_without_a_name_are_found_deleted_or_not(images, tmp_path):
    image = copy_of(images("ext4"), tmp_path)

    debugfs(image, "clri /DCIM")  # the folder is gone, and with it all its names

    bodies = bodies_of(image)
    assert sorted(bodies.values()) == sorted(FILES.values())
    assert sum(path.startswith(b"p0:/$Orphan") for path in bodies) == len(DELETED)
    assert sum(path.startswith(b"p0:/$Unlinked/") for path in bodies) == len(FILES) - 3


def test_a_file_that_was_open_when_it_was_deleted_is_found(images, tmp_path):
    image = copy_of(images("ext4"), tmp_path)

    debugfs(image, "unlink /DCIM/planted.jpg")

    assert FILES["DCIM/planted.jpg"] in bodies_of(image).values()


def test_links_in_an_image_are_rows_and_not_followed(images, tmp_path):
    image = copy_of(images("ext4"), tmp_path)

    debugfs(image, "symlink /link /etc/hostname")

    assert problems(image)[b"p0:/link"] is Reason.NOT_REGULAR


def test_names_of_any_bytes_are_kept(images, tmp_path):
    image = copy_of(images("ext4"), tmp_path)
    subprocess.run(
        ["debugfs", "-w", "-f", "-", image],
        input=b'ln /notes.txt "/\xff\xfe.jpg"\n',
        check=True,
        capture_output=True,
    )

    assert b"p0:/\xff\xfe.jpg" in listed(image)


def test_what_was_written_over_a_deleted_file_is_not_taken_for_it(images, tmp_path):
    image = copy_of(images("ext4"), tmp_path)
    other = tmp_path / "other"
    other.write_bytes(b"x" * 20_000)
    before = {file.address for file in listed(image).values() if file.state is FileState.DELETED}

    debugfs(image, f"write {other} /new")
    debugfs(image, f"write {other} /newer")

    after = {
        file.address: file.problem
        for file in listed(image).values()
        if file.state is FileState.DELETED
    }
    assert set(after) == before
    assert set(after.values()) == {Reason.METADATA_GONE}


def test_streams_beside_the_bytes_of_an_ntfs_file_are_files(tmp_path):
    hidden = make_photo(seed=41)
    image = make_ntfs(tmp_path / "x.dd", {"notes.txt": b"none"}, {("notes.txt", "hidden"): hidden})

    with closing(open_source(image)) as source:
        found = {file.path: file for file in source.files()}
        with source.open(found[b"p0:/notes.txt:hidden"]) as stream:
            assert stream.read(1 << 20) == hidden
        with source.open(found[b"p0:/notes.txt"]) as stream:
            assert stream.read(1 << 20) == b"none"


def test_an_ntfs_volume_has_no_failed_files_where_nothing_failed(tmp_path, pack):
    """What it keeps for itself and never used is counted apart."""
    image = make_ntfs(tmp_path / "x.dd", {"planted.jpg": make_photo(seed=41)})

    totals = scanned([image], pack, tmp_path / "out")

    found = outcomes_of(tmp_path / "out")
    reserved = {path for path, row in found.items() if row == ("excluded", "reserved")}
    orphans = {b"p0:/$OrphanFiles/OrphanFile-%d" % number for number in range(16, 24)}
    assert reserved == orphans | {b"p0:/$BadClus:$Bad"}
    assert totals.outcomes[Outcome.FAILED] == 0
    assert totals.matched == 1


def mark_as_bad(image, *, cluster):
    """Let the stream of bad clusters have one that is none of its holes."""
    body, none = bytearray(image.read_bytes()), b"\x02\xff\x07\0"  # a hole as long as the disk
    name = "$Bad".encode("utf-16-le")
    place = body.index(name + none) + len(name)
    runs = b"\x02\xe8\x03" + b"\x21\x01" + cluster.to_bytes(2, "little")  # a hole, then one
    body[place : place + len(runs) + 1] = runs + b"\0"
    image.write_bytes(body)


def test_clusters_that_are_marked_bad_are_not_passed_over(tmp_path):
    """Something may have been hidden there."""
    image = make_ntfs(tmp_path / "x.dd", {"notes.txt": b"none"})
    mark_as_bad(image, cluster=1000)

    with closing(open_source(image)) as source:
        found = {file.path: file for file in source.files()}

    assert found[b"p0:/$BadClus:$Bad"].problem is None


def test_without_the_libraries_the_message_names_the_extra(images):
    program = (
        "import sys; from pathlib import Path; sys.modules['pytsk3'] = None\n"
        "from hashsvc.scan.sources import open_source\n"
        "open_source(Path(sys.argv[1]))"
    )
    words = [sys.executable, "-c", program, os.fspath(images("ext4"))]

    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert "EvidenceRefusedError: Disk images need more libraries" in done.stderr
    assert "hashsvc[scan]" in done.stderr

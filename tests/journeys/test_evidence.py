"""Disks and a phone with planted copies: each is found at its tier, killed on the way or not."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from hashsvc.hashing import enrolment_signatures
from hashsvc.packs import Entry
from hashsvc.photos import decode
from hashsvc.scan.journal import open_journal
from tests.factories import encode, make_image, make_photo
from tests.hashsvc.packs import KEY, make_pack
from tests.hashsvc.scan.archives import tar_of, zip_of
from tests.hashsvc.scan.documents import jpeg, pdf_of
from tests.hashsvc.scan.images import make_disk, make_e01, make_ext4, make_fat

PLANTED = make_image(seed=41)
COPIES = {
    "same.jpg": make_photo(seed=41),
    "recompressed.jpg": encode(PLANTED, "JPEG", quality=30),
    "smaller.jpg": encode(PLANTED.resize((200, 150)), "JPEG"),
    "turned.png": encode(PLANTED.transpose(Image.Transpose.ROTATE_90)),
    "mirrored.webp": encode(ImageOps.mirror(PLANTED), "WEBP"),
    "grey.png": encode(PLANTED.convert("L")),
    "bordered.jpg": encode(ImageOps.expand(PLANTED, 60, "white"), "JPEG"),
}
# Each copy of the planted photo at the tier that the same edit has on a platform.
TIERS = dict.fromkeys(COPIES, "strong")
OTHERS = {
    **{f"other {number}.jpg": make_photo(seed=number) for number in range(6)},
    "notes.txt": b"none",
    "cut short.jpg": make_photo(seed=9)[:900],
}
DISK = {f"DCIM/{name}": body for name, body in (COPIES | OTHERS).items()}
DELETED = ("DCIM/smaller.jpg", "DCIM/turned.png")
PHONE = {f"files/Image/{name}": body for name, body in (COPIES | OTHERS).items()} | {
    "report.xml": b"<project/>",
    "files/Document/letter.pdf": pdf_of(lambda document: jpeg(document, PLANTED)),
    "files/Document/letter.docx": zip_of({"word/media/image1.png": COPIES["turned.png"]}),
    "files/Archive/backup.zip": zip_of({"inner.tar": tar_of({"hidden": COPIES["same.jpg"]})}),
}
# The same scan in a process of its own, which can be killed.
SCAN = """
import sys
from pathlib import Path
from hashsvc.packs import read_pack_key
from hashsvc.scan.running import Order
from tests.hashsvc.packs import open_bytes
from tests.hashsvc.scan.evidence import scanned
desk, output, *sources = map(Path, sys.argv[1:])
pack = open_bytes((desk / "some.pack").read_bytes(), desk, key=read_pack_key(desk / "lab.key"))
scanned(sources, pack, output, order=Order("OB-17", "PC Example", "CM 12/2026"))
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """A disk with two partitions, the same FAT disk as E01, and a phone."""
    folder = tmp_path_factory.mktemp("evidence")
    ext4 = make_ext4(folder / "ext4.dd", DISK, DELETED)
    fat = make_fat(folder / "fat.dd", DISK, DELETED)
    phone = folder / "phone.ufdr"
    phone.write_bytes(zip_of(PHONE))
    return [make_disk(folder / "disk.img", ext4=ext4, fat=fat), make_e01(fat), phone]


def found_in(output):
    """Every file with its best match, by source, containers and path."""
    with closing(sqlite3.connect(output / "journal.sqlite")) as journal:
        return journal.execute(
            "SELECT file.source_id, holder.path, file.path, file.address, file.state,"
            " file.outcome, file.reason, file.sha256, tier, min(pdq_distance)"
            " FROM file LEFT JOIN file AS holder ON holder.id = file.parent_id"
            " LEFT JOIN match ON match.sha256 = file.sha256 GROUP BY file.id ORDER BY 1, 2, 3, 4"
        ).fetchall()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A pack of the planted photo, and the key that opens it."""
    folder = tmp_path_factory.mktemp("desk")
    listed = enrolment_signatures(decode(COPIES["same.jpg"]))
    entries = [Entry(bytes([number]) * 16, one) for number, one in enumerate(listed)]
    (folder / "some.pack").write_bytes(make_pack(entries))
    KEY.save(folder / "lab.key")
    return folder


def begun(desk, output, sources):
    words = [sys.executable, "-c", SCAN, *map(str, (desk, output, *sources))]
    return subprocess.Popen(words, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})


@pytest.fixture(scope="module")
def whole(desk, sources, tmp_path_factory):
    """What a scan found that nobody disturbed."""
    before = {path: sha256(path.read_bytes()).digest() for path in sources}
    output = tmp_path_factory.mktemp("whole") / "out"

    with begun(desk, output, sources) as run:
        assert run.wait() == 0

    assert {path: sha256(path.read_bytes()).digest() for path in sources} == before
    with open_journal(output) as journal:
        totals = journal.totals()
    assert totals.pending == 0
    assert totals.enumerated == sum(totals.outcomes.values()) == len(found_in(output))
    return found_in(output)


def tiers_of(found, source):
    """Tier of each file of a source that matched."""
    return {bytes(row[2]): row[-2] for row in found if row[0] == source and row[-2]}


@pytest.mark.parametrize("volume", ["p1", "p2"])
def test_every_copy_on_a_disk_is_found_deleted_ones_too(whole, volume):
    tiers = tiers_of(whole, 1)
    expected = {f"{volume}:/DCIM/{name}": tier for name, tier in TIERS.items()}
    if volume == "p2":  # FAT forgets the first letter of what is deleted
        for name in map(Path, DELETED):
            tier = expected.pop(f"p2:/{name}")
            expected[f"p2:/DCIM/_{name.name[1:]}"] = tier

    found = {path.decode(): tier for path, tier in tiers.items() if path[:2] == volume.encode()}

    assert found == expected
    deleted = [row for row in whole if row[0] == 1 and row[4] == "deleted" and row[-2]]
    assert len(deleted) == 2 * len(DELETED)


def test_an_e01_gives_what_its_disk_gives(whole):
    on_disk = {row[2].replace(b"p2:", b"p0:"): row[3:] for row in whole if row[2][:3] == b"p2:"}

    assert {row[2]: row[3:] for row in whole if row[0] == 2} == on_disk


def test_every_copy_on_a_phone_is_found_in_documents_and_archives_too(whole):
    tiers = tiers_of(whole, 3)

    named = {Path(os.fsdecode(path)).name: tier for path, tier in tiers.items()}
    inner = {"hidden", "image1.png", *(name for name in named if name.startswith("object "))}
    assert {name: tier for name, tier in named.items() if name not in inner} == TIERS
    assert len(inner) == 3
    assert {named[name] for name in inner} == {"strong"}


def test_nothing_else_matches(whole):
    matched = [row for row in whole if row[-2]]

    assert len(matched) == 3 * len(COPIES) + len(COPIES) + 3
    assert not [row for row in matched if b"other" in row[2]]


@pytest.mark.slow
def test_killed_on_the_way_it_ends_as_if_never_killed(desk, sources, whole, tmp_path):
    output, kills = tmp_path / "out", 0

    for seconds in (0.2, 0.8, 1.5, 2.5):
        with begun(desk, output, sources) as run:
            while run.poll() is None and not (output / "journal.sqlite-wal").exists():
                time.sleep(0.02)
            time.sleep(seconds)
            run.kill()
        kills += run.returncode == -signal.SIGKILL
    with begun(desk, output, sources) as run:
        assert run.wait() == 0

    assert kills >= 2
    assert found_in(output) == whole

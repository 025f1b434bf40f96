"""What a disk image does to the child process that reads it is a row, and the scan goes on."""

import sys
from contextlib import closing

import pytest

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.image_kinds import ImageKind
from hashsvc.scan.sources.image_source import ImageSource
from tests.hashsvc.scan.images import make_disk, make_ext4

# A child that does what a path or a volume says, as a broken file system might make it.
CHILD = """
import os, sys, time
from hashsvc.scan.sources.disk_image import DiskImage, child
from hashsvc.scan.sources.disk_image.contents import Contents
how = sys.argv.pop(1)
def act():
    if how == "dies": os._exit(9)
    if how == "hangs": time.sleep(60)
    if how == "lies": sys.stdout.buffer.write(b"nothing that makes sense" * 9); sys.stdout.flush()
    if how == "boasts": sys.stdout.buffer.write(b"\\xff" * 5); sys.stdout.flush()
files, read_at = DiskImage.files, Contents.read_at
def bad_files(self, volume):
    if volume == b"p1": act()
    return files(self, volume)
def bad_read(self, offset, length):
    if b"bad" in self.file.path: act()
    return read_at(self, offset, length)
DiskImage.files, Contents.read_at = bad_files, bad_read
child.main()
"""
FILES = {"bad.jpg": b"bad", "good.jpg": b"good", "large": bytes(range(256)) * 20_000}
ENDS = {
    "dies": Reason.CRASHED,
    "hangs": Reason.TIMEOUT,
    "lies": Reason.CRASHED,
    "boasts": Reason.CRASHED,
}


@pytest.fixture(scope="module")
def volume(tmp_path_factory):
    return make_ext4(tmp_path_factory.mktemp("image") / "x.dd", FILES)


@pytest.fixture(params=ENDS)
def how(request):
    return request.param


def open_badly(image, how):
    """With a child that ends like this."""
    child = (sys.executable, "-c", CHILD, how)
    source = ImageSource(image, ImageKind.RAW, child=child, read_seconds=12, list_seconds=12)
    return closing(source)


def body_of(source, file):
    with source.open(file) as stream:
        return stream.read(1 << 30)


def test_a_volume_that_ends_its_child_is_a_row_and_the_next_one_is_read(volume, how, tmp_path):
    disk = make_disk(tmp_path / "disk.img", ext4=volume, fat=volume)

    with open_badly(disk, how) as source:
        found = {file.path: file.problem for file in source.files()}

    assert found[b"p1"] is ENDS[how]
    assert found[b"p2:/good.jpg"] is None


def test_a_file_that_ends_its_child_is_a_row_and_the_next_one_is_read(volume, how):
    with open_badly(volume, how) as source:
        files = {file.path: file for file in source.files()}
        with pytest.raises(FileProblemError) as told:
            source.open(files[b"p0:/bad.jpg"])
        good = body_of(source, files[b"p0:/good.jpg"])

    assert told.value.reason is ENDS[how]
    assert good == b"good"


def test_a_child_that_cannot_be_started_is_a_row(volume):
    child = (sys.executable, "-c", "raise SystemExit")
    with closing(ImageSource(volume, ImageKind.RAW, child=child)) as source:
        assert [file.problem for file in source.files()] == [Reason.CRASHED]


def test_large_files_come_in_blocks_and_from_any_place(volume):
    with closing(ImageSource(volume, ImageKind.RAW)) as source:
        (file,) = [file for file in source.files() if file.path == b"p0:/large"]
        whole = body_of(source, file)
        with source.open(file) as stream:
            stream.seek(4_000_000)
            middle = stream.read(100)

    assert whole == FILES["large"]
    assert middle == FILES["large"][4_000_000:4_000_100]


def test_a_listing_given_up_half_way_leaves_reading_as_it_was(volume):
    with closing(ImageSource(volume, ImageKind.RAW)) as source:
        files = source.files()
        first = next(files)
        files.close()
        whole = {file.path: file for file in source.files()}

        assert body_of(source, whole[b"p0:/good.jpg"]) == b"good"
    assert first.path in whole


def test_the_child_can_write_nothing(volume, tmp_path):
    program = (
        "import sys; from hashsvc.scan.sources.disk_image import DiskImage, child\n"
        "def files(self, volume):\n"
        "    open(sys.argv[1] + '.written', 'w').write('x')\n"
        "    return iter(())\n"
        "DiskImage.files = files; child.main()"
    )
    child = (sys.executable, "-c", program)
    with closing(ImageSource(volume, ImageKind.RAW, child=child)) as source:
        assert [file.problem for file in source.files()] == [Reason.CRASHED]

    written = volume.with_name(volume.name + ".written")
    assert not written.exists() or not written.read_bytes()


def test_a_file_of_another_partition_is_missing(volume):
    with closing(ImageSource(volume, ImageKind.RAW)) as source:
        with pytest.raises(FileProblemError) as told:
            source.open(FoundFile(b"p9:/good.jpg", 12, 4))

    assert told.value.reason is Reason.MISSING

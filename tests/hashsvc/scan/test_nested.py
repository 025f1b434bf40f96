"""Containers in containers: what they hold is found, and what they hide is named."""

import bz2
import gzip
import lzma
import os
import resource
import struct
import zipfile
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from hashsvc.scan.journal import open_journal
from hashsvc.scan.kinds import OPENING_BYTES, Kind, kind_of
from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources import NestingSource, open_source
from hashsvc.scan.sources.limits import ContainerLimits
from tests.factories import encode, make_image, make_photo
from tests.hashsvc.scan.archives import nested, tar_of, zip_of
from tests.hashsvc.scan.evidence import outcomes_of, scanned

PLANTED = {"planted.jpg": make_photo(seed=41)}
WRAPS = {
    "zip": zip_of,
    "tar": tar_of,
    "tar.gz": lambda files: tar_of(files, mode="w:gz"),
    "tar.bz2": lambda files: tar_of(files, mode="w:bz2"),
    "tar.xz": lambda files: tar_of(files, mode="w:xz"),
    "gz": lambda files: gzip.compress(next(iter(files.values()))),
    "bz2": lambda files: bz2.compress(next(iter(files.values()))),
    "xz": lambda files: lzma.compress(next(iter(files.values()))),
}


def scan(files, pack, tmp_path, *, archive=False):
    """Totals, and outcomes by path, of these files in a folder or in a zip archive."""
    folder = tmp_path / "evidence"
    folder.mkdir(exist_ok=True)
    for name, body in {"x.zip": zip_of(files)}.items() if archive else files.items():
        (folder / name).write_bytes(body)
    source = folder / "x.zip" if archive else folder
    totals = scanned([source], pack, tmp_path / "out")
    assert totals.pending == 0
    assert totals.enumerated == sum(totals.outcomes.values())
    return totals, outcomes_of(tmp_path / "out")


def open_nesting(tmp_path, files, **limits):
    """A source of these files in a zip archive."""
    path = tmp_path / "x.zip"
    path.write_bytes(zip_of(files))
    return closing(NestingSource(open_source(path), tmp_path, ContainerLimits(**limits)))


def members(source, *names):
    """What the container holds that lies at the end of these names."""
    files = list(source.files())
    for name in names:
        (file,) = [one for one in files if one.path == name]
        files = [
            FoundFile(one.path, one.address, one.size, problem=one.problem, within=file)
            for one in source.members(file)
        ]
    return files


@pytest.mark.parametrize("archive", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("kind", WRAPS)
def test_a_planted_photo_is_found_in_every_kind(kind, archive, pack, tmp_path):
    files = {"inner": WRAPS[kind](PLANTED)}

    totals, found = scan(files, pack, tmp_path, archive=archive)

    assert totals.matched == 1
    assert found[b"inner"] == ("not_media", "container")


def test_three_containers_deep_is_read_and_four_is_a_row(pack, tmp_path):
    files = nested(3, PLANTED) | {"deep.zip": zip_of(nested(3, PLANTED))}

    totals, found = scan(files, pack, tmp_path)

    assert totals.matched == 1
    assert found[b"0.zip"] == ("failed", "container_limit")


def test_the_journal_knows_what_holds_a_member(pack, tmp_path):
    scan({"outer.zip": zip_of({"inner.tar": tar_of(PLANTED)})}, pack, tmp_path)

    with open_journal(tmp_path / "out") as journal:
        rows = journal.rows("SELECT id, parent_id, path FROM file ORDER BY id")
        found = [(row["id"], row["parent_id"], bytes(row["path"])) for row in rows]
    assert found == [(1, 0, b"outer.zip"), (2, 1, b"inner.tar"), (3, 2, b"planted.jpg")]


def test_stopped_inside_containers_and_resumed_it_is_as_if_never_stopped(pack, tmp_path):
    files = {f"{number}.zip": zip_of(nested(2, PLANTED, tar_of)) for number in range(2)}
    whole = scan(files, pack, tmp_path)
    looks = 0

    while True:
        looks += 2
        left = iter(range(looks))
        totals = scanned(
            [tmp_path / "evidence"],
            pack,
            tmp_path / "stopped",
            stopping=lambda left=left: next(left, None) is None,
        )
        if not totals.pending and looks > 2:
            break

    assert (totals, outcomes_of(tmp_path / "stopped")) == whole


def test_a_phone_s_zip_is_read_as_one(pack, tmp_path):
    image = make_image(seed=41)
    phone = {
        "report.xml": b"<?xml version='1.0'?><project/>",
        "files/Image/IMG_1.jpg": encode(image, "JPEG", quality=50),
        "files/Image/thumb.jpg": encode(image.resize((160, 120)), "JPEG"),
        "files/Archive/sent.zip": zip_of({"mirrored.png": encode(image.transpose(0))}),
        "files/Image/other.jpg": make_photo(seed=7),
        "../../etc/passwd": b"none",
        "/absolute.jpg": make_photo(seed=8),
        "folder with bytes/": encode(image, "WEBP"),
    }
    path = tmp_path / "phone.ufdr"
    path.write_bytes(zip_of(phone))

    totals = scanned([path], pack, tmp_path / "out")

    found = outcomes_of(tmp_path / "out")
    assert totals.matched == 4
    assert found[b"folder with bytes/"] == ("hashed", None)
    assert found[b"../../etc/passwd"] == ("not_media", None)
    assert found[b"/absolute.jpg"] == ("hashed", None)
    assert totals.enumerated == len(phone) + 1
    assert {one.name for one in tmp_path.iterdir()} == {"phone.ufdr", "out"}


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: gzip.compress(bytes(300_000_000), 9),
        lambda: zip_of({"0": bytes(300_000_000)}),
    ],
    ids=["gz", "zip"],
)
def test_a_bomb_inside_a_container_is_a_row(tmp_path, bomb):
    with open_nesting(tmp_path, {"a": bomb()}) as source:
        (bombed,) = members(source, b"a")
        with source.open(bombed) as stream, pytest.raises(FileProblemError) as told:
            unread(stream)

    assert told.value.reason is Reason.CONTAINER_LIMIT


def unread(stream):
    """Read to the end, and keep nothing."""
    while stream.read(1 << 20):
        pass


def test_a_tar_that_unpacks_to_too_much_is_listed_no_further(tmp_path):
    inner = tar_of({"0": b"", "a": bytes(300_000_000), "b": b""}, mode="w:gz")
    with open_nesting(tmp_path, {"x": inner}) as source:
        found = members(source, b"x")

    assert [(one.path, one.problem) for one in found] == [
        (b"0", None),
        (b"", Reason.CONTAINER_LIMIT),
    ]


@pytest.mark.parametrize("wrap", [zip_of, tar_of], ids=["zip", "tar"])
def test_more_members_than_the_limit_are_a_row(tmp_path, wrap):
    files = {str(number): b"" for number in range(9)}
    with open_nesting(tmp_path, {"x": wrap(files)}, members=5) as source:
        found = members(source, b"x")

    assert [one.problem for one in found] == [None] * 5 + [Reason.CONTAINER_LIMIT]


def test_a_container_too_large_to_unpack_is_a_row(tmp_path):
    inner = zip_of({"a": os.urandom(5_000_000)})
    with open_nesting(tmp_path, {"x": inner}, unpacked_bytes=1_000_000) as source:
        with pytest.raises(FileProblemError) as told:
            members(source, b"x")

    assert told.value.reason is Reason.CONTAINER_LIMIT


def test_no_room_to_unpack_is_a_row(tmp_path):
    inner = zip_of({"a": os.urandom(20_000_000)})
    with open_nesting(tmp_path, {"x": inner}) as source, files_of_at_most(1_000_000):
        with pytest.raises(FileProblemError) as told:
            members(source, b"x")

    assert told.value.reason is Reason.NO_SPACE


@contextmanager
def files_of_at_most(size):
    """This process can write no larger ones."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_encrypted_members_of_inner_archives_are_rows(pack, tmp_path):
    inner = bytearray(zip_of(PLANTED))
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        inner[inner.find(magic) + place] |= 1

    _, found = scan({"inner.zip": bytes(inner)}, pack, tmp_path)

    assert found[b"planted.jpg"] == ("failed", "encrypted")


def test_containers_that_nobody_here_opens_are_rows(pack, tmp_path):
    files = {
        "a.7z": b"7z\xbc\xaf\x27\x1c" + bytes(100),
        "b.rar": b"Rar!\x1a\x07\x00" + bytes(100),
        "c.zst": b"(\xb5/\xfd" + bytes(100),
        "d.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    }

    _, found = scan(files, pack, tmp_path)

    assert set(found.values()) == {("failed", "container_unsupported")}


def test_a_name_that_is_not_the_utf8_it_claims_hides_no_other(pack, tmp_path):
    body = zip_of({"\u00e4.jpg": PLANTED["planted.jpg"], "b.txt": b"none"})

    _, found = scan({"x.zip": body.replace(b"\xc3\xa4.jpg", b"\xff\xfe.jpg")}, pack, tmp_path)

    assert found[b"\xff\xfe.jpg"] == ("hashed", None)
    assert found[b"b.txt"] == ("not_media", None)


@pytest.mark.parametrize("size", [b"-1", b"-2048", b"99999999999999999999999"])
def test_a_tar_whose_sizes_lead_back_or_nowhere_ends(tmp_path, pack, size):
    record = b" size=" + size + b"\n"
    length = len(record) + 2
    record = str(length).encode() + record
    body = bytearray(tar_of({"pax": record, "a.jpg": PLANTED["planted.jpg"]}))
    body[156:157] = b"x"  # the first member is a head of the second
    body[148:156] = b" " * 8
    body[148:155] = b"%06o\0" % sum(body[:512])

    totals, found = scan({"x.tar": bytes(body)}, pack, tmp_path)

    assert totals.enumerated <= 3
    assert {reason for _, reason in found.values()} & {"container_damaged", "container_limit"}


def test_sizes_that_a_zip_lies_about_are_rows(pack, tmp_path):
    body = bytearray(zip_of({"a.jpg": PLANTED["planted.jpg"]}))
    entry = body.find(b"PK\x01\x02")
    body[entry + 24 : entry + 28] = struct.pack("<I", 1_000)

    _, found = scan({"x.zip": bytes(body)}, pack, tmp_path)

    assert found[b"a.jpg"][0] == "failed"


def test_an_inner_archive_that_is_cut_short_is_a_row(pack, tmp_path):
    body = zip_of(PLANTED)

    _, found = scan({"x.zip": body[:-30], "y.tar": tar_of(PLANTED)[:2_000]}, pack, tmp_path)

    assert found[b"x.zip"] == ("failed", "container_damaged")
    assert found[b""] == ("failed", "container_damaged")


def test_an_empty_archive_is_a_container_of_nothing(pack, tmp_path):
    body = BytesIO()
    zipfile.ZipFile(body, "w").close()

    totals, found = scan({"x.zip": body.getvalue()}, pack, tmp_path)

    assert found == {b"x.zip": ("not_media", "container")}
    assert totals.enumerated == 1


def everything(source, files):
    """Read the opening of every file, members too; the reasons why some could not be."""
    for file in files:
        try:
            yield file.problem
            held = members_if_any(source, file) if file.problem is None else []
        except FileProblemError as problem:
            yield problem.reason
        else:
            yield from everything(source, held)


def members_if_any(source, file):
    with source.open(file) as stream:
        opening = stream.read(OPENING_BYTES)
    if kind_of(opening) is not Kind.CONTAINER:
        return []
    return [replace(one, within=file) for one in source.members(file)]


@pytest.mark.parametrize("kind", WRAPS)
def test_altered_containers_end_with_reasons_and_nothing_else(kind, tmp_path):
    files = {"a.jpg": PLANTED["planted.jpg"][:2_000], "b.zip": zip_of({"c": b"text"})}
    body = WRAPS[kind](files)
    told = Counter()

    for seed in range(60):
        (tmp_path / "x").write_bytes(altered(body, seed))
        with closing(NestingSource(open_source(tmp_path), tmp_path)) as source:
            told.update(everything(source, source.files()))

    assert told[Reason.CONTAINER_DAMAGED] > 5


def altered(body, seed):
    """With some bytes changed, cut out or doubled."""
    random = np.random.default_rng(seed)
    changed = bytearray(body)
    for _ in range(random.choice([1, 3, 10])):
        place, length = random.integers(len(changed)), random.integers(1, 50)
        match random.choice(["change", "change", "cut", "double"]):
            case "change":
                changed[place] = random.integers(256)
            case "cut":
                del changed[place : place + length]
            case "double":
                changed[place:place] = changed[place : place + length]
    return bytes(changed)

"""Digests of photos, or of every file that can be read to its end."""

from dataclasses import asdict, replace
from hashlib import shake_128

import pytest

from hashsvc.digests import digests_of_bytes
from hashsvc.scan.answers import Asked
from hashsvc.scan.exhibits import open_exhibit
from hashsvc.scan.journal import open_journal
from hashsvc.scan.reading import Digesting
from hashsvc.scan.reports.rows import rows_of
from hashsvc.scan.running import Order
from hashsvc.scan.sandbox import Limits
from hashsvc.scan.shards import Shard, look
from tests.hashsvc.scan.archives import zip_of
from tests.hashsvc.scan.evidence import FILES, make_folder, make_zip, outcomes_of, scanned

ORDER = Order("OB-17", "PC Example", asked=Asked.FULL, digesting=Digesting.ALL)


def digests_in(output):
    """What the report says of each file that has digests."""
    with open_journal(output) as journal:
        return {
            row.path: {"md5": row.md5, "sha1": row.sha1, "sha256": row.sha256}
            for row in rows_of(journal)
            if row.sha256
        }


EVERY = {name: asdict(digests_of_bytes(body)) for name, body in FILES.items()}


@pytest.mark.parametrize("make", [make_folder, make_zip], ids=["folder", "zip"])
def test_every_file_gets_digests_and_nothing_else_changes(tmp_path, pack, make):
    source = make(tmp_path / "evidence")
    plain = scanned([source], pack, tmp_path / "plain")

    totals = scanned([source], pack, tmp_path / "out", order=ORDER)

    assert totals == plain
    assert outcomes_of(tmp_path / "out") == outcomes_of(tmp_path / "plain")
    assert digests_in(tmp_path / "out") == EVERY
    assert digests_in(tmp_path / "plain").keys() < EVERY.keys()


def test_members_of_containers_get_them_too(tmp_path, pack):
    folder = tmp_path / "evidence"
    folder.mkdir()
    make_zip(folder / "x.zip")

    scanned([folder], pack, tmp_path / "out", order=ORDER)

    whole = asdict(digests_of_bytes((folder / "x.zip").read_bytes()))
    assert digests_in(tmp_path / "out") == EVERY | {"x.zip": whole}


def test_a_photo_that_is_too_large_has_digests_where_all_files_do(tmp_path, pack):
    folder = make_folder(tmp_path / "evidence")
    order = replace(ORDER, limits=Limits(max_bytes=100))

    scanned([folder], pack, tmp_path / "out", order=order)

    assert outcomes_of(tmp_path / "out")[b"b/other.jpg"] == ("failed", "too_large")
    assert digests_in(tmp_path / "out") == EVERY


def test_what_cannot_be_read_to_its_end_keeps_its_outcome_without_digests(tmp_path, pack):
    """A member whose checksum is wrong: its opening is read well."""
    archive, body = tmp_path / "x.zip", shake_128(b"noise").digest(200_000)
    archive.write_bytes(zip_of({"noise": body}).replace(body[-8:], b"altered!"))

    scanned([archive], pack, tmp_path / "out", order=ORDER)

    assert outcomes_of(tmp_path / "out") == {b"noise": ("not_media", None)}
    assert digests_in(tmp_path / "out") == {}


def test_a_worker_gives_them_too(tmp_path):
    folder = make_folder(tmp_path / "evidence")
    files = tuple(enumerate(open_exhibit(str(folder), number=1, output=tmp_path).source.files()))
    shard = Shard(1, str(folder), "", files, Asked.FULL, Limits(), Digesting.ALL)

    found = {
        dict(files)[one.file_id].path.decode(): one.digests or one.found.digests
        for one in look(shard).seen
    }

    assert {path: asdict(digests) for path, digests in found.items()} == EVERY

"""Totals that add up, matches that are right, and resuming."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from hashsvc.scan.answers import Asked
from hashsvc.scan.errors import EvidenceRefusedError, IntegrityError, JournalRefusedError
from hashsvc.scan.exhibits import open_exhibit
from hashsvc.scan.journal import NAME, open_journal
from hashsvc.scan.records import Outcome
from hashsvc.scan.running import Order
from hashsvc.scan.sandbox import Limits
from tests.factories import make_image, make_photo
from tests.hashsvc.scan.evidence import (
    BAD,
    make_folder,
    make_zip,
    matches_of,
    outcomes_of,
    scanned,
)

ORDER = Order("OB-17", "PC Example", asked=Asked.FULL)


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "evidence")


@pytest.fixture
def output(tmp_path):
    return tmp_path / "out"


def test_copies_turned_copies_and_crops_are_found_at_their_tier(tmp_path, pack, output):
    folder = tmp_path / "evidence"
    folder.mkdir()
    image = make_image(seed=41)
    for name, copy in {
        "same.png": image,
        "turned.png": image.transpose(Image.Transpose.ROTATE_90),
        "bordered.png": bordered(image),
    }.items():
        copy.save(folder / name)

    totals = scanned([folder], pack, output, order=replace(ORDER, asked=Asked.ALL))

    with open_journal(output) as journal:
        rows = journal.rows(
            "SELECT path, tier, min(pdq_distance) AS pdq_distance, orientation"
            " FROM file JOIN match USING (sha256) GROUP BY path"
        )
        found = {row["path"].decode(): (row["tier"], row["orientation"]) for row in rows}
    assert totals.matched == 3
    assert found["same.png"] == ("strong", "none")
    assert found["turned.png"] == ("strong", "rot90")
    assert found["bordered.png"][0] in {"strong", "likely"}


def bordered(image):
    """With a broad white border."""
    canvas = Image.new("RGB", (image.width + 160, image.height + 200), "white")
    canvas.paste(image, (80, 100))
    return canvas


def test_a_photo_that_kills_its_child_is_a_row_and_the_scan_goes_on(tmp_path, pack, output):
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "1").write_bytes(make_photo(seed=1) + b"KILL")
    (folder / "1 copy").write_bytes(make_photo(seed=1) + b"KILL")
    (folder / "2").write_bytes(make_photo(seed=2) + b"HANG")
    (folder / "3").write_bytes(make_photo(seed=3))
    order = replace(ORDER, limits=Limits(timeout_seconds=1.5))

    totals = scanned([folder], pack, output, order=order, child=BAD)

    assert totals.pending == 0
    assert outcomes_of(output) == {
        b"1": ("failed", "crashed"),
        b"1 copy": ("failed", "crashed"),
        b"2": ("failed", "timeout"),
        b"3": ("hashed", None),
    }


def test_a_photo_of_too_many_bytes_is_a_row(folder, pack, output):
    order = replace(ORDER, limits=Limits(max_bytes=100))

    scanned([folder], pack, output, order=order)

    assert outcomes_of(output)[b"b/other.jpg"] == ("failed", "too_large")


def test_a_second_run_changes_nothing(folder, pack, output):
    first = scanned([folder], pack, output), outcomes_of(output), matches_of(output)

    second = scanned([folder], pack, output), outcomes_of(output), matches_of(output)

    assert second == first


def test_stopped_anywhere_and_resumed_it_is_as_if_never_stopped(tmp_path, folder, pack, output):
    whole = scanned([folder], pack, output), outcomes_of(output), matches_of(output)
    stopped = tmp_path / "stopped"
    runs = 0

    while True:
        totals = scanned([folder], pack, stopped, stopping=after(runs + 2))
        runs += 1
        if not totals.pending:
            break

    assert runs > 2
    assert (totals, outcomes_of(stopped), matches_of(stopped)) == whole


def after(looks):
    """Says to stop when it was asked so many times."""
    left = iter(range(looks))
    return lambda: next(left, None) is None


def test_several_sources_share_their_photos(tmp_path, folder, pack, output):
    archive = make_zip(tmp_path / "x.zip")

    totals = scanned([folder, archive], pack, output)

    alone = scanned([folder], pack, tmp_path / "alone")
    assert totals.enumerated == 2 * alone.enumerated
    assert totals.outcomes[Outcome.HASHED] == alone.outcomes[Outcome.HASHED]
    assert totals.outcomes[Outcome.DUPLICATE] > alone.outcomes[Outcome.DUPLICATE]


@pytest.mark.parametrize(
    "other",
    [replace(ORDER, reference="OB-18"), replace(ORDER, asked=Asked.ALL)],
    ids=["case", "way"],
)
def test_another_scan_s_folder_is_refused(folder, pack, output, other):
    scanned([folder], pack, output, order=ORDER)

    with pytest.raises(JournalRefusedError, match="another pack"):
        scanned([folder], pack, output, order=other)


def test_a_folder_in_use_is_refused(folder, pack, output):
    scanned([folder], pack, output)

    with open_journal(output), pytest.raises(JournalRefusedError, match="Another scan"):
        scanned([folder], pack, output)


def test_a_damaged_journal_is_refused(folder, pack, output):
    output.mkdir()
    (output / NAME).write_bytes(b"no database" * 1_000)

    with pytest.raises(JournalRefusedError, match="damaged"):
        scanned([folder], pack, output)


def test_a_folder_with_other_things_is_refused(folder, pack, output):
    output.mkdir()
    (output / "thesis.txt").touch()

    with pytest.raises(JournalRefusedError, match="something else"):
        scanned([folder], pack, output)


def test_a_source_that_changed_is_noticed(tmp_path, pack, output):
    archive = make_zip(tmp_path / "x.zip")
    scanned([archive], pack, output)

    archive.write_bytes(archive.read_bytes() + b"more")

    with pytest.raises(IntegrityError):
        scanned([archive], pack, output)


def test_an_output_inside_the_evidence_is_refused(folder):
    with pytest.raises(EvidenceRefusedError, match="inside"):
        open_exhibit(str(folder), number=1, output=folder / "a" / "out")
    assert not (folder / "a" / "out").exists()


def test_an_exhibit_has_its_name_or_its_number(folder, tmp_path):
    odd = tmp_path / "a=b"
    odd.mkdir()

    names = [
        open_exhibit(words, number=7, output=tmp_path / "out").name
        for words in (f"A1={folder}", str(folder), str(odd))
    ]

    assert names == ["A1", "7", "7"]


def test_what_the_journal_keeps_is_for_this_user_alone(folder, pack, output):
    scanned([folder], pack, output)

    assert output.stat().st_mode & 0o777 == 0o700


def test_the_journal_holds_no_hash(folder, pack, output):
    scanned([folder], pack, output)
    body = BytesIO((output / NAME).read_bytes()).getvalue()

    for hash_ in (row.tobytes() for row in pack.matcher._pdq):
        assert hash_ not in body
        assert hash_.hex().encode() not in body

"""Pictures in PDF and Office files are files of their own."""

import sys
from contextlib import closing
from io import BytesIO

import pytest
from pikepdf import Name

from hashsvc.scan.records import FileProblemError, FoundFile, Reason
from hashsvc.scan.sources.pdf_document import PdfDocument
from tests.factories import encode, make_image, make_photo
from tests.hashsvc.scan.archives import zip_of
from tests.hashsvc.scan.documents import jpeg, pdf_of, picture, plain
from tests.hashsvc.scan.evidence import outcomes_of, scanned

PLANTED = make_image(seed=41)
SMALL = make_image(seed=3, width=64, height=64)
# Answers with a picture, then does what the name says; the parent must not mind.
CHILD = """
import sys, time
from hashsvc.scan.sources.pdf_answers import HEAD
out = sys.stdout.buffer
out.write(HEAD.pack(7, 0, 3) + b"abc"); out.flush()
if sys.argv[1] == "dies": sys.exit(-9)
if sys.argv[1] == "hangs": time.sleep(60)
if sys.argv[1] == "lies": out.write(HEAD.pack(8, 99, 1 << 60))
if sys.argv[1] == "stops": out.write(HEAD.pack(8, 0, 10) + b"x"); out.flush(); sys.exit(1)
"""


def scan(files, pack, tmp_path):
    """Totals, and outcomes by path, of a folder with these files."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    for name, body in files.items():
        (folder / name).write_bytes(body)
    totals = scanned([folder], pack, tmp_path / "out")
    assert totals.pending == 0
    assert totals.enumerated == sum(totals.outcomes.values())
    return totals, outcomes_of(tmp_path / "out")


def pictures(body, tmp_path, **options):
    """(name, problem) of every picture of a document."""
    with closing(PdfDocument(BytesIO(body), tmp_path, **options)) as document:
        return [(file.path, file.problem) for file in document.files()]


@pytest.mark.parametrize("keep", [jpeg, plain])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_planted_picture_in_a_pdf_is_found(keep, mode, pack, tmp_path):
    body = pdf_of(lambda document: keep(document, PLANTED.convert(mode)))

    totals, found = scan({"letter": body}, pack, tmp_path)

    assert totals.matched == 1
    assert found[b"letter"] == ("not_media", "container")


@pytest.mark.parametrize(
    "name",
    ["word/media/image1.jpeg", "ppt/media/image1.jpeg", "xl/media/image1.jpeg", "Pictures/1.jpg"],
)
def test_a_planted_picture_in_an_office_file_is_found(name, pack, tmp_path):
    document = {
        "[Content_Types].xml": b"<Types/>",
        name: encode(PLANTED, "JPEG", quality=60),
        "letter.pdf": pdf_of(lambda inner: jpeg(inner, PLANTED.transpose(0))),
    }

    totals, found = scan({"office file": zip_of(document)}, pack, tmp_path)

    assert totals.matched == 2
    assert found[b"office file"] == ("not_media", "container")
    assert found[b"letter.pdf"] == ("not_media", "container")


def test_a_picture_on_no_page_is_found_and_masks_are_not_pictures(tmp_path):
    def unseen(document):
        document.Root.Unseen = jpeg(document, SMALL)
        return jpeg(document, PLANTED, SMask=plain(document, PLANTED.convert("L")))

    assert [problem for _, problem in pictures(pdf_of(unseen), tmp_path)] == [None, None]


def test_pictures_that_cannot_be_taken_out_are_rows(tmp_path):
    body = pdf_of(
        lambda document: picture(
            document, SMALL, b"\0\0\0\x0cjP  \r\n\x87\n", Filter=Name.JPXDecode
        ),
        lambda document: picture(document, SMALL, b"", Width=100_000, Height=100_000),
        lambda document: picture(document, SMALL, b"too few"),
        lambda document: picture(document, SMALL, b"x", Filter=Name.JBIG2Decode),
        lambda document: jpeg(document, SMALL),
    )

    found = [problem for _, problem in pictures(body, tmp_path)]

    assert len(found) == 5
    assert found.count(None) == 1
    assert found.count(Reason.TOO_MANY_PIXELS) == 1
    assert Reason.COMPRESSION_UNSUPPORTED in found


def test_an_encrypted_pdf_is_a_row(pack, tmp_path):
    body = pdf_of(lambda document: jpeg(document, PLANTED), password="secret")

    _, found = scan({"x.pdf": body}, pack, tmp_path)

    assert found == {b"x.pdf": ("failed", "encrypted")}


def test_a_damaged_pdf_is_a_row_and_the_scan_goes_on(pack, tmp_path):
    body = pdf_of(lambda document: jpeg(document, PLANTED))

    _, found = scan({"cut.pdf": body[:2_000], "x.jpg": make_photo(seed=7)}, pack, tmp_path)

    assert found[b"cut.pdf"] == ("failed", "container_damaged")
    assert found[b"x.jpg"] == ("hashed", None)


def test_a_pdf_behind_other_bytes_is_one(pack, tmp_path):
    body = pdf_of(lambda document: jpeg(document, PLANTED))

    totals, _ = scan({"x": b"\n" * 500 + body}, pack, tmp_path)

    assert totals.matched == 1


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("dies", Reason.CRASHED),
        ("hangs", Reason.TIMEOUT),
        ("lies", Reason.CRASHED),
        ("stops", Reason.CRASHED),
    ],
)
def test_a_child_that_dies_hangs_or_lies_leaves_what_it_said_before(tmp_path, how, reason):
    child = (sys.executable, "-c", CHILD, how)

    found = pictures(b"%PDF-", tmp_path, child=child, seconds=3)

    assert found == [(b"object 7", None), (b"", reason)]


def test_a_picture_that_is_not_in_the_document_is_missing(tmp_path):
    with closing(PdfDocument(BytesIO(pdf_of()), tmp_path)) as document:
        with pytest.raises(FileProblemError) as told:
            document.open(FoundFile(b"object 9", 9))

    assert told.value.reason is Reason.MISSING


def test_a_document_that_cannot_be_read_leaves_no_file_open(tmp_path):
    with pytest.raises(OSError, match="no more"):
        PdfDocument(Unreadable(), tmp_path)


class Unreadable(BytesIO):
    """A file on a disk that fails."""

    def read(self, size=-1):  # noqa: ARG002  # of whatever length
        raise OSError("no more")

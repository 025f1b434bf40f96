"""Evidence to scan, and what a scan said of it."""

import os
import sys
import tarfile
import zipfile
from io import BytesIO

from hashsvc.scan.answers import Asked
from hashsvc.scan.exhibits import open_exhibit
from hashsvc.scan.journal import open_journal
from hashsvc.scan.recording import Watched
from hashsvc.scan.running import Order, run_scan
from tests.factories import encode, make_image, make_photo

# A child that answers like ours but dies, hangs or lies when a photo says so.
BAD_CHILD = """
import os, sys, time
from hashsvc.scan import child
really = child.answer
def answer(body, **options):
    if b"KILL" in body: os._exit(9)
    if b"HANG" in body: time.sleep(60)
    if b"LIES" in body: return b"\\xff" * 20
    return really(body, **options)
child.answer = answer
child.main()
"""
BAD = (sys.executable, "-c", BAD_CHILD)
FILES = {
    "a/planted.jpg": make_photo(seed=41),
    "a/copy of planted": make_photo(seed=41),
    "a/mirrored.png": encode(make_image(seed=41).transpose(0)),
    "b/other.jpg": make_photo(seed=7),
    "b/cut short.jpg": make_photo(seed=8)[:700],
    "b/notes.txt": b"no photo",
    "b/empty.jpg": b"",
    "b/clip.mp4": b"\0\0\0\x18ftypmp42" + bytes(30),
    "b/nested.zip": b"PK\x03\x04" + bytes(40),
}


def make_folder(root):
    """As files."""
    for name, body in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return root


def make_zip(path):
    """As a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in FILES.items():
            archive.writestr(name, body)
    return path


def make_tar(path):
    """As a tar archive, compressed as its name says."""
    mode = "w:gz" if path.suffix == ".gz" else "w"
    with tarfile.open(path, mode) as archive:
        for name, body in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, BytesIO(body))
    return path


def scanned(
    sources,
    pack,
    output,
    *,
    order=None,
    stopping=lambda: False,
    warned=lambda _: None,
    **options,
):
    """Totals of a scan."""
    exhibits = [
        open_exhibit(os.fsdecode(source), number=number, output=output)
        for number, source in enumerate(sources, start=1)
    ]
    try:
        return run_scan(
            order or Order("OB-17", "PC Example", asked=Asked.FULL),
            exhibits,
            pack,
            output,
            workers=2,
            watched=Watched(lambda _: None, stopping, warned),
            **options,
        )
    finally:
        for exhibit in exhibits:
            exhibit.source.close()


def outcomes_of(output):
    """(outcome, reason) of every file by its path."""
    with open_journal(output) as journal:
        rows = journal.rows("SELECT path, outcome, reason FROM file ORDER BY id")
        return {bytes(row["path"]): (row["outcome"], row["reason"]) for row in rows}


def matches_of(output):
    """Every row of the matches."""
    with open_journal(output) as journal:
        return list(journal.rows("SELECT * FROM match ORDER BY sha256, entry"))

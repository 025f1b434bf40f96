"""First bytes decide; what may hold photos is never passed over as nothing."""

import pytest

from hashsvc.scan.kinds import Kind, kind_of
from tests.factories import make_photo
from tests.hashsvc.scan.archives import tar_of, zip_of

VIDEO = b"\0\0\0\x18ftypmp42"
ISO = bytes(0x8000) + b"\x01CD001\x01"
CONTAINERS = {
    "zip": zip_of({"a": b"b"}),
    "tar": tar_of({"a": b"b"}),
    "pdf": b"%PDF-1.7\n",
    "late pdf": bytes(900) + b"%PDF-1.7\n",
    "thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "e01": b"EVF\t\r\n\xff\0\x01",
    "fat": bytes(82) + b"FAT32   ",
    "gpt": bytes(512) + b"EFI PART",
    "iso": ISO,
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_what_may_hold_photos_is_a_container(name):
    assert kind_of(CONTAINERS[name]) is Kind.CONTAINER


def test_photos_videos_and_all_else_are_told_apart():
    kinds = [kind_of(body) for body in (make_photo(), VIDEO, b"text", b"")]

    assert kinds == [Kind.PHOTO, Kind.VIDEO, Kind.OTHER, Kind.OTHER]


def test_a_pdf_s_mark_further_inside_is_text():
    assert kind_of(bytes(2_000) + b"%PDF-1.7\n") is Kind.OTHER

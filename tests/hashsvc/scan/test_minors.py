"""Where somebody shown may be under 18, details stop and the way to go on is named."""

import pytest

from hashsvc.hashing import enrolment_signatures
from hashsvc.packs import Entry
from hashsvc.photos import decode
from tests.factories import make_photo
from tests.hashsvc.packs import make_pack, open_bytes
from tests.hashsvc.scan.evidence import make_folder, matches_of, scanned


@pytest.fixture(scope="module")
def flagged(tmp_path_factory):
    """A pack whose one photo, seed 41, shows somebody who may be under 18."""
    listed = enrolment_signatures(decode(make_photo(seed=41)))
    entries = [Entry(bytes([number]) * 16, one, under_18=True) for number, one in enumerate(listed)]
    return open_bytes(make_pack(entries), tmp_path_factory.mktemp("flagged"))


def test_a_match_keeps_the_flag_of_its_entry(tmp_path, pack, flagged):
    folder = make_folder(tmp_path / "evidence")
    scanned([folder], flagged, tmp_path / "flagged")
    scanned([folder], pack, tmp_path / "out")

    assert {row["under_18"] for row in matches_of(tmp_path / "flagged")} == {1}
    assert {row["under_18"] for row in matches_of(tmp_path / "out")} == {0}

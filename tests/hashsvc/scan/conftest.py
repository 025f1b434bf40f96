"""Evidence with planted photos, and the pack that finds them."""

import pytest

from hashsvc.hashing import enrolment_signatures
from hashsvc.packs import Entry
from hashsvc.photos import decode
from tests.factories import make_photo
from tests.hashsvc.packs import make_pack, open_bytes


@pytest.fixture(scope="session")
def pack(tmp_path_factory):
    """Of the photo with seed 41."""
    listed = enrolment_signatures(decode(make_photo(seed=41)))
    entries = [Entry(bytes([number]) * 16, one) for number, one in enumerate(listed)]
    return open_bytes(make_pack(entries), tmp_path_factory.mktemp("pack"))

"""A scan with estimates says what one without them says, and looks twice at few photos."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from benchmarks.edits import EDITS
from hashsvc.distances import distance
from hashsvc.hashing import enrolment_signatures, full_signatures
from hashsvc.packs import Entry
from hashsvc.photos import decode
from hashsvc.photos.exif import MAX_ORIENTATION
from hashsvc.scan.answers import Asked
from hashsvc.scan.estimates import DHASH_MARGIN_BITS, PDQ_MARGIN_BITS, estimated, near
from hashsvc.scan.running import Order, quickly_searched
from tests.factories import encode, make_image, make_photo
from tests.hashsvc.packs import make_pack, open_bytes
from tests.hashsvc.scan.evidence import matches_of, outcomes_of, scanned
from tests.photo_sets import some_photos

MANY = 10**9
ESTIMATING = Order("OB-17", "PC Example", asked=Asked.ESTIMATE)
EXACT = replace(ESTIMATING, asked=Asked.FULL)
LARGE_ENOUGH = (768, 600)  # for a divisor of 2


def pixels_of(path):
    """(height, width, 3)."""
    return np.ascontiguousarray(decode(path).rgb())


def jpeg_of(samples, **options):
    """As phones save it."""
    return encode(Image.fromarray(samples), "JPEG", **{"quality": 85} | options)


def pack_of(photos, folder):
    """Of all that they leave when a case is opened."""
    listed = [one for photo in photos for one in enrolment_signatures(photo)]
    entries = [Entry(number.to_bytes(16, "big"), one) for number, one in enumerate(listed)]
    return open_bytes(make_pack(entries), folder)


@pytest.fixture(scope="module")
def originals():
    """Real photos."""
    return some_photos(5)


@pytest.mark.slow
def test_edited_copies_are_found_as_without_estimates(tmp_path, originals):
    folder = tmp_path / "evidence"
    folder.mkdir()
    photos = [pixels_of(path) for path in originals]
    for number, photo in enumerate(photos):
        enlarged = np.asarray(Image.fromarray(photo).resize(LARGE_ENOUGH))
        for place, edit in enumerate(EDITS):
            source = enlarged if (number + place) % 2 else photo
            copy = edit.apply(source, number=number, companions=photos[-3:])
            (folder / f"{number}-{place}.jpg").write_bytes(jpeg_of(copy))
    pack = pack_of([decode(path) for path in originals[:3]], tmp_path)

    totals = scanned([folder], pack, tmp_path / "fast", order=ESTIMATING)

    assert totals == scanned([folder], pack, tmp_path / "exact", order=EXACT)
    assert totals.matched > len(EDITS)
    assert outcomes_of(tmp_path / "fast") == outcomes_of(tmp_path / "exact")
    assert matches_of(tmp_path / "fast") == matches_of(tmp_path / "exact")


@pytest.mark.parametrize("size", [None, (803, 601), (1_603, 1_207), (2_051, 2_055)])
def test_estimates_are_off_by_half_the_margin_at_most(originals, size):
    for path in originals:
        photo = Image.fromarray(pixels_of(path))
        body = encode(photo.resize(size) if size else photo, "JPEG", quality=85)
        photo = estimated(body, max_pixels=MANY)

        for exact in full_signatures(decode(body))[:8] if photo else ():
            nearest = min(photo.signatures, key=lambda one: distance(one.pdq, exact.pdq))
            assert distance(nearest.pdq, exact.pdq) <= PDQ_MARGIN_BITS // 2
            assert distance(nearest.dhash, exact.dhash) <= DHASH_MARGIN_BITS // 2


@pytest.mark.parametrize("orientation", range(1, MAX_ORIENTATION + 1))
def test_a_photo_is_estimated_however_the_camera_was_held(tmp_path, orientation):
    body = make_photo(seed=41, width=605, height=531, orientation=orientation)
    pack = pack_of([decode(body)], tmp_path)

    assert near(pack, estimated(body, max_pixels=MANY))


def test_inverted_colours_are_near(tmp_path):
    image = make_image(seed=41, width=605, height=531)
    pack = pack_of([decode(encode(image))], tmp_path)
    inverted = jpeg_of(255 - np.asarray(image))

    assert near(pack, estimated(inverted, max_pixels=MANY))


def test_other_photos_are_far(pack):
    found = [estimated(path.read_bytes(), max_pixels=MANY) for path in some_photos(60)]
    sure = [photo for photo in found if photo]

    assert len(sure) > len(found) // 3
    assert not any(near(quickly_searched(pack), photo) for photo in sure)


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (600, 520)),
        Image.linear_gradient("L").resize((600, 520)),
        make_image(width=600, height=520).point(lambda sample: sample // 12),
    ],
    ids=["black", "ramp", "dark"],
)
def test_a_photo_that_shows_little_is_not_estimated(image):
    assert estimated(encode(image, "JPEG"), max_pixels=MANY) is None

"""The page hashes a photo file as Python does, bit for bit, in real browsers."""

from contextlib import contextmanager
from pathlib import Path

import pytest

from hashsvc.distances import distance
from hashsvc.hashes import Algorithm, Hash
from hashsvc.hashing import enrolment_signatures
from hashsvc.photos import decode
from hashsvc.photos.formats import PhotoFormat, format_of
from tests.availability import unavailable
from tests.browser import chromium, firefox
from tests.browser.hashing import hashed_by
from tests.browser.photo_files import REFUSED, large_photo, refused_files, turned_photos
from tests.browser.static_server import static_server
from tests.photo_sets import some_photos

pytestmark = pytest.mark.browser

_GOLDEN = sorted((Path(__file__).parents[2] / "data" / "golden" / "photos").iterdir())
_PHOTOS = 100
_NOT_OPENED = {
    "heic.heic": "heic",
    "jpeg-truncated.jpg": "damaged",
    "tiff-cmyk.tiff": "unsupported",
    "tiff-pages.tiff": "unsupported",
}
# Firefox rounds colours in three places where the definition does not: it multiplies colours with
# alpha and divides again, narrows 16 bits to the nearest of 8, and turns AVIF's YCbCr into RGB on
# its own. That makes one grey level here and there; the golden pictures are nearly noise, so that
# in their smallest crops it shows most. Bits of either hash, at most.
_INEXACT = {
    "chromium": {},
    "firefox": {
        "avif.avif": 6,
        "png-grey-16.png": 6,
        "png-rgb-16.png": 4,
        "png-grey-alpha.png": 10,
        "png-rgba.png": 8,
        "webp-alpha.webp": 8,
    },
}
# Where a frequency is within float rounding of the median, a pair of bits may change.
_BITS_IN_DOUBT = 2
_MOST_IN_DOUBT = 0.01  # of all signatures
_BITS_OF_NOISE = 4  # as many as the page's own check lets pass


@contextmanager
def _started(name, folder):
    """A browser by its name."""
    module = {"chromium": chromium, "firefox": firefox}[name]
    if not (module.PROGRAM and Path(module.PROGRAM).exists()):
        unavailable("browser", f"{name} is not installed")
    opened = chromium.chromium() if name == "chromium" else firefox.firefox(folder)
    with opened as browser:
        yield browser


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Every file that leaves signatures in Python."""
    folder = tmp_path_factory.mktemp("photos")
    chosen = [path for path in some_photos(_PHOTOS) if _is_for_browsers(path)][:_PHOTOS]
    made = [*turned_photos(folder), large_photo(folder)]
    return [*(path for path in _GOLDEN if path.name not in _NOT_OPENED), *made, *chosen]


def _is_for_browsers(path):
    return format_of(path.read_bytes()) not in {None, PhotoFormat.TIFF, PhotoFormat.HEIC}


@pytest.fixture(scope="module")
def expected(files):
    """Their signatures by name."""
    return {
        file.name: [signature.to_json() for signature in enrolment_signatures(decode(file))]
        for file in files
    }


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def name(request):
    return request.param


@pytest.fixture(scope="module")
def browser(name, tmp_path_factory):
    with _started(name, tmp_path_factory.mktemp(name)) as browser:
        yield browser


@pytest.fixture(scope="module")
def server():
    """Address, and the paths that were asked for."""
    with static_server() as (address, asked):
        yield address, asked


@pytest.fixture(scope="module")
def told(browser, server, files, tmp_path_factory):
    """What the worker said of all files, those to be refused at the end."""
    refused = refused_files(tmp_path_factory.mktemp("refused"))
    unopened = [path for path in _GOLDEN if path.name in _NOT_OPENED]
    return hashed_by(browser, server[0], [*files, *unopened, *refused])


def _most_bits(ours, theirs):
    """The largest distance of a pair of hashes; 256 where regions or hashes are missing."""
    if [one["region"] for one in ours] != [one["region"] for one in theirs]:
        return 256
    return max(
        _bits(algorithm, one[algorithm.value], other[algorithm.value])
        for one, other in zip(ours, theirs, strict=True)
        for algorithm in Algorithm
    )


def _bits(algorithm, one, other):
    if one is None or other is None:
        return 0 if one is other else 256
    return distance(Hash.from_hex(algorithm, one), Hash.from_hex(algorithm, other))


def test_known_photo_comes_out_right(told):
    assert told.ok


def test_every_photo_leaves_the_signatures_it_leaves_in_python(told, expected, name):
    far = {
        file: bits
        for file, theirs in expected.items()
        if (bits := _most_bits(told.signatures.get(file, []), theirs))
        > _INEXACT[name].get(file, _BITS_IN_DOUBT)
    }

    assert far == {}


def test_hardly_a_signature_is_in_doubt(told, expected, name):
    pairs = [
        (ours, theirs)
        for file in expected.keys() - _INEXACT[name].keys()
        for ours, theirs in zip(told.signatures[file], expected[file], strict=True)
    ]

    unlike = sum(ours != theirs for ours, theirs in pairs)

    assert unlike <= _MOST_IN_DOUBT * len(pairs)


def test_what_is_no_photo_for_this_browser_is_refused_with_its_reason(told):
    assert told.reasons == {**_NOT_OPENED, **REFUSED}


def test_heic_is_hashed_by_a_decoder_of_our_own(browser, server):
    files = [path for path in _GOLDEN if path.name in ("heic.heic", "avif.avif")]
    told = hashed_by(browser, server[0], files, worker="heic-worker.js")

    theirs = [one.to_json() for one in enrolment_signatures(decode(files[1]))]
    # Two releases of one library: a grey level here and there.
    assert _most_bits(told.signatures["heic.heic"], theirs) <= _BITS_IN_DOUBT
    assert told.reasons == {"avif.avif": "not-a-photo"}


def test_photos_are_hashed_in_turn_and_tell_how_far_they_are(told):
    ends = [one["id"] for one in told.messages if one["type"] in ("hashed", "failed")]
    shares = told.shares["large.jpg"]

    assert ends == sorted(ends)
    assert shares == sorted(shares)
    assert len(shares) > 20
    assert shares[-1] == 1


def test_nothing_is_asked_of_the_server_but_modules(told, server):
    _, asked = server

    assert {path for path in asked if not path.endswith(".js")} <= {"/", "/favicon.ico"}


def test_a_browser_that_alters_pixels_is_refused(tmp_path):
    if firefox.PROGRAM is None:
        unavailable("browser", "firefox is not installed")
    photo = next(path for path in _GOLDEN if path.name == "jpeg-baseline.jpg")
    with static_server() as (address, _):
        with firefox.firefox(tmp_path, privacy__resistFingerprinting=True) as browser:
            told = hashed_by(browser, address, [photo])

    assert not told.ok
    assert told.reasons == {photo.name: "falsified"}


def test_a_browser_that_adds_a_little_noise_is_good_enough(tmp_path):
    if firefox.PROGRAM is None:
        unavailable("browser", "firefox is not installed")
    photo = next(path for path in _GOLDEN if path.name == "jpeg-baseline.jpg")
    noise = {
        "privacy__fingerprintingProtection": True,
        "privacy__fingerprintingProtection__overrides": "+CanvasRandomization",
    }
    with static_server() as (address, _):
        with firefox.firefox(tmp_path, **noise) as browser:
            told = hashed_by(browser, address, [photo])

    theirs = [one.to_json() for one in enrolment_signatures(decode(photo))]
    assert told.ok
    assert _most_bits(told.signatures[photo.name], theirs) <= _BITS_OF_NOISE

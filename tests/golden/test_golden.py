"""The golden files hold, and are what the script that makes them would write today."""

import hashlib
import json
import shutil

import pytest

from hashsvc import errors
from hashsvc.distances import distance
from hashsvc.hashers import HASHERS
from hashsvc.hashers.luma import luma, oriented_lumas, quality
from hashsvc.hashes import Algorithm, Hash
from hashsvc.matching import Listed, SignatureId, hit_of
from hashsvc.photos import decode
from hashsvc.pixels import Pixels
from hashsvc.policies import Policy
from hashsvc.signatures import RegionKind, Signature
from tests.golden.files import photo_files
from tests.golden.make import FOLDER, make
from tests.golden.pictures import draw

MAX_FILE_BYTES = 100_000
MAX_FOLDER_BYTES = 300_000


def vectors_of(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))["vectors"]


def pixels_of(vector):
    if "draw" in vector:
        return Pixels(draw(**vector["draw"]))
    return decode(FOLDER / vector["file"])


HASHES = vectors_of("hashes.json")
ANSWERED = [vector for vector in HASHES if "error" not in vector]
REFUSED = [vector for vector in HASHES if "error" in vector]


@pytest.mark.parametrize("vector", ANSWERED, ids=lambda vector: vector["name"])
def test_every_picture_has_its_hashes(vector):
    photo = pixels_of(vector)
    buffer = luma(photo)

    assert (photo.width, photo.height) == (vector["width"], vector["height"])
    assert quality(buffer) == vector["quality"]
    for algorithm, hasher in HASHERS.items():
        if vector[f"{algorithm}_firm"] and vector[algorithm]:
            assert hasher.hash(buffer).hex() == vector[algorithm]


@pytest.mark.parametrize("vector", REFUSED, ids=lambda vector: vector["name"])
def test_every_bad_file_is_refused_as_recorded(vector):
    with pytest.raises(getattr(errors, vector["error"])):
        decode(FOLDER / vector["file"])


def test_nearly_all_vectors_are_beyond_rounding():
    firm = [vector for vector in ANSWERED if vector["pdq_firm"] and vector["dhash_firm"]]

    assert len(firm) >= 45
    assert {"jpeg-baseline", "known-answer", "png-rgb"} <= {vector["name"] for vector in firm}


@pytest.mark.parametrize(
    "vector", vectors_of("orientations.json"), ids=lambda vector: vector["name"]
)
def test_every_turn_has_its_hashes(vector):
    for orientation, buffer in oriented_lumas(pixels_of(vector)).items():
        expected = vector["orientations"][orientation]

        for algorithm, hasher in HASHERS.items():
            if expected[f"{algorithm}_firm"] and expected[algorithm]:
                assert hasher.hash(buffer).hex() == expected[algorithm]


@pytest.mark.parametrize("pair", vectors_of("distances.json"), ids=lambda pair: pair["name"])
def test_every_pair_has_its_distances_and_its_tier(pair):
    listed, query = signature_of(pair["listed"]), signature_of(pair["query"])
    hit = hit_of(query, Listed(SignatureId(1), listed, pair["strong_only"]))

    assert distance(listed.pdq, query.pdq) == pair["pdq_distance"]
    assert hit.dhash_distance == pair["dhash_distance"]
    assert Policy().grade(hit) == pair["tier"]


def signature_of(recorded):
    return Signature(
        region=RegionKind(recorded["region"]),
        pdq=Hash.from_hex(Algorithm.PDQ, recorded["pdq"]),
        dhash=Hash.from_hex(Algorithm.DHASH, recorded["dhash"]) if recorded["dhash"] else None,
        quality=100,
    )


def test_photo_files_are_the_ones_recorded():
    recorded = {vector["file"]: vector["sha256"] for vector in HASHES if "file" in vector}

    found = {
        f"photos/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (FOLDER / "photos").iterdir()
    }

    assert found == recorded


def test_golden_files_are_small_enough_to_review():
    sizes = [path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()]

    assert max(sizes) <= MAX_FILE_BYTES
    assert sum(sizes) <= MAX_FOLDER_BYTES


@pytest.mark.slow
def test_remaking_changes_no_answer(tmp_path):
    shutil.copytree(FOLDER / "photos", tmp_path / "photos")

    make(tmp_path)

    for name in ("hashes.json", "orientations.json", "distances.json"):
        remade = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        assert remade["vectors"] == vectors_of(name), name


def test_photo_files_encoded_anew_show_the_same():
    recorded = {vector["file"]: vector for vector in ANSWERED if "file" in vector}
    encoded = {f"photos/{name}": body for name, body in photo_files()}

    for name in encoded.keys() & recorded.keys():
        again = HASHERS[Algorithm.DHASH].hash(luma(decode(encoded[name])))
        expected = Hash.from_hex(Algorithm.DHASH, recorded[name]["dhash"])
        # Another version of an encoder may write other bytes, but no other picture.
        assert distance(again, expected) <= 12, name
    assert recorded.keys() - encoded.keys() == {"photos/heic.heic"}

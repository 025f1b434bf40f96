"""Remake `data/golden`: right answers for every implementation of our hashes.

    python -m tests.golden.make [--folder FOLDER] [--photos]

The JSON files are always made anew, from the photo files that are there; the photo files only
with `--photos`, because another version of an encoder writes other bytes.
"""

import argparse
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pdqhash

import hashsvc
from hashsvc.errors import PhotoError
from hashsvc.hashers.luma import oriented_lumas
from hashsvc.hashers.pdq import PdqHasher
from hashsvc.hashing import signature_of
from hashsvc.photos import decode
from hashsvc.photos.exif import orientation_of
from hashsvc.pixels import Pixels
from hashsvc.signatures import RegionKind
from tests.golden import firmness
from tests.golden.distances import distance_vectors
from tests.golden.files import photo_files
from tests.golden.pictures import draw
from tests.golden.turns import TURNS

FOLDER = Path(__file__).parents[2] / "data" / "golden"
_ORACLE_MAX_PIXELS = 4_000_000  # pdqhash takes 6 s for 48 million
_MAIN = [(129, 200, 3), (300, 533, 2), (480, 640, 3), (1000, 750, 1)]
_EDGES = [5, 63, 64, 65, 127, 128, 129, 256, 257, 511, 513]
_LARGE = (6000, 8000, 4)
_GIVEN = ("name", "width", "height")  # the same for every turn, or plain
_TOO_SMALL = (4, 100, 3)


def drawn_vectors():
    """Name and definition of every picture that is drawn, not stored."""
    edges = zip(_EDGES, _EDGES[4:] + _EDGES[:4], strict=True)
    sizes = [*_MAIN, *((height, width, 4) for height, width in edges)]
    for height, width, k in [*sizes, _TOO_SMALL, _LARGE]:
        definition = {"picture": "waves", "height": height, "width": width, "k": k}
        yield f"waves-{height}x{width}-{k}", definition
    size = {"height": 240, "width": 320}
    yield "flat", {"picture": "flat", **size, "level": 128}
    yield "black", {"picture": "flat", **size, "level": 0}
    yield "ramp-down", {"picture": "ramp", **size, "down": 1, "across": 0}
    yield "ramp-across", {"picture": "ramp", **size, "down": 0, "across": 1}
    yield "ramp-diagonal", {"picture": "ramp", **size, "down": 1, "across": 1}
    yield "text-line", {"picture": "text_line", **size}
    for percent in (10, 3):
        yield f"dimmed-{percent}", {"picture": "dimmed_waves", **size, "k": 3, "percent": percent}


def hash_vector(name, pixels):
    """The right answer for some pixels, checked with the reference implementation."""
    signature = signature_of(pixels, RegionKind.FULL)
    firm = firmness.of(pixels)
    if firm.pdq and pixels.height * pixels.width <= _ORACLE_MAX_PIXELS:
        expected = reference(pixels.rgb())
        if (signature.pdq.hex(), signature.quality) != expected:
            raise AssertionError(f"{name} differs from pdqhash")
    return {
        "name": name,
        "width": pixels.width,
        "height": pixels.height,
        "pdq": signature.pdq.hex() if firm.pdq else None,
        "pdq_firm": firm.pdq,
        "dhash": signature.dhash.hex() if signature.dhash and firm.dhash else None,
        "dhash_firm": firm.dhash,
        "quality": signature.quality,
    }


def reference(rgb):
    """(hexadecimal digits, quality) as pdqhash computes them."""
    bits, quality = pdqhash.compute(np.ascontiguousarray(rgb))
    return np.packbits(bits).tobytes().hex(), quality


def orientation_vector(name, pixels):
    """The right answers for some pixels turned and mirrored, checked on truly turned ones."""
    answers = {}
    for orientation, buffer in oriented_lumas(pixels).items():
        turned = Pixels(np.ascontiguousarray(TURNS[orientation](pixels.samples)), pixels.order)
        answer = hash_vector(f"{name} {orientation}", turned)
        if answer["pdq_firm"] and PdqHasher().hash(buffer).hex() != answer["pdq"]:
            raise AssertionError(f"{name} {orientation} differs from truly turned pixels")
        answers[orientation] = {key: answer[key] for key in answer if key not in _GIVEN}
    return {"name": name, "orientations": answers}


def file_vector(path):
    """The right answer for a photo file: hashes, or the error it must be refused with."""
    body = path.read_bytes()
    vector = {"file": f"photos/{path.name}", "sha256": hashlib.sha256(body).hexdigest()}
    try:
        pixels = decode(body)
    except PhotoError as error:
        return {"name": path.stem, **vector, "error": type(error).__name__}
    start = body.find(b"Exif\0\0")
    return {
        **hash_vector(path.stem, pixels),
        **vector,
        "exif": orientation_of(body[start:]) if start >= 0 else 1,
    }


def answers(folder):
    """The content of each JSON file, without who made it."""
    drawn = list(drawn_vectors())
    turned = [(name, definition) for name, definition in drawn if name.startswith("waves-")]
    turned = turned[: len(_MAIN) + len(_EDGES)]
    return {
        "hashes.json": [
            *({**hash_vector(name, Pixels(draw(**how))), "draw": how} for name, how in drawn),
            *(file_vector(path) for path in sorted((folder / "photos").iterdir())),
        ],
        "orientations.json": [
            {**orientation_vector(name, Pixels(draw(**how))), "draw": how} for name, how in turned
        ],
        "distances.json": list(distance_vectors()),
    }


def make(folder, *, photos=False):
    """Write everything to a folder."""
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    if photos:
        for name, body in photo_files():
            (folder / "photos" / name).write_bytes(body)
    packages = ("numpy", "opencv-python-headless", "pdqhash", "pi-heif", "pillow")
    made_by = {
        "program": f"python -m tests.golden.make, hashsvc {hashsvc.__version__}",
        **{package: version(package) for package in packages},
    }
    for name, vectors in answers(folder).items():
        document = {"made_by": made_by, "vectors": vectors}
        (folder / name).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Remake the golden files.")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--photos", action="store_true", help="encode the photo files anew, too")
    chosen = parser.parse_args()
    make(chosen.folder, photos=chosen.photos)


if __name__ == "__main__":
    main()

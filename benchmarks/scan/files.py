"""One file to its hash: ours in a scan, the peers, and the least that any decoder needs."""

from functools import partial
from pathlib import Path

import imagehash
from PIL import Image
from threatexchange.signal_type.pdq.signal import PdqSignal

from benchmarks.hashing.timing import Calls, median_seconds
from benchmarks.scan.rows import Rows, row
from hashsvc.digests import digests_of_bytes
from hashsvc.photos import MAX_PIXELS
from hashsvc.scan.answers import Asked
from hashsvc.scan.child import answer

_OURS = "hashsvc scan, digests in"


def file_rows(size: str, photos: list[Path], rounds: int) -> Rows:
    """Photos a second and core of each way, from the file; and what is compared with the floor."""
    ways = {
        _OURS: _scanned,
        "hashsvc scan --exact, digests in": _exactly_scanned,
        "threatexchange, PDQ alone": _threatexchange,
        "Pillow + imagehash, dHash of 64 bits alone": _imagehash,
        "hashsvc scan without digests": _estimated,
        "floor: Pillow's decoder at 1/8, grey": _decoded_at_an_eighth,
    }
    calls: Calls = {name: [partial(way, photo) for photo in photos] for name, way in ways.items()}
    seconds = median_seconds(calls, rounds)
    return [
        row(
            f"file to hash, {size}",
            name,
            1 / seconds[name],
            "photos/s/core",
            None if name == _OURS else seconds[name] / seconds[_OURS],
        )
        for name in ways
    ]


def _scanned(path: Path) -> object:
    body = path.read_bytes()
    return digests_of_bytes(body), answer(body, max_pixels=MAX_PIXELS, asked=Asked.ESTIMATE)


def _exactly_scanned(path: Path) -> object:
    body = path.read_bytes()
    return digests_of_bytes(body), answer(body, max_pixels=MAX_PIXELS, asked=Asked.FULL)


def _estimated(path: Path) -> object:
    return answer(path.read_bytes(), max_pixels=MAX_PIXELS, asked=Asked.ESTIMATE)


def _threatexchange(path: Path) -> object:
    return PdqSignal.hash_from_file(path)


def _imagehash(path: Path) -> object:
    with Image.open(path) as image:
        return imagehash.dhash(image)


def _decoded_at_an_eighth(path: Path) -> object:
    """Entropy decoding cannot be had alone; one sample for each block of 64 is the least."""
    with Image.open(path) as image:
        image.draft("L", (image.width // 8, image.height // 8))
        return image.load()

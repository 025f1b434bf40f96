"""How fast a photo is hashed, and in how much memory: ours and two peers, side by side.

One thread of one process, rounds interleaved, medians of CPU time. Memory is measured in a fresh
process for each way.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeAlias, TypeVar

import cv2
import numpy as np
import pdqhash
import psutil
import skimage
from PIL import Image
from threatexchange.signal_type.pdq.signal import PdqSignal

from benchmarks import results
from hashsvc.hashers.luma import luma, oriented_lumas, quality
from hashsvc.hashers.pdq import PdqHasher
from hashsvc.hashing import signature_of
from hashsvc.photos import decode
from hashsvc.pixels import Pixels
from hashsvc.signatures import RegionKind

Result = TypeVar("Result")
Calls: TypeAlias = Mapping[str, Sequence[Callable[[], object]]]
SIZES = {"0.2 MP": (500, 400), "12 MP": (4000, 3000)}
NOISE_SIGMA = 6  # grey levels: enlarged photos are too smooth without
JPEG_QUALITY = 90
PACKAGES = (
    "numpy",
    "opencv-python-headless",
    "pillow",
    "pdqhash",
    "threatexchange",
)
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_SUFFIXES = {".jpg", ".jpeg", ".png"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--photos", type=Path, help="folder of photos; else scikit-image's")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")
    parser.add_argument("--rounds", type=int, default=5, help="times each photo is hashed")
    parser.add_argument("--small", type=int, default=12, help="photos of 0.2 megapixels")
    parser.add_argument("--large", type=int, default=4, help="photos of 12 megapixels")


def run(arguments: argparse.Namespace) -> None:
    """Measure everything and write it down."""
    counts = dict(zip(SIZES, (arguments.small, arguments.large), strict=True))
    for name in _ONE_THREAD:  # read by the children when they import numpy
        os.environ[name] = "1"
    with TemporaryDirectory() as folder:
        photos = _in_child(_make_photos, Path(folder), arguments.photos, counts)
        rows = [
            *_in_child(_operator_rows, photos["12 MP"], arguments.rounds),
            *(
                row
                for size in SIZES
                for row in _in_child(_file_rows, size, photos[size], arguments.rounds)
            ),
            *_memory_rows(photos["12 MP"][0]),
        ]
    source = "the photos of scikit-image" if arguments.photos is None else "a folder of photos"
    _report(rows, source, arguments.out)


def _report(rows: list[dict[str, results.Value]], source: str, folder: Path) -> None:
    title = "Hashing a photo"
    notes = (
        f"JPEG, quality {JPEG_QUALITY}, 4:2:0, made of {source} by scaling and adding noise of"
        f" sigma {NOISE_SIGMA}: not camera\noriginals. CPU time, one thread, medians of"
        " interleaved rounds. `ratio`: the peer's figure against ours, more than 1 is\nbetter for"
        " us. `same hash`: photos whose PDQ is the one of hashsvc. Memory: the peak of a fresh"
        " process above what it\nneeded before, without the decoded picture of 36 MB."
    )
    measured_in = results.environment(PACKAGES)
    results.show(title, rows)
    results.write_json_lines(folder / "hashing.jsonl", rows, measured_in)
    results.write_markdown(folder / "hashing.md", title, rows, measured_in, notes)


def _in_child(function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a fresh process, which sees one thread from its first import."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_single_threaded, function, *arguments).result()


def _single_threaded(function: Callable[..., Result], *arguments: object) -> Result:
    cv2.setNumThreads(1)
    return function(*arguments)


def _make_photos(
    folder: Path, source: Path | None, counts: dict[str, int]
) -> dict[str, list[Path]]:
    """Scale photos to each size, with noise, as JPEG."""
    sources = _sources(source)
    made: dict[str, list[Path]] = {}
    for size, count in counts.items():
        made[size] = []
        for number in range(count):
            path = folder / f"{size.replace(' ', '-')}-{number}.jpg"
            image = Image.open(sources[number % len(sources)]).convert("RGB")
            path.write_bytes(
                _noisy_jpeg(image.resize(SIZES[size], Image.Resampling.BICUBIC), number)
            )
            made[size].append(path)
    return made


def _sources(folder: Path | None) -> list[Path]:
    chosen = Path(skimage.__file__).parent / "data" if folder is None else folder
    found = sorted(path for path in chosen.iterdir() if path.suffix.lower() in _SUFFIXES)
    # Of the library's pictures the photos: the others are charts, tiles and cells.
    photos = {"astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png"}
    return [path for path in found if folder is not None or path.name in photos]


def _noisy_jpeg(image: Image.Image, seed: int) -> bytes:
    random = np.random.default_rng(seed)
    samples = np.asarray(image, np.float32)
    noisy = samples + random.normal(0, NOISE_SIGMA, samples.shape).astype(np.float32)
    body = BytesIO()
    photo = Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    photo.save(body, "JPEG", quality=JPEG_QUALITY, subsampling=2)
    return body.getvalue()


def hash_ours(path: Path) -> str:
    """A file to PDQ, dHash and quality, the exact path."""
    return signature_of(decode(path), RegionKind.FULL).pdq.hex()


def hash_with_pillow_and_pdqhash(path: Path) -> str:
    """What most programs do; PDQ and quality alone."""
    with Image.open(path) as image:
        bits, _ = pdqhash.compute(np.asarray(image.convert("RGB")))
    return np.packbits(bits).tobytes().hex()


def hash_with_threatexchange(path: Path) -> str:
    """What the reference library does; PDQ alone."""
    return PdqSignal.hash_from_file(path)


WAYS: dict[str, Callable[[Path], str]] = {
    "hashsvc": hash_ours,
    "Pillow + pdqhash": hash_with_pillow_and_pdqhash,
    "threatexchange": hash_with_threatexchange,
}


def _file_rows(size: str, photos: list[Path], rounds: int) -> list[dict[str, results.Value]]:
    """Photos per second of each way, from the file."""
    calls = {name: [partial(way, photo) for photo in photos] for name, way in WAYS.items()}
    seconds = _median_seconds(calls, rounds)
    ours = [hash_ours(photo) for photo in photos]
    return [
        _row(
            f"file to hash, {size}",
            name,
            value=1 / seconds[name],
            unit="photos/s",
            ratio=seconds[name] / seconds["hashsvc"],
            same=f"{sum(map(str.__eq__, ours, map(way, photos)))} of {len(photos)}",
        )
        for name, way in WAYS.items()
    ]


def _operator_rows(photos: list[Path], rounds: int) -> list[dict[str, results.Value]]:
    """Decoded pixels to PDQ and quality, without decoding."""
    pixels = [Pixels(np.ascontiguousarray(decode(photo).rgb())) for photo in photos[:2]]
    calls: Calls = {
        "hashsvc": [partial(_pdq, photo) for photo in pixels],
        "hashsvc, eight orientations": [partial(_all_pdqs, photo) for photo in pixels],
        "pdqhash": [partial(pdqhash.compute, photo.samples) for photo in pixels],
    }
    seconds = _median_seconds(calls, rounds)
    return [
        _row(
            "decoded pixels to PDQ, 12 MP",
            name,
            value=1000 * seconds[name],
            unit="ms",
            ratio=seconds[name] / seconds["hashsvc"],
        )
        for name in calls
    ]


def _pdq(photo: Pixels) -> tuple[str, int]:
    buffer = luma(photo)
    return PdqHasher().hash(buffer).hex(), quality(buffer)


def _all_pdqs(photo: Pixels) -> list[str]:
    return [PdqHasher().hash(buffer).hex() for buffer in oriented_lumas(photo).values()]


def _median_seconds(calls: Calls, rounds: int) -> dict[str, float]:
    """CPU seconds of one call, by name; every round runs every way on every photo."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, call in _interleaved(calls):
            started = time.process_time()
            call()
            if number > 0:  # the first round warms caches up
                seconds[name].append(time.process_time() - started)
    return {name: median(measured) for name, measured in seconds.items()}


def _interleaved(
    calls: Calls,
) -> Iterator[tuple[str, Callable[[], object]]]:
    for turn in zip(*calls.values(), strict=True):
        yield from zip(calls, turn, strict=True)


def _memory_rows(photo: Path) -> list[dict[str, results.Value]]:
    """Peak memory of each way above the decoded picture, each in a process of its own."""
    peaks = {name: _in_child(_peak_bytes, name, photo) for name in WAYS}
    return [
        _row(
            "peak memory above the decoded picture, 12 MP",
            name,
            value=peak / 1e6,
            unit="MB",
            ratio=peak / peaks["hashsvc"],
        )
        for name, peak in peaks.items()
    ]


def _peak_bytes(name: str, photo: Path) -> int:
    """What hashing one photo adds to a process that has hashed a small one before."""
    width, height = SIZES["12 MP"]
    with TemporaryDirectory() as folder:
        small = Path(folder) / "small.jpg"
        Image.new("RGB", (64, 64), "grey").save(small)
        WAYS[name](small)
    before: int = psutil.Process().memory_info().rss
    WAYS[name](photo)
    return _high_water_bytes() - before - 3 * width * height


def _high_water_bytes() -> int:
    """Linux: the peak of this process alone; ru_maxrss would count what its parent had."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    raise OSError("this system does not say how much memory a process had")


def _row(
    what: str,
    way: str,
    *,
    value: float,
    unit: str,
    ratio: float,
    same: str | None = None,
) -> dict[str, results.Value]:
    return {
        "what": what,
        "ratio": None if way == "hashsvc" else ratio,
        "way": way,
        "value": value,
        "unit": unit,
        "same hash": same,
    }

"""How long the survivor page takes for a photo, in real browsers.

From handing the file to the worker to its last signature: decoding, eight crops, anchors. One
photo at a time, as on the page.
"""

import argparse
import gzip
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Protocol, TypeAlias

import numpy as np
import skimage
from PIL import Image

from benchmarks import results
from tests.browser import chromium, firefox
from tests.browser.static_server import static_server

SIZES = {"0.2 MP": (500, 400), "12 MP": (4000, 3000), "48 MP": (8000, 6000)}
NOISE_SIGMA = 6  # grey levels: enlarged photos are too smooth without
JPEG_QUALITY = 90
_ROWS_AT_ONCE = 500
_ROOT = Path(__file__).parents[1]
_FUNCTION = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")
_SCRIPTS = _ROOT / "api" / "web" / "static" / "js"


class _Browser(Protocol):
    def open(self, address: str) -> None: ...
    def choose(self, files: Sequence[Path]) -> None: ...
    def call(self, function: str) -> dict[str, object]: ...


Started: TypeAlias = Callable[[], AbstractContextManager[_Browser]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command line offers."""
    parser.add_argument("--rounds", type=int, default=5, help="times each photo is hashed")
    parser.add_argument("--out", type=Path, default=results.FOLDER, help="folder of the results")


def run(arguments: argparse.Namespace) -> None:
    """Measure in every browser that is installed, and write it down."""
    with TemporaryDirectory() as name, static_server() as (address, _):
        folder = Path(name)
        photos = {size: _photo(folder, *sides) for size, sides in SIZES.items()}
        rows = [
            {"what": f"{size}, {browser}", **_measured(started, address, photo, arguments.rounds)}
            for browser, started in _browsers()
            for size, photo in photos.items()
        ]
    _report(rows, arguments.out)


def _browsers() -> Iterator[tuple[str, Started]]:
    """Name and how to start it."""
    if chromium.PROGRAM.exists():
        yield "Chromium", chromium.chromium
    if firefox.PROGRAM:
        yield "Firefox", _fresh_firefox


@contextmanager
def _fresh_firefox() -> Iterator[_Browser]:
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        firefox.firefox(Path(profile)) as browser,
    ):
        yield browser


def _photo(folder: Path, width: int, height: int) -> Path:
    """An enlarged photo with noise: not a camera original, but as hard to decode."""
    source = Path(skimage.__file__).parent / "data" / "coffee.png"
    enlarged = np.asarray(Image.open(source).convert("RGB").resize((width, height)), np.int16)
    samples = np.empty(enlarged.shape, np.uint8)
    rng = np.random.default_rng(1)
    for y in range(0, height, _ROWS_AT_ONCE):
        rows = enlarged[y : y + _ROWS_AT_ONCE]
        noisy = rows + rng.normal(0, NOISE_SIGMA, rows.shape)
        samples[y : y + _ROWS_AT_ONCE] = noisy.clip(0, 255)
    file = folder / f"{width}.jpg"
    Image.fromarray(samples).save(file, quality=JPEG_QUALITY)
    return file


def _measured(started: Started, address: str, photo: Path, rounds: int) -> dict[str, results.Value]:
    """One photo in a fresh browser; its first round is the one a survivor meets."""
    with started() as browser:
        browser.open(address)
        browser.choose([photo] * rounds)
        answer = browser.call(_FUNCTION[_FUNCTION.index("async") :].strip())
    times = [float(str(time)) for time in list(answer["times"])]  # type: ignore[call-overload]
    return {
        "first ms": times[0],
        "median ms": median(times),
        "longest pause of the page ms": float(str(answer["pause"])),
    }


def _report(rows: list[dict[str, results.Value]], folder: Path) -> None:
    title = "Hashing on the survivor page"
    scripts = [path.read_bytes() for path in sorted(_SCRIPTS.glob("*.js"))]
    size = sum(len(gzip.compress(script)) for script in scripts)
    notes = (
        f"JPEG, quality {JPEG_QUALITY}, made of a photo of scikit-image by scaling and adding noise"
        f" of sigma {NOISE_SIGMA}: not\na camera original. Wall clock, headless, without a graphics"
        f" card. All scripts of the page: {len(scripts)} files,\n{size / 1000:.1f} kB gzip."
    )
    measured_in = results.environment(("pillow", "playwright"))
    results.show(title, rows)
    results.write_json_lines(folder / "page.jsonl", rows, measured_in)
    results.write_markdown(folder / "page.md", title, rows, measured_in, notes)

"""Photos of given sizes, as JPEG files."""

from io import BytesIO
from pathlib import Path

import numpy as np
import skimage
from PIL import Image

SIZES = {"0.2 MP": (500, 400), "1 MP": (1154, 866), "12 MP": (4000, 3000)}
NOISE_SIGMA = 6  # grey levels: enlarged photos are too smooth without
JPEG_QUALITY = 90
_SUFFIXES = {".jpg", ".jpeg", ".png"}


def make_photos(folder: Path, source: Path | None, counts: dict[str, int]) -> dict[str, list[Path]]:
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

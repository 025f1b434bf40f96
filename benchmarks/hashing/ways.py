"""From a file to a hash: ours, and what others do."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pdqhash
from PIL import Image
from threatexchange.signal_type.pdq.signal import PdqSignal

from hashsvc.hashing import signature_of
from hashsvc.photos import decode


def hash_ours(path: Path) -> str:
    """A file to PDQ, dHash and quality, the exact path."""
    return signature_of(decode(path)).pdq.hex()


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

"""Real, public-domain photos, and what people do to them before they post them again."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import skimage.data

from benchmarks.edits import EDITS
from hashsvc.photos import decode
from hashsvc.pixels import Pixels

REPORTED = ("astronaut.png", "coffee.png", "rocket.jpg")
UNRELATED = ("chelsea.png", "hubble_deep_field.jpg", "motorcycle_left.png")

# What is done to a photo: the names of edits of the robustness benchmark.
COPIES: Mapping[str, str] = {
    "the original": "png",
    "recompressed": "jpeg q30",
    "resized to a half": "resize 50 %",
    "mirrored": "hflip",
    "rotated by 90 degrees": "rot90",
    "cropped by 20 %": "centre crop 20 %",
    "with a white border": "border 10 % white",
    "with a caption": "caption bar top",
    "in a screenshot": "screenshot light",
}


def photo_path(name: str) -> Path:
    """Where scikit-image keeps one of its photos."""
    return Path(skimage.data.__file__).with_name(name)


def copy_of(name: str, copy: str) -> Pixels:
    """A photo after one of the edits in `COPIES`."""
    photo = np.ascontiguousarray(decode(photo_path(name)).rgb())
    (edit,) = (edit for edit in EDITS if edit.name == COPIES[copy])
    return Pixels(edit.apply(photo, number=0, companions=()))

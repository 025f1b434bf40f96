"""Remake `data/benign.jsonl`: signatures of pictures that must never match.

    python -m tests.golden.make_benign

App pages around an empty picture, bars and captions, blank forms, logos, gradients: all drawn
here. Operators add the templates of real apps with `hashsvc-server bank add-benign`.
"""

import json
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from benchmarks.edits import EDITS
from hashsvc.errors import PhotoTooFlatError
from hashsvc.hashing import enrolment_signatures
from hashsvc.pixels import Pixels

FILE = Path(__file__).parents[2] / "data" / "benign.jsonl"
_PAGES = (
    "screenshot light",
    "screenshot dark",
    "gallery screenshot",
    "chat bubble",
    "story",
    "meme bars",
    "caption bar top",
    "collage 2x2 gap",
)
_GREYS = (0, 128, 255)
_SIDE = 512


def benign_pictures():
    """Name and pixels of each."""
    edits = {edit.name: edit for edit in EDITS}
    for name, grey in product(_PAGES, _GREYS):
        empty = np.full((400, 400, 3), grey, np.uint8)
        beside = [np.full((400, 400, 3), other, np.uint8) for other in _GREYS]
        yield f"{name}, {grey}", edits[name].apply(empty, number=0, companions=beside)
    for dark, shape in product((True, False), _SHAPES):
        ground, ink = ((20, 20, 20), (240, 240, 240)) if dark else ((250, 250, 250), (30, 30, 30))
        picture = np.full((_SIDE, _SIDE, 3), ground, np.uint8)
        _SHAPES[shape](picture, ink)
        yield f"{shape}, {'dark' if dark else 'light'}", picture


def _disc(picture, ink):
    cv2.circle(picture, (_SIDE // 2, _SIDE // 2), 160, ink, -1, cv2.LINE_AA)


def _ring(picture, ink):
    cv2.circle(picture, (_SIDE // 2, _SIDE // 2), 150, ink, 40, cv2.LINE_AA)


def _square(picture, ink):
    cv2.rectangle(picture, (120, 120), (392, 392), ink, -1)


def _triangle(picture, ink):
    cv2.fillPoly(picture, [np.array([[256, 90], [430, 400], [82, 400]])], ink, cv2.LINE_AA)


def _stripes(picture, ink):
    for top in range(0, _SIDE, 64):
        picture[top : top + 32] = ink


def _columns(picture, ink):
    for left in range(0, _SIDE, 64):
        picture[:, left : left + 32] = ink


def _checks(picture, ink):
    for top, left in product(range(0, _SIDE, 128), range(0, _SIDE, 128)):
        picture[top : top + 64, left : left + 64] = ink
        picture[top + 64 : top + 128, left + 64 : left + 128] = ink


def _form(picture, ink):
    for top in range(40, _SIDE - 40, 56):
        cv2.rectangle(picture, (40, top), (472, top + 32), ink, 2)


def _text(picture, ink):
    for row in range(14):
        words = "a page with nothing but words on it "[row:] + "and more of them"
        cv2.putText(
            picture, words, (20, 44 + 34 * row), cv2.FONT_HERSHEY_DUPLEX, 0.7, ink, 1, cv2.LINE_AA
        )


_SHAPES = {
    "disc": _disc,
    "ring": _ring,
    "square": _square,
    "triangle": _triangle,
    "stripes": _stripes,
    "columns": _columns,
    "checks": _checks,
    "blank form": _form,
    "page of text": _text,
}


def lines():
    """One for each picture that is not too flat, as `hashsvc hash --json` prints them."""
    for name, picture in benign_pictures():
        try:
            signatures = enrolment_signatures(Pixels(np.ascontiguousarray(picture)))
        except PhotoTooFlatError:
            continue
        yield {"file": name, "signatures": [one.to_json() for one in signatures]}


if __name__ == "__main__":
    FILE.write_text("".join(json.dumps(line) + "\n" for line in lines()))

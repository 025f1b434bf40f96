"""Room around a photo: frames, letterboxes, bars with text."""

from enum import StrEnum

import numpy as np

from benchmarks.edits.drawing import BLACK, WHITE, Colour, write_centred
from benchmarks.edits.edit import Photo
from benchmarks.edits.filters import blurred
from benchmarks.edits.sizes import resized


class Ground(StrEnum):
    """What the room is filled with."""

    BLACK = "black"
    WHITE = "white"
    BLURRED = "blurred"  # the photo itself, larger and without detail


def border(photo: Photo, *, percent: int, ground: Ground) -> Photo:
    """A frame: on each side a percentage of the width, or of the height."""
    height, width = photo.shape[:2]
    across, down = round(percent * width / 100), round(percent * height / 100)
    return _centred(photo, width + 2 * across, height + 2 * down, ground)


def letterbox(photo: Photo, *, across: int, down: int, ground: Ground) -> Photo:
    """The smallest frame of an aspect (width : height) that holds the photo."""
    height, width = photo.shape[:2]
    if width * down > height * across:
        return _centred(photo, width, round(width * down / across), ground)
    return _centred(photo, round(height * across / down), height, ground)


def meme_bars(photo: Photo) -> Photo:
    """A white bar with a line of text above, and one below."""
    height, width = photo.shape[:2]
    bar = round(0.14 * height)
    edited = np.full((height + 2 * bar, width, 3), WHITE, np.uint8)
    edited[bar : bar + height] = photo
    scale = width / 400
    write_centred(edited, "when the wifi is back", _base_line(0, bar, scale), scale, BLACK)
    write_centred(edited, "after ten minutes", _base_line(bar + height, bar, scale), scale, BLACK)
    return edited


def caption_bar(photo: Photo) -> Photo:
    """A white bar with a line of text above."""
    height, width = photo.shape[:2]
    bar, scale = round(0.18 * height), width / 420
    edited = np.full((height + bar, width, 3), WHITE, np.uint8)
    edited[bar:] = photo
    write_centred(edited, "look who is home again", _base_line(0, bar, scale), scale, BLACK)
    return edited


def _centred(photo: Photo, width: int, height: int, ground: Ground) -> Photo:
    edited = _ground(photo, width, height, ground)
    left, top = (width - photo.shape[1]) // 2, (height - photo.shape[0]) // 2
    edited[top : top + photo.shape[0], left : left + photo.shape[1]] = photo
    return edited


def _ground(photo: Photo, width: int, height: int, ground: Ground) -> Photo:
    if ground is Ground.BLURRED:
        return blurred(resized(photo, width, height), sigma=photo.shape[1] / 25)
    colour: Colour = WHITE if ground is Ground.WHITE else BLACK
    return np.full((height, width, 3), colour, np.uint8)


def _base_line(top: int, height: int, scale: float) -> float:
    """The base line of text amid a bar; capitals are 22 pixels high at scale 1."""
    return top + (height + 22 * scale) / 2

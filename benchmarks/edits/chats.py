"""A screenshot of a chat in which the photo was sent."""

import cv2
import numpy as np

from benchmarks.edits.drawing import WHITE, Colour, bar, disc, panel, write
from benchmarks.edits.edit import Photo
from benchmarks.edits.pages import LIGHT, PAGE_HEIGHT, PAGE_WIDTH, blank_page, status_line
from benchmarks.edits.sizes import within

_GROUND: Colour = (232, 224, 214)
_PATTERN: Colour = (218, 209, 197)
_HEADER: Colour = (20, 105, 95)
_SENT: Colour = (215, 250, 205)
_INK: Colour = (25, 25, 25)
_FAINT: Colour = (120, 130, 120)
_HEADER_HEIGHT = 110  # pixels
_TOP = 240
_FRAME = 6
_MARGIN = 14  # between a bubble and the edge of the screen


def chat_bubble(photo: Photo, lots: np.random.Generator) -> Photo:
    """The photo in a bubble on the right; the pattern behind is drawn by lot."""
    page = blank_page(LIGHT)
    _patterned(page, lots)
    _header(page)
    _received(page, 140, "did you see this?")
    _received(page, 190, "just now")
    bottom = _picture(page, within(photo, width=370, height=560))
    _received(page, bottom + 24, "omg")
    _received(page, bottom + 74, "who else was there?")
    panel(page, 16, 1104, 450, 1152, WHITE)
    write(page, "Message", (40, 1135), 0.6, _FAINT)
    disc(page, (496, 1128), 26, _HEADER)
    return page


def _patterned(page: Photo, lots: np.random.Generator) -> None:
    page[:] = _GROUND
    for x, y, size in zip(
        lots.integers(PAGE_WIDTH, size=150),
        lots.integers(PAGE_HEIGHT, size=150),
        lots.integers(6, 20, size=150),
        strict=True,
    ):
        cv2.circle(page, (int(x), int(y)), int(size), _PATTERN, 2, cv2.LINE_AA)


def _header(page: Photo) -> None:
    bar(page, 0, 0, PAGE_WIDTH, _HEADER_HEIGHT, _HEADER)
    status_line(page, WHITE)
    write(page, "<", (14, 82), 0.8, WHITE)
    disc(page, (72, 74), 24, (190, 200, 205))
    write(page, "Weekend group", (112, 72), 0.7, WHITE)
    write(page, "Max, Tom, Leo, You", (112, 96), 0.45, WHITE)


def _received(page: Photo, top: int, words: str) -> None:
    (width, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, 0.6, 1)
    panel(page, _MARGIN, top, _MARGIN + width + 76, top + 40, WHITE)
    write(page, words, (_MARGIN + 14, top + 26), 0.6, _INK)
    write(page, "21:03", (_MARGIN + width + 30, top + 34), 0.35, _FAINT)


def _picture(page: Photo, picture: Photo) -> int:
    """Show the picture with a frame and the time; returns the first row below its bubble."""
    height, width = picture.shape[:2]
    right = PAGE_WIDTH - _MARGIN - _FRAME
    left, bottom = right - width, _TOP + height
    edges = (left - _FRAME, _TOP - _FRAME, right + _FRAME, bottom + _FRAME)
    panel(page, *edges, _SENT)
    page[_TOP:bottom, left:right] = picture
    write(page, "21:04", (right - 56, bottom - 8), 0.45, WHITE)
    return int(bottom) + _FRAME

"""Screenshots of a phone: a post, a gallery, a story. Everything but the photo is made up."""

from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.edits.crops import aspect_crop
from benchmarks.edits.drawing import BLACK, WHITE, Colour, bar, disc, write
from benchmarks.edits.edit import Photo
from benchmarks.edits.sizes import resized, within

PAGE_WIDTH = 540  # pixels
PAGE_HEIGHT = 1170
_PICTURE_TOP = 150
_TAB_BAR_TOP = 1090


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of an app."""

    ground: Colour
    ink: Colour
    faint: Colour  # lines, and text of less weight


LIGHT = Theme((255, 255, 255), (20, 20, 20), (170, 170, 175))
DARK = Theme((12, 12, 14), (240, 240, 240), (95, 95, 100))
_ACCENTS: tuple[Colour, ...] = ((225, 85, 110), (80, 140, 220), (90, 175, 120), (220, 160, 60))


def screenshot(photo: Photo, *, theme: Theme) -> Photo:
    """A post with the photo, its author, and what others say."""
    picture = within(photo, width=PAGE_WIDTH, height=720)
    page = blank_page(theme)
    _post_header(page, theme)
    left = (PAGE_WIDTH - picture.shape[1]) // 2
    below = _PICTURE_TOP + picture.shape[0]
    page[_PICTURE_TOP:below, left : left + picture.shape[1]] = picture
    _post_footer(page, below, theme)
    _tab_bar(page, theme)
    return page


def gallery(photo: Photo) -> Photo:
    """The photo alone on a black page."""
    picture = within(photo, width=PAGE_WIDTH, height=1010)
    page = blank_page(DARK)
    page[:] = BLACK
    status_line(page, WHITE)
    write(page, "<", (16, 66), 0.8, WHITE)
    write(page, "12 May  21:04", (190, 64), 0.6, WHITE)
    left = (PAGE_WIDTH - picture.shape[1]) // 2
    top = (PAGE_HEIGHT - picture.shape[0]) // 2
    page[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    for x in (70, 203, 336, 469):
        cv2.circle(page, (x, 1130), 14, WHITE, 2, cv2.LINE_AA)
    return page


def story(photo: Photo) -> Photo:
    """The photo cut to 9:16 on the whole screen, with the app's signs on it."""
    page = resized(aspect_crop(photo, across=9, down=16), 540, 960)
    for part in range(3):
        bar(page, 12 + 174 * part, 14, 180 + 174 * part, 18, WHITE if part == 0 else LIGHT.faint)
    disc(page, (42, 56), 22, _ACCENTS[0])
    write(page, "night.owl", (76, 64), 0.65, WHITE)
    write(page, "x", (500, 64), 0.8, WHITE)
    cv2.rectangle(page, (20, 890), (420, 938), WHITE, 2, cv2.LINE_AA)
    write(page, "Send message", (40, 921), 0.6, WHITE)
    cv2.circle(page, (456, 914), 16, WHITE, 2, cv2.LINE_AA)
    cv2.circle(page, (508, 914), 16, WHITE, 2, cv2.LINE_AA)
    return page


def blank_page(theme: Theme) -> Photo:
    """An empty screen."""
    return np.full((PAGE_HEIGHT, PAGE_WIDTH, 3), theme.ground, np.uint8)


def status_line(page: Photo, ink: Colour) -> None:
    """Time and battery, at the top of every screen."""
    write(page, "21:04", (22, 28), 0.55, ink)
    cv2.rectangle(page, (482, 13), (514, 29), ink, 1)
    bar(page, 485, 16, 505, 27, ink)
    for step in range(4):
        bar(page, 440 + 8 * step, 26 - 4 * step, 445 + 8 * step, 29, ink)


def _post_header(page: Photo, theme: Theme) -> None:
    status_line(page, theme.ink)
    write(page, "pixelgram", (20, 74), 0.9, theme.ink)
    cv2.circle(page, (505, 64), 13, theme.ink, 2, cv2.LINE_AA)
    bar(page, 0, 90, PAGE_WIDTH, 91, theme.faint)
    disc(page, (38, 120), 20, _ACCENTS[1])
    write(page, "night.owl", (70, 118), 0.6, theme.ink)
    write(page, "Harbour Street", (70, 138), 0.45, theme.faint)
    for x in (494, 506, 518):
        disc(page, (x, 120), 3, theme.ink)


def _post_footer(page: Photo, top: int, theme: Theme) -> None:
    for number, x in enumerate((34, 84, 134, 508)):
        colour = _ACCENTS[0] if number == 0 else theme.ink
        cv2.circle(page, (x, top + 30), 13, colour, 2, cv2.LINE_AA)
    write(page, "1,284 likes", (20, top + 76), 0.6, theme.ink)
    write(page, "night.owl  last weekend, by the sea", (20, top + 104), 0.55, theme.ink)
    write(page, "View all 86 comments", (20, top + 132), 0.5, theme.faint)
    for number, words in enumerate(("wow", "where was that?", "what a day", "no way", "hahaha")):
        _comment(page, top + 170 + 58 * number, words, _ACCENTS[number % 4], theme)


def _comment(page: Photo, y: int, words: str, accent: Colour, theme: Theme) -> None:
    if y + 20 > _TAB_BAR_TOP:
        return
    disc(page, (36, y), 15, accent)
    write(page, words, (64, y + 2), 0.55, theme.ink)
    write(page, "3 h   Reply", (64, y + 20), 0.4, theme.faint)


def _tab_bar(page: Photo, theme: Theme) -> None:
    bar(page, 0, _TAB_BAR_TOP, PAGE_WIDTH, PAGE_HEIGHT, theme.ground)
    bar(page, 0, _TAB_BAR_TOP, PAGE_WIDTH, _TAB_BAR_TOP + 1, theme.faint)
    for x in range(54, PAGE_WIDTH, 108):
        cv2.rectangle(page, (x - 13, 1112), (x + 13, 1136), theme.ink, 2, cv2.LINE_AA)
    bar(page, 190, 1156, 350, 1160, theme.ink)

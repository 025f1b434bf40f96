"""Text and shapes on a photo or a page; these functions draw in place."""

from typing import TypeAlias

import cv2

from benchmarks.edits.edit import Photo

Colour: TypeAlias = tuple[int, int, int]  # red, green, blue, 0 to 255
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)

_FONT = cv2.FONT_HERSHEY_DUPLEX


def write(photo: Photo, text: str, at: tuple[float, float], scale: float, colour: Colour) -> None:
    """Write one line; `at` is the left end of its base line, (x, y) in pixels."""
    place = (round(at[0]), round(at[1]))
    cv2.putText(photo, text, place, _FONT, scale, colour, _pen(scale), cv2.LINE_AA)


def write_centred(photo: Photo, text: str, y: float, scale: float, colour: Colour) -> None:
    """Write one line in the middle of the width; y is its base line."""
    write(photo, text, (_left(photo, text, scale), y), scale, colour)


def write_outlined(photo: Photo, text: str, y: float, scale: float) -> None:
    """Write white letters with black edges in the middle of the width."""
    left, edge = _left(photo, text, scale), max(1.0, 2 * scale)
    for across in (-edge, 0, edge):
        for down in (-edge, 0, edge):
            write(photo, text, (left + across, y + down), scale, BLACK)
    write(photo, text, (left, y), scale, WHITE)


def disc(photo: Photo, at: tuple[float, float], radius: float, colour: Colour) -> None:
    """A filled circle."""
    place = (round(at[0]), round(at[1]))
    cv2.circle(photo, place, max(1, round(radius)), colour, cv2.FILLED, cv2.LINE_AA)


def bar(photo: Photo, left: float, top: float, right: float, bottom: float, ink: Colour) -> None:
    """A filled rectangle; right and bottom are the first pixels outside."""
    photo[round(top) : round(bottom), round(left) : round(right)] = ink


def panel(photo: Photo, left: int, top: int, right: int, bottom: int, ink: Colour) -> None:
    """A filled rectangle with round corners, at least 24 pixels high and wide."""
    round_by = 12
    bar(photo, left + round_by, top, right - round_by, bottom, ink)
    bar(photo, left, top + round_by, right, bottom - round_by, ink)
    for x in (left + round_by, right - 1 - round_by):
        for y in (top + round_by, bottom - 1 - round_by):
            disc(photo, (x, y), round_by, ink)


def blend(photo: Photo, drawn: Photo, *, alpha: float) -> Photo:
    """Lay a drawing over the photo it was drawn on; alpha 1 hides the photo."""
    mixed = cv2.addWeighted(drawn, alpha, photo, 1 - alpha, 0)
    return mixed.astype(photo.dtype, copy=False)


def _pen(scale: float) -> int:
    return max(1, round(2 * scale))


def _left(photo: Photo, text: str, scale: float) -> float:
    (width, _), _ = cv2.getTextSize(text, _FONT, scale, _pen(scale))
    return float(photo.shape[1] - width) / 2

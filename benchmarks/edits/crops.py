"""A part of a photo. Crop p % takes p % off the width and p % off the height, in total."""

import numpy as np

from benchmarks.edits.edit import Photo


def centre_crop(photo: Photo, *, percent: int) -> Photo:
    """Half of the percentage off each side."""
    height, width = photo.shape[:2]
    x0, y0 = (percent * width + 100) // 200, (percent * height + 100) // 200
    return photo[y0 : height - y0, x0 : width - x0].copy()


def corner_crop(photo: Photo, lots: np.random.Generator, *, percent: int) -> Photo:
    """One corner of the photo stays; which one is drawn by lot."""
    height, width = photo.shape[:2]
    across, down = round(percent * width / 100), round(percent * height / 100)
    corner = int(lots.integers(4))
    left, top = across * (corner % 2), down * (corner // 2)
    return photo[top : top + height - down, left : left + width - across].copy()


def edge_crop(photo: Photo, lots: np.random.Generator, *, percent: int) -> Photo:
    """One edge goes; which one is drawn by lot."""
    height, width = photo.shape[:2]
    off = [0, 0, 0, 0]  # left, right, top, bottom
    edge = int(lots.integers(4))
    off[edge] = round(percent * (width if edge < 2 else height) / 100)
    return photo[off[2] : height - off[3], off[0] : width - off[1]].copy()


def random_crop(photo: Photo, lots: np.random.Generator, *, percent: int) -> Photo:
    """Up to a percentage off each of the four sides."""
    height, width = photo.shape[:2]
    left, right, top, bottom = lots.uniform(0, percent / 100, 4)
    rows = slice(round(top * height), height - round(bottom * height))
    return photo[rows, round(left * width) : width - round(right * width)].copy()


def aspect_crop(photo: Photo, *, across: int, down: int) -> Photo:
    """The largest centred part of an aspect (width : height)."""
    height, width = photo.shape[:2]
    if width * down > height * across:
        side = (2 * height * across + down) // (2 * down)
        x0 = (width - side) // 2
        return photo[:, x0 : x0 + side].copy()
    side = (2 * width * down + across) // (2 * across)
    y0 = (height - side) // 2
    return photo[y0 : y0 + side].copy()

"""Pictures made from a formula: whole numbers only, so that every language draws the same."""

import numpy as np


def folded(values):
    """0 to 511 up and down again: 0 ... 255 255 ... 0."""
    values = values % 512
    return np.where(values < 256, values, 511 - values)


def waves(height, width, k):
    """(height, width, 3) uint8: curved stripes, different in each colour."""
    samples = np.empty((height, width, 3), np.uint8)
    x = np.arange(width)
    for y in range(height):  # row by row: 48 million pixels at once would take gigabytes
        red = 3 * x * x // width + 5 * y * y // height + k * x * y // (width + height)
        green = 7 * k * x // 5 + 2 * y * y // height
        blue = k * (x - y) ** 2 // (width + height) + 3 * y
        samples[y] = folded(np.stack([red, green, blue], axis=1))
    return samples


def dimmed_waves(height, width, k, percent):
    """The same in the dark."""
    return (waves(height, width, k).astype(np.int64) * percent // 100).astype(np.uint8)


def flat(height, width, level):
    """One grey."""
    return np.full((height, width, 3), level, np.uint8)


def ramp(height, width, down, across):
    """Grey that gets brighter in one direction, `down` and `across` being 0 or 1."""
    y, x = np.mgrid[0:height, 0:width]
    grey = 255 * (down * y + across * x) // (down * (height - 1) + across * (width - 1))
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


def text_line(height, width):
    """White with one line of black strokes in the middle, 12 pixels high."""
    y, x = np.mgrid[0:height, 0:width]
    stroke = (x * x // 7 + x // 3) % 5 < 2
    line = (y >= height // 2) & (y < height // 2 + 12) & (x >= 8) & (x < width - 8)
    grey = np.where(stroke & line, 0, 255)
    return np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8)


PICTURES = {
    function.__name__: function for function in (waves, dimmed_waves, flat, ramp, text_line)
}


def draw(picture, **arguments):
    """(height, width, 3) uint8: a picture by the name it has in the golden files."""
    return PICTURES[picture](**arguments)

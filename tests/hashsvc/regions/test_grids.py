"""The grid is exact: what JavaScript computes with its own loops is the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashsvc.pixels import Box, ChannelOrder, Pixels
from hashsvc.regions.grids import Grid, grid
from tests.hashsvc.regions.pictures import noise


def grid_by_loops(pixels: Pixels, long_side: int) -> list[list[int]]:
    """Cell by cell, with Python's own integers."""
    rgb = pixels.rgb().astype(object)
    height, width = pixels.height, pixels.width
    longest = max(height, width)
    rows, columns = height, width
    if longest > long_side:
        rows = max(1, (2 * height * long_side + longest) // (2 * longest))
        columns = max(1, (2 * width * long_side + longest) // (2 * longest))
    cells = []
    for i in range(rows):
        line = []
        for j in range(columns):
            y0, y1 = i * height // rows, (i + 1) * height // rows
            x0, x1 = j * width // columns, (j + 1) * width // columns
            red, green, blue = rgb[y0:y1, x0:x1].reshape(-1, 3).sum(axis=0)
            scale = 1000 * (y1 - y0) * (x1 - x0)
            line.append((2 * (299 * red + 587 * green + 114 * blue) + scale) // (2 * scale))
        cells.append(line)
    return cells


@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 40), st.integers(0, 2**32))
def test_every_cell_is_the_rounded_mean_luma_of_its_pixels(width, height, long_side, seed):
    samples = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    pixels = Pixels(samples)

    found = grid(pixels, long_side=long_side)

    assert found.cells.tolist() == grid_by_loops(pixels, long_side)


def test_the_order_of_the_channels_changes_nothing():
    samples = noise(300, 200, seed=1)

    as_rgb = grid(Pixels(samples), long_side=64)
    as_bgr = grid(Pixels(samples[:, :, ::-1], ChannelOrder.BGR), long_side=64)

    assert np.array_equal(as_rgb.cells, as_bgr.cells)
    assert not np.array_equal(
        as_rgb.cells, grid(Pixels(samples, ChannelOrder.BGR), long_side=64).cells
    )


def test_a_part_of_a_photo_gives_the_grid_of_its_copy():
    whole = Pixels(noise(300, 200, seed=2))
    part = whole.cut(Box(17, 23, 251, 180))

    assert np.array_equal(
        grid(part, long_side=64).cells, grid(Pixels(part.samples.copy()), long_side=64).cells
    )


def test_the_whitest_and_largest_cell_does_not_overflow():
    white = Pixels(np.full((3000, 3000, 3), 255, np.uint8))

    assert grid(white, long_side=1).cells.tolist() == [[255]]


@pytest.mark.parametrize("size", [(1, 10_000), (10_000, 1)])
def test_a_line_of_pixels_still_has_a_cell_on_its_short_side(size):
    width, height = size

    found = grid(Pixels(np.zeros((height, width, 3), np.uint8)), long_side=256)

    assert min(found.cells.shape) == 1
    assert max(found.cells.shape) == 256


def test_a_box_of_cells_covers_whole_pixels():
    found: Grid = grid(Pixels(noise(1000, 700, seed=3)), long_side=100)

    assert found.pixel_box(found.box) == Box(0, 0, 1000, 700)
    assert found.pixel_box(Box(1, 2, 3, 4)) == Box(10, 20, 30, 40)

import numpy as np
import pytest

from hashsvc.hashers.axes import SIDE, axis
from hashsvc.hashers.sums import RowSums, across


@pytest.mark.parametrize("rows", [1, 47, 125, 700])
@pytest.mark.parametrize("width", [1, 5, 170, 4001])
def test_sums_of_rows_are_the_plain_product(rows, width):
    random = np.random.default_rng(rows)
    samples = random.integers(0, 256, (rows, width, 3), dtype=np.uint8)
    weights = random.uniform(0, 1, rows).astype(np.float32)
    room = RowSums(rows, 3 * width)

    room.fill(samples)

    expected = weights.astype(float) @ samples.reshape(rows, -1)
    np.testing.assert_allclose(room.sum(weights), expected, rtol=1e-4)
    half = rows // 2
    expected = weights[half:].astype(float) @ samples[half:].reshape(rows - half, -1)
    np.testing.assert_allclose(room.sum(weights[half:], first=half), expected, rtol=1e-4)


@pytest.mark.parametrize("width", [5, 64, 500, 20_000])
def test_sums_of_columns_are_the_plain_product(width):
    grey = np.random.default_rng(0).uniform(0, 255, (SIDE, width)).astype(np.float32)

    summed = across(grey, axis(width))

    np.testing.assert_allclose(summed, grey @ axis(width).matrix().T, rtol=1e-4)

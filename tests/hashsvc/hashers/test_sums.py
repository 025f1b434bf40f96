import numpy as np
import pytest

from hashsvc.hashers.axes import SIDE, axis
from hashsvc.hashers.sums import Strip, across, row_sums


@pytest.mark.parametrize("height", [5, 47, 700, 4001])
@pytest.mark.parametrize("width", [5, 170, 1001])
def test_sums_of_rows_are_the_plain_product(height, width):
    samples = np.random.default_rng(height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    top, left, right = height // 3, width // 4, width - width // 5
    strips = [
        Strip(axis(height), 0, 0, width),
        Strip(axis(height, turned=True), 0, 0, width),
        Strip(axis(height - top), top, left, right),
        Strip(axis(top), 0, left, width),
    ]

    found = row_sums(samples, strips)

    for strip, sums in zip(strips, found, strict=True):
        rows = samples[strip.top : strip.top + strip.axis.length, strip.left : strip.right]
        expected = strip.axis.matrix().astype(float) @ rows.reshape(len(rows), -1)
        np.testing.assert_allclose(sums, expected, rtol=1e-4)


@pytest.mark.parametrize("width", [5, 64, 500, 20_000])
def test_sums_of_columns_are_the_plain_product(width):
    grey = np.random.default_rng(0).uniform(0, 255, (SIDE, width)).astype(np.float32)

    summed = across(grey, axis(width))

    np.testing.assert_allclose(summed, grey @ axis(width).matrix().T, rtol=1e-4)

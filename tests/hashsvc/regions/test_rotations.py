"""A photo asked about is also turned a little, so that a turned upload is found."""

import cv2
import numpy as np
import pytest

from hashsvc.pixels import ChannelOrder, Pixels
from hashsvc.regions import ROTATION_DEGREES, rotated
from tests.hashsvc.regions.pictures import bgr, flat, noise, photo


def test_there_is_one_picture_per_angle_and_none_is_large():
    turned = list(rotated(bgr(noise(1600, 1200, seed=1))))

    assert len(turned) == len(ROTATION_DEGREES)
    assert {(p.width, p.height, p.order) for p in turned} == {(512, 384, ChannelOrder.BGR)}


@pytest.mark.parametrize("size", [(400, 300), (300, 400), (350, 350)])
def test_no_corner_shows(size):
    framed = flat(*size, 255)
    framed[[0, -1], :] = 0  # what is repeated beyond the frame
    framed[:, [0, -1]] = 0

    for turned in rotated(Pixels(framed)):
        assert np.mean(turned.samples < 128) < 0.001


@pytest.mark.parametrize("degrees", ROTATION_DEGREES)
def test_turning_back_undoes_what_an_uploader_turned(degrees):
    straight = cv2.GaussianBlur(photo("coffee.png"), (0, 0), 3)
    height, width = straight.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1)
    upload = bgr(cv2.warpAffine(straight, matrix, (width, height)))

    turned = dict(zip(ROTATION_DEGREES, rotated(upload), strict=True))

    errors = {d: difference_to_centre(p.samples, straight) for d, p in turned.items()}
    assert min(errors, key=errors.__getitem__) == degrees


def difference_to_centre(samples, straight) -> float:
    """Mean difference to the best zoom of the straight photo."""
    height, width = samples.shape[:2]
    whole = cv2.resize(straight, (width, height))
    differences = []
    for percent in range(0, 40, 2):
        x, y = percent * width // 200, percent * height // 200
        part = cv2.resize(whole[y : height - y, x : width - x], (width, height))
        differences.append(np.abs(part.astype(int) - samples).mean())
    return min(differences)


@pytest.mark.parametrize("size", [(1, 1), (3000, 1), (1, 3000), (2000, 100)])
def test_odd_sizes_are_turned_without_an_error(size):
    turned = list(rotated(Pixels(noise(*size, seed=2))))

    assert len(turned) == len(ROTATION_DEGREES)
    assert all(max(p.width, p.height) <= 512 and p.samples.size for p in turned)


def test_a_large_photo_is_thinned_without_shifting_it():
    large = cv2.GaussianBlur(noise(4096, 3072, seed=3), (0, 0), 8)
    small = cv2.resize(large, (512, 384), interpolation=cv2.INTER_AREA)

    of_large = next(rotated(Pixels(large))).samples.astype(int)
    of_small = next(rotated(Pixels(small))).samples

    assert np.abs(of_large - of_small).mean() < 1.5

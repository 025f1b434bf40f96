from collections import Counter
from multiprocessing.reduction import ForkingPickler

import cv2
import numpy as np
import pytest

from benchmarks.edits import EDITS, INVERT, Group

WIDTH, HEIGHT = 200, 150
GROUP_SIZES = {
    Group.CODEC: 7,
    Group.RESIZE: 7,
    Group.PLATFORM: 4,
    Group.COLOUR: 21,
    Group.FILTER: 7,
    Group.OVERLAY: 9,
    Group.BORDER: 14,
    Group.EMBED: 9,
    Group.CROP_ON_GRID: 9,
    Group.CROP_OFF_GRID: 8,
    Group.FLIP: 5,
    Group.ROTATE: 6,
    Group.CAMERA: 4,
    Group.COMBO: 7,
}
BY_NAME = {edit.name: edit for edit in (*EDITS, INVERT)}
UNCHANGED = {"png"}
BY_LOT = {
    *("noise s10", "noise s25", "emoji 5 %", "emoji 10 %", "emoji 20 %", "3 emoji 10 %"),
    *("censor bar", "pixelated face", "chat bubble"),
    *("random crop 0-7 %", "random crop 0-15 %", "random crop 0-25 %"),
    *("perspective 3 %", "perspective 6 %", "perspective 8 % with bg", "screen photo"),
    *("emoji 10 % + border 10 % white + whatsapp", "chat bubble + jpeg q50"),
    "random crop 0-15 % + screenshot light",
}
ONE_OF_FOUR = {
    *("corner crop 5 %", "corner crop 10 %", "corner crop 20 %", "corner crop 30 %"),
    *("corner crop 50 %", "one-edge crop 10 %", "one-edge crop 25 %"),
}
BY_NUMBER = BY_LOT | ONE_OF_FOUR | {edit.name for edit in EDITS if edit.group is Group.ROTATE}


def a_photo(seed, width=WIDTH, height=HEIGHT):
    """Soft patches of colour, without any symmetry."""
    patches = np.random.default_rng(seed).integers(30, 225, (6, 8, 3), dtype=np.uint8)
    return cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)


PHOTO = a_photo(0)
COMPANIONS = [a_photo(1), a_photo(2, 130, 180), a_photo(3)]


def edited(name, photo=PHOTO, number=1):
    return BY_NAME[name].apply(photo, number=number, companions=COMPANIONS)


def size(photo):
    return photo.shape[1], photo.shape[0]


def difference(one, other):
    """Mean of the absolute differences, 0 to 255."""
    return np.abs(one.astype(float) - other).mean()


def each_edit():
    return pytest.mark.parametrize("name", BY_NAME)


def test_there_are_117_edits_in_fourteen_groups():
    assert len(EDITS) == 117
    assert Counter(edit.group for edit in EDITS) == GROUP_SIZES


def test_the_groups_follow_one_another_in_their_order():
    order = list(Group)

    assert list(GROUP_SIZES) == order
    assert [edit.group for edit in EDITS] == sorted((e.group for e in EDITS), key=order.index)


def test_no_two_edits_share_a_name():
    assert len(BY_NAME) == 118


@each_edit()
def test_an_edit_can_be_sent_to_another_process(name):
    assert ForkingPickler.dumps(BY_NAME[name])


@each_edit()
@pytest.mark.parametrize(("width", "height"), [(WIDTH, HEIGHT), (100, 173)])
def test_an_edit_gives_an_8_bit_rgb_picture_and_leaves_the_photo_alone(name, width, height):
    photo = a_photo(4, width, height)
    before = photo.copy()

    after = edited(name, photo)

    assert after.dtype == np.uint8
    assert after.ndim == 3
    assert after.shape[2] == 3
    assert min(after.shape[:2]) >= 24
    assert not np.shares_memory(after, photo)
    assert np.array_equal(photo, before)


@each_edit()
def test_an_edit_gives_the_same_twice(name):
    assert np.array_equal(edited(name), edited(name))


@each_edit()
def test_an_edit_changes_the_photo(name):
    assert np.array_equal(edited(name), PHOTO) == (name in UNCHANGED)


@each_edit()
def test_only_edits_with_lots_or_a_lean_depend_on_the_number(name):
    results = {edited(name, number=number).tobytes() for number in range(6)}

    assert (len(results) > 1) == (name in BY_NUMBER)


@pytest.mark.parametrize(
    "name", ["jpeg q90", "webp q60", "resize 75 %", "whatsapp", "insta 1:1 crop"]
)
def test_red_stays_red(name):
    red = np.full((HEIGHT, WIDTH, 3), (200, 40, 30), np.uint8)

    mean = edited(name, red).mean(axis=(0, 1))

    assert mean == pytest.approx([200, 40, 30], abs=5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("jpeg q10", (200, 150)),
        ("resize 75 %", (150, 112)),
        ("resize 25 %", (50, 38)),
        ("upscale 200 %", (400, 300)),
        ("thumb 96", (96, 72)),
        ("stretch", (266, 150)),
        ("squash", (400, 400)),
        ("whatsapp", (1280, 960)),
        ("insta 1:1 crop", (1080, 1080)),
        ("insta 4:5 crop", (120, 150)),
        ("border 5 % white", (220, 166)),
        ("border 10 % black", (240, 180)),
        ("border 20 % blurred", (280, 210)),
        ("letterbox 9:16 black", (200, 356)),
        ("letterbox 9:16 blurred", (200, 356)),
        ("letterbox 1:1 black", (200, 200)),
        ("meme bars", (200, 192)),
        ("caption bar top", (200, 177)),
        ("screenshot light", (540, 1170)),
        ("screenshot dark", (540, 1170)),
        ("gallery screenshot", (540, 1170)),
        ("chat bubble", (540, 1170)),
        ("story", (540, 960)),
        ("collage 2x1", (400, 150)),
        ("collage 1x2 gap", (200, 312)),
        ("collage 2x2", (400, 300)),
        ("collage 2x2 gap", (412, 312)),
        ("centre crop 20 %", (160, 120)),
        ("centre crop 50 %", (100, 74)),
        ("corner crop 10 %", (180, 135)),
        ("aspect crop 16:9", (200, 113)),
        ("aspect crop 9:16", (84, 150)),
        ("rot90", (150, 200)),
        ("rotate 10", (200, 150)),
        ("rotate 10 inner", (200, 150)),
        ("screen photo", (200, 150)),
    ],
)
def test_an_edit_gives_the_size_it_promises(name, expected):
    assert size(edited(name)) == expected


def test_flips_and_quarter_turns_move_every_pixel_to_its_place():
    assert np.array_equal(edited("hflip"), PHOTO[:, ::-1])
    assert np.array_equal(edited("vflip"), PHOTO[::-1])
    assert np.array_equal(edited("rot90"), PHOTO.swapaxes(0, 1)[::-1])
    assert np.array_equal(edited("rot180"), PHOTO[::-1, ::-1])
    assert np.array_equal(edited("rot270"), PHOTO.swapaxes(0, 1)[:, ::-1])


def test_a_negative_of_a_negative_is_the_photo():
    assert np.array_equal(edited("invert", edited("invert")), PHOTO)


def test_a_border_is_of_its_colour_and_holds_the_photo():
    framed = edited("border 10 % white")

    assert np.array_equal(framed[15:-15, 20:-20], PHOTO)
    assert (framed[:15] == 255).all()
    assert (framed[:, -20:] == 255).all()


def test_a_letterbox_centres_the_photo():
    assert np.array_equal(edited("letterbox 9:16 black")[103:253], PHOTO)
    assert np.array_equal(edited("letterbox 9:16 blurred")[103:253], PHOTO)


def test_crops_are_parts_of_the_photo():
    assert np.array_equal(edited("centre crop 20 %"), PHOTO[15:135, 20:180])
    assert np.array_equal(edited("aspect crop 9:16"), PHOTO[:, 58:142])


def test_a_corner_crop_keeps_each_corner_for_some_photo():
    corners = (PHOTO[:135, :180], PHOTO[:135, 20:], PHOTO[15:, :180], PHOTO[15:, 20:])

    crops = [edited("corner crop 10 %", number=number) for number in range(24)]

    for corner in corners:
        assert any(np.array_equal(crop, corner) for crop in crops)


def test_a_one_edge_crop_takes_each_edge_for_some_photo():
    parts = (PHOTO[:, 20:], PHOTO[:, :180], PHOTO[15:], PHOTO[:135])

    crops = [edited("one-edge crop 10 %", number=number) for number in range(24)]

    for part in parts:
        assert any(np.array_equal(crop, part) for crop in crops)


@pytest.mark.parametrize("percent", [7, 15, 25])
def test_a_random_crop_takes_no_more_than_it_may(percent):
    kept = 1 - 2 * percent / 100

    for number in range(10):
        width, height = size(edited(f"random crop 0-{percent} %", number=number))
        assert kept * WIDTH - 1 <= width <= WIDTH
        assert kept * HEIGHT - 1 <= height <= HEIGHT


@pytest.mark.parametrize("name", ["rotate 5", "rotate 5 inner"])
def test_odd_photos_turn_counter_clockwise_and_even_ones_clockwise(name):
    photo = np.zeros((151, 151, 3), np.uint8)
    photo[70:80, 120:130] = 255  # right of the centre

    odd, even = edited(name, photo, number=1), edited(name, photo, number=2)

    assert np.nonzero(odd)[0].mean() < 74 < 76 < np.nonzero(even)[0].mean()


def test_an_inner_rotation_leaves_no_empty_corner():
    white = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)

    assert edited("rotate 10", white).min() == 0
    assert edited("rotate 10 inner", white).min() > 100


def test_a_perspective_fills_the_frame_and_one_with_ground_does_not():
    white = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)

    assert edited("perspective 6 %", white).min() == 255
    assert tuple(edited("perspective 8 % with bg", white)[0, 0]) == (35, 30, 28)


def test_brightness_adds_and_contrast_stretches_about_the_middle():
    grey = np.full((HEIGHT, WIDTH, 3), 100, np.uint8)

    assert (edited("brightness +40", grey) == 151).all()
    assert (edited("contrast -20", grey) == 106).all()
    assert (edited("saturation +40", grey) == 100).all()


def test_grey_edits_are_grey():
    for name in ("grayscale", "hist-eq"):
        grey = edited(name)
        assert (grey == grey[:, :, :1]).all()


@pytest.mark.parametrize(("name", "least", "most"), [("emoji 5 %", 4, 6), ("emoji 20 %", 18, 22)])
def test_an_emoji_covers_its_share_of_the_photo(name, least, most):
    changed = (edited(name) != PHOTO).any(axis=2).mean()

    assert least <= 100 * changed <= most


def test_a_censor_bar_is_black():
    changed = (edited("censor bar") != PHOTO).any(axis=2)

    assert changed.mean() == pytest.approx(0.4 * 0.09, abs=0.005)
    assert (edited("censor bar")[changed] == 0).all()


@pytest.mark.parametrize("name", ["screenshot light", "screenshot dark"])
def test_a_screenshot_shows_the_photo_across_the_page(name):
    shown = edited(name)[150 : 150 + 405]

    assert difference(cv2.resize(shown, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), PHOTO) < 2


def test_a_screenshot_fits_a_tall_photo_into_its_frame():
    tall = a_photo(5, 100, 200)

    shown = edited("screenshot dark", tall)[150:870, 90:450]

    assert difference(cv2.resize(shown, (100, 200), interpolation=cv2.INTER_AREA), tall) < 2


def test_a_chat_shows_the_photo_on_the_right():
    shown = edited("chat bubble")[240:518, 150:520]

    assert difference(cv2.resize(shown, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), PHOTO) < 4


def test_collages_show_the_photo_in_its_place():
    assert np.array_equal(edited("collage 2x1")[:, :WIDTH], PHOTO)
    assert np.array_equal(edited("collage 1x2 gap")[HEIGHT + 12 :], PHOTO)
    assert np.array_equal(edited("collage 2x2")[:HEIGHT, WIDTH:], PHOTO)
    assert np.array_equal(edited("collage 2x2 gap")[:HEIGHT, WIDTH + 12 :], PHOTO)


def test_a_collage_gap_is_white():
    assert (edited("collage 2x2 gap")[HEIGHT : HEIGHT + 12] == 255).all()


def test_a_combo_is_its_parts_in_turn():
    by_hand = edited("jpeg q50", edited("meme text", edited("centre crop 10 %")))

    assert np.array_equal(edited("centre crop 10 % + meme text + jpeg q50"), by_hand)

"""The 117 edits in their order: the one place that names them and gives their numbers."""

import cv2

from benchmarks.edits.borders import Ground, border, caption_bar, letterbox, meme_bars
from benchmarks.edits.cameras import perspective, perspective_on_table, screen
from benchmarks.edits.chats import chat_bubble
from benchmarks.edits.collages import among_four, below, beside
from benchmarks.edits.colours import (
    brightness,
    contrast,
    equalised,
    gamma,
    greyscale,
    inverted,
    saturation,
    sepia,
    vignette,
    warm_tint,
)
from benchmarks.edits.crops import aspect_crop, centre_crop, corner_crop, edge_crop, random_crop
from benchmarks.edits.edit import Apply, Edit, Group, chained, drawn, joined, leaning, plain
from benchmarks.edits.filters import blurred, in_squares, noisy, sharpened
from benchmarks.edits.formats import jpeg, png, webp
from benchmarks.edits.overlays import (
    censor_bar,
    emoji,
    meme_text,
    pixelated_face,
    tiled_watermark,
    watermark,
)
from benchmarks.edits.pages import DARK, LIGHT, gallery, screenshot, story
from benchmarks.edits.platforms import (
    instagram_portrait,
    instagram_square,
    whatsapp,
    whatsapp_twice,
)
from benchmarks.edits.sizes import resized, scaled, stretched, with_long_side
from benchmarks.edits.turns import mirrored, rotated, rotated_inside, turned, upside_down

_AREA, _CUBIC = cv2.INTER_AREA, cv2.INTER_CUBIC
_BLACK, _WHITE, _BLURRED = Ground.BLACK, Ground.WHITE, Ground.BLURRED

_BY_GROUP: dict[Group, dict[str, Apply]] = {
    Group.CODEC: {
        **{f"jpeg q{q}": plain(jpeg, quality=q) for q in (90, 70, 50, 30, 10)},
        "webp q60": plain(webp, quality=60),
        "png": plain(png),
    },
    Group.RESIZE: {
        "resize 75 %": plain(scaled, factor=0.75, how=_AREA),
        "resize 50 %": plain(scaled, factor=0.5, how=_AREA),
        "resize 25 %": plain(scaled, factor=0.25, how=_AREA),
        "upscale 200 %": plain(scaled, factor=2, how=_CUBIC),
        "thumb 96": plain(with_long_side, pixels=96),
        "stretch": plain(stretched, factor=1.33),
        "squash": plain(resized, width=400, height=400),
    },
    Group.PLATFORM: {
        "whatsapp": plain(whatsapp),
        "whatsapp x2": plain(whatsapp_twice),
        "insta 1:1 crop": plain(instagram_square),
        "insta 4:5 crop": plain(instagram_portrait),
    },
    Group.COLOUR: {
        **{f"brightness {d:+d}": plain(brightness, percent=d) for d in (20, 40, -20, -40)},
        **{f"contrast {d:+d}": plain(contrast, percent=d) for d in (20, 40, -20, -40)},
        **{f"saturation {d:+d}": plain(saturation, percent=d) for d in (20, 40, -20, -40)},
        **{f"gamma {d:+d}": plain(gamma, percent=d) for d in (20, 40, -20, -40)},
        "grayscale": plain(greyscale),
        "sepia": plain(sepia),
        "warm tint": plain(warm_tint),
        "vignette": plain(vignette),
        "hist-eq": plain(equalised),
    },
    Group.FILTER: {
        **{f"blur s{sigma}": plain(blurred, sigma=sigma) for sigma in (1, 2, 4)},
        **{f"noise s{sigma}": drawn(sigma, noisy, sigma=sigma) for sigma in (10, 25)},
        "sharpen": plain(sharpened),
        "pixelate 8": plain(in_squares, side=8),
    },
    Group.OVERLAY: {
        "meme text": plain(meme_text),
        "watermark": plain(watermark),
        "tiled watermark": plain(tiled_watermark),
        **{f"emoji {share} %": drawn(share, emoji, percent=share) for share in (5, 10, 20)},
        "3 emoji 10 %": drawn(33, emoji, percent=10, count=3),
        "censor bar": drawn(40, censor_bar),
        "pixelated face": drawn(41, pixelated_face),
    },
    Group.BORDER: {
        **{
            f"border {share} % {ground.value}": plain(border, percent=share, ground=ground)
            for share in (5, 10, 20)
            for ground in (_BLACK, _WHITE, _BLURRED)
        },
        "letterbox 9:16 black": plain(letterbox, across=9, down=16, ground=_BLACK),
        "letterbox 9:16 blurred": plain(letterbox, across=9, down=16, ground=_BLURRED),
        "letterbox 1:1 black": plain(letterbox, across=1, down=1, ground=_BLACK),
        "meme bars": plain(meme_bars),
        "caption bar top": plain(caption_bar),
    },
    Group.EMBED: {
        "screenshot light": plain(screenshot, theme=LIGHT),
        "screenshot dark": plain(screenshot, theme=DARK),
        "gallery screenshot": plain(gallery),
        "chat bubble": drawn(50, chat_bubble),
        "story": plain(story),
        "collage 2x1": joined(beside),
        "collage 1x2 gap": joined(below, gap=12),
        "collage 2x2": joined(among_four, gap=0),
        "collage 2x2 gap": joined(among_four, gap=12),
    },
    Group.CROP_ON_GRID: {
        **{f"centre crop {p} %": plain(centre_crop, percent=p) for p in (5, 10, 20, 30)},
        **{f"corner crop {p} %": drawn(60 + p, corner_crop, percent=p) for p in (10, 20)},
        "one-edge crop 10 %": drawn(80, edge_crop, percent=10),
        "aspect crop 16:9": plain(aspect_crop, across=16, down=9),
        "aspect crop 9:16": plain(aspect_crop, across=9, down=16),
    },
    Group.CROP_OFF_GRID: {
        "centre crop 50 %": plain(centre_crop, percent=50),
        **{f"corner crop {p} %": drawn(60 + p, corner_crop, percent=p) for p in (5, 30, 50)},
        "one-edge crop 25 %": drawn(95, edge_crop, percent=25),
        **{f"random crop 0-{p} %": drawn(80 + p, random_crop, percent=p) for p in (7, 15, 25)},
    },
    Group.FLIP: {
        "hflip": plain(mirrored),
        "vflip": plain(upside_down),
        **{f"rot{90 * n}": plain(turned, quarters=n) for n in (1, 2, 3)},
    },
    Group.ROTATE: {
        **{f"rotate {angle}": leaning(rotated, degrees=angle) for angle in (2, 5, 10)},
        **{f"rotate {angle} inner": leaning(rotated_inside, degrees=angle) for angle in (2, 5, 10)},
    },
    Group.CAMERA: {
        "perspective 3 %": drawn(90, perspective, percent=3),
        "perspective 6 %": drawn(91, perspective, percent=6),
        "perspective 8 % with bg": drawn(92, perspective_on_table, percent=8),
        "screen photo": chained(drawn(93, perspective, percent=4), drawn(94, screen)),
    },
    Group.COMBO: {
        "centre crop 10 % + meme text + jpeg q50": chained(
            plain(centre_crop, percent=10), plain(meme_text), plain(jpeg, quality=50)
        ),
        "hflip + screenshot light": chained(plain(mirrored), plain(screenshot, theme=LIGHT)),
        "insta 1:1 crop + watermark + jpeg q50": chained(
            plain(instagram_square), plain(watermark), plain(jpeg, quality=50)
        ),
        "hflip + centre crop 10 % + warm tint": chained(
            plain(mirrored), plain(centre_crop, percent=10), plain(warm_tint)
        ),
        "emoji 10 % + border 10 % white + whatsapp": chained(
            drawn(95, emoji, percent=10),
            plain(border, percent=10, ground=_WHITE),
            plain(whatsapp),
        ),
        "chat bubble + jpeg q50": chained(drawn(96, chat_bubble), plain(jpeg, quality=50)),
        "random crop 0-15 % + screenshot light": chained(
            drawn(97, random_crop, percent=15), plain(screenshot, theme=LIGHT)
        ),
    },
}

EDITS: tuple[Edit, ...] = tuple(
    Edit(name, group, apply) for group, edits in _BY_GROUP.items() for name, apply in edits.items()
)

# Apart from the others: a negative complements both hashes, and is found only by asking for the
# complement too.
INVERT = Edit("invert", Group.COLOUR, plain(inverted))

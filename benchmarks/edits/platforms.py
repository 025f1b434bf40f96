"""What messengers and networks do to every photo they carry."""

import cv2

from benchmarks.edits.crops import aspect_crop
from benchmarks.edits.edit import Photo
from benchmarks.edits.formats import jpeg
from benchmarks.edits.sizes import resized, with_long_side


def whatsapp(photo: Photo) -> Photo:
    """Sent once: reduced by the phone, then by the service."""
    photo = jpeg(with_long_side(photo, pixels=1600), quality=85)
    return jpeg(with_long_side(photo, pixels=1280), quality=70)


def whatsapp_twice(photo: Photo) -> Photo:
    """Sent, saved and sent on."""
    photo = jpeg(whatsapp(photo), quality=70)
    return jpeg(with_long_side(photo, pixels=1280), quality=70)


def instagram_square(photo: Photo) -> Photo:
    """The square crop, 1080 pixels wide."""
    square = aspect_crop(photo, across=1, down=1)
    return jpeg(resized(square, 1080, 1080, how=cv2.INTER_CUBIC), quality=75)


def instagram_portrait(photo: Photo) -> Photo:
    """The crop to 4:5."""
    return jpeg(aspect_crop(photo, across=4, down=5), quality=75)

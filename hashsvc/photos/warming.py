"""Load what decoding loads late, for processes that will not be allowed to open a file."""

from contextlib import suppress
from io import BytesIO

from PIL import Image, features

from hashsvc.photos import decode
from hashsvc.photos.formats import PhotoFormat

_SIDE = 64  # pixels


def warm() -> None:
    """Decode a photo of every format once, so that nothing has to be loaded afterwards."""
    Image.init()  # every module of Pillow
    features.get_supported()
    for format_ in PhotoFormat:
        body = BytesIO()
        with suppress(KeyError, OSError):  # a format that is only read here, or not built in
            Image.new("RGB", (_SIDE, _SIDE), "grey").save(body, format_.value)
            decode(body.getvalue())

"""The golden photo files: one small picture in every kind of file that is read."""

from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from tests.golden.pictures import waves

HEIGHT, WIDTH, K = 75, 100, 6
_ORIENTATION_TAG = 0x0112


def photo_files():
    """Name and bytes of each; `heic.heic` is not among them, no library here writes HEIC."""
    yield from _jpegs()
    yield from _pngs()
    yield from _others()


def _base():
    return Image.fromarray(waves(HEIGHT, WIDTH, K))


def _saved(image, photo_format, **options):
    buffer = BytesIO()
    image.save(buffer, photo_format, **options)
    return buffer.getvalue()


def _jpegs():
    base = _base()
    jpeg = {
        "baseline": {},
        "progressive": {"progressive": True},
        "colours-in-full": {"subsampling": 0},
        "colours-in-quarter": {"subsampling": 2},
        # Display P3 and the like must be ignored; any profile will do to show it.
        "colour-profile": {"icc_profile": _swapped_profile()},
    }
    for name, options in jpeg.items():
        yield f"jpeg-{name}.jpg", _saved(base, "JPEG", quality=90, **options)
    yield "jpeg-grey.jpg", _saved(base.convert("L"), "JPEG", quality=90)
    yield "jpeg-cmyk.jpg", _saved(base.convert("CMYK"), "JPEG", quality=90)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[_ORIENTATION_TAG] = orientation
        yield f"jpeg-exif-{orientation}.jpg", _saved(base, "JPEG", quality=90, exif=exif.tobytes())
    yield "jpeg-truncated.jpg", _saved(base, "JPEG", quality=90)[:-1500]
    yield "known-answer.jpg", _saved(Image.fromarray(waves(96, 128, 2)), "JPEG", quality=80)


def _swapped_profile():
    """An sRGB profile whose red and blue have changed places: applied, it would show."""
    from PIL import ImageCms  # noqa: PLC0415  (only when the files are remade)

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")


def _pngs():
    base = _base()
    yield "png-rgb.png", _saved(base, "PNG", optimize=True)
    yield "png-rgba.png", _saved(_see_through(), "PNG", optimize=True)
    yield "png-grey.png", _saved(base.convert("L"), "PNG", optimize=True)
    yield "png-grey-alpha.png", _saved(_see_through().convert("LA"), "PNG", optimize=True)
    yield "png-black-white.png", _saved(base.convert("1"), "PNG", optimize=True)
    palette = base.quantize(32)
    yield "png-palette.png", _saved(palette, "PNG", optimize=True)
    yield "png-palette-transparent.png", _saved(palette, "PNG", transparency=3)
    yield "png-rgb-transparent.png", _saved(base, "PNG", transparency=base.getpixel((0, 0)))
    yield "png-grey-16.png", _saved(Image.fromarray(_deep(_base().convert("L"))), "PNG")
    yield "png-rgb-16.png", _deep_colours()


def _see_through():
    """Opaque at the left, gone at the right."""
    image = _base().convert("RGBA")
    alpha = np.broadcast_to(np.linspace(255, 0, WIDTH).astype(np.uint8), (HEIGHT, WIDTH))
    image.putalpha(Image.fromarray(np.ascontiguousarray(alpha)))
    return image


def _deep(image):
    """16 bits whose low byte is never the high byte."""
    samples = np.asarray(image, np.uint16)
    return (samples << 8) | (255 - samples)


def _deep_colours():
    """Pillow writes no such file."""
    _, body = cv2.imencode(".png", _deep(_base())[:, :, ::-1])
    return body.tobytes()


def _others():
    base = _base()
    second = Image.fromarray(waves(HEIGHT, WIDTH, 5))
    frames = {"save_all": True, "append_images": [second], "duration": 100}
    yield "webp-lossy.webp", _saved(base, "WEBP", quality=90)
    yield "webp-lossless.webp", _saved(base, "WEBP", lossless=True)
    yield "webp-alpha.webp", _saved(_see_through(), "WEBP", lossless=True, exact=True)
    yield "webp-animated.webp", _saved(base, "WEBP", quality=90, **frames)
    yield "gif-animated.gif", _saved(base, "GIF", **frames)
    yield "bmp.bmp", _saved(base.quantize(64), "BMP")
    pages = {"save_all": True, "append_images": [second.convert("L")], "compression": "tiff_lzw"}
    yield "tiff-pages.tiff", _saved(base.convert("L"), "TIFF", **pages)
    yield "tiff-cmyk.tiff", _saved(base.convert("CMYK"), "TIFF", compression="tiff_lzw")
    yield "avif.avif", _saved(base, "AVIF", quality=80)

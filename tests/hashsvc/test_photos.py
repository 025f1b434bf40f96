"""Every kind of photo becomes the same canonical pixels; everything else a clear error."""

from io import BytesIO

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from hashsvc.errors import (
    UnreadablePhotoError,
)
from hashsvc.photos import decode, image_of
from hashsvc.photos.exif import orientation_of
from hashsvc.photos.jpeg import JpegHeader, read_header
from hashsvc.photos.opencv import decode_jpeg
from hashsvc.pixels import ChannelOrder
from tests.factories import (
    encode,
    make_image,
    make_noise,
    make_photo,
    make_pixels,
    make_png,
    rgb_of,
)
from tests.photo_sets import some_photos


def pillow_rgb(body):
    """An independent way to the same pixels: for opaque 8-bit photos."""
    return np.asarray(ImageOps.exif_transpose(Image.open(BytesIO(body))).convert("RGB"))


class TestTheFastWay:
    @pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}])
    @pytest.mark.parametrize("mode", ["RGB", "L"])
    def test_a_jpeg_is_decoded_pixel_for_pixel_as_by_the_slow_way(self, mode, options):
        body = make_photo(mode=mode, **options)

        photo = decode(body)

        assert photo.order is ChannelOrder.BGR
        np.testing.assert_array_equal(photo.rgb(), pillow_rgb(body))

    @pytest.mark.parametrize("row", [0xA5, 0, 255])
    def test_no_colour_of_the_last_row_stands_in_the_way(self, row):
        samples = np.full((40, 40, 3), row, np.uint8)
        body = encode(Image.fromarray(samples), "JPEG", quality=100)

        np.testing.assert_array_equal(rgb_of(body), samples)

    def test_a_jpeg_of_another_size_than_expected_is_not_read(self):
        body = make_photo(width=64, height=48)

        assert decode_jpeg(body, height=48, width=64).shape == (48, 64, 3)
        assert decode_jpeg(body, height=64, width=48) is None

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_a_jpeg_is_turned_upright(self, orientation):
        body = make_photo(width=101, height=67, orientation=orientation)

        np.testing.assert_array_equal(rgb_of(body), pillow_rgb(body))

    def test_real_photos_are_decoded_as_by_the_slow_way(self):
        for path in some_photos(30):
            opened = ImageOps.exif_transpose(Image.open(path))
            if opened.mode in ("RGB", "L"):
                np.testing.assert_array_equal(rgb_of(path), np.asarray(opened.convert("RGB")))


class TestColours:
    @pytest.mark.parametrize("photo_format", ["PNG", "WEBP", "TIFF", "BMP"])
    def test_a_lossless_photo_keeps_its_pixels(self, photo_format):
        options = {"lossless": True} if photo_format == "WEBP" else {}
        image = make_image()

        np.testing.assert_array_equal(
            rgb_of(encode(image, photo_format, **options)), np.asarray(image)
        )

    @pytest.mark.parametrize("mode", ["L", "1", "P"])
    @pytest.mark.parametrize("photo_format", ["PNG", "TIFF", "BMP", "GIF"])
    def test_grey_and_palettes_become_their_real_colours(self, mode, photo_format):
        image = make_image(mode=mode)

        np.testing.assert_array_equal(
            rgb_of(encode(image, photo_format)), np.asarray(image.convert("RGB"))
        )

    @pytest.mark.parametrize("photo_format", ["JPEG", "TIFF"])
    def test_cmyk_becomes_colours_as_the_decoder_does(self, photo_format):
        body = make_photo(mode="CMYK", photo_format=photo_format)

        np.testing.assert_array_equal(rgb_of(body), pillow_rgb(body))

    def test_a_colour_profile_changes_nothing(self):
        plain = make_photo()
        profiled = make_photo(icc_profile=b"any profile: never read")

        np.testing.assert_array_equal(rgb_of(profiled), rgb_of(plain))

    @pytest.mark.parametrize("photo_format", ["PNG", "WEBP", "TIFF"])
    def test_transparency_shows_white(self, photo_format):
        options = {"lossless": True, "exact": True} if photo_format == "WEBP" else {}
        image = make_image(mode="RGBA")
        white = Image.new("RGBA", image.size, "white")

        expected = np.asarray(Image.alpha_composite(white, image).convert("RGB"))

        np.testing.assert_array_equal(rgb_of(encode(image, photo_format, **options)), expected)

    def test_the_formula_for_transparency_is_exact(self):
        colours, alpha = np.meshgrid(np.arange(256), np.arange(256))
        rgba = np.stack([colours, colours, colours, alpha], axis=2).astype(np.uint8)

        shown = rgb_of(encode(Image.fromarray(rgba)))

        np.testing.assert_array_equal(shown[:, :, 0], (colours * alpha + 127) // 255 + 255 - alpha)

    @pytest.mark.parametrize("mode", ["P", "L", "RGB", "1"])
    def test_one_transparent_colour_shows_white(self, mode):
        image = make_image(mode=mode)
        colour = image.getpixel((160, 120))
        transparent = (colour > 0) * 1 if mode == "1" else colour
        samples, plain = np.asarray(image), np.array(image.convert("RGB"))
        there = (samples == colour).all(axis=2) if mode == "RGB" else samples == colour

        plain[there] = 255

        np.testing.assert_array_equal(rgb_of(encode(image, transparency=transparent)), plain)

    def test_grey_with_transparency_shows_white(self):
        image = make_image(mode="L").convert("LA")
        image.putalpha(0)

        assert (rgb_of(encode(image)) == 255).all()


class TestDeepColours:
    deep = np.arange(65536, dtype=np.uint16).reshape(256, 256)

    def high_byte(self):
        return np.repeat((self.deep >> 8).astype(np.uint8)[:, :, None], 3, axis=2)

    @pytest.mark.parametrize("photo_format", ["PNG", "TIFF"])
    def test_16_bit_grey_keeps_its_high_byte(self, photo_format):
        body = encode(Image.fromarray(self.deep), photo_format)

        np.testing.assert_array_equal(rgb_of(body), self.high_byte())

    def test_16_bit_grey_in_the_other_byte_order_too(self):
        body = encode(Image.fromarray(self.deep.astype(">u2")), "TIFF")
        assert body.startswith(b"MM")

        np.testing.assert_array_equal(rgb_of(body), self.high_byte())

    @pytest.mark.parametrize("suffix", [".png", ".tiff"])
    def test_16_bit_colours_keep_their_high_bytes(self, suffix):
        colours = np.stack([self.deep, self.deep[::-1], self.deep.T], axis=2)
        _, body = cv2.imencode(suffix, colours[:, :, ::-1])

        np.testing.assert_array_equal(rgb_of(body.tobytes()), colours >> 8)

    def test_a_transparent_16_bit_grey_shows_white(self):
        rows = [row.astype(">u2").tobytes() for row in self.deep]
        body = make_png(256, 256, bits=16, kind=0, rows=rows, chunks=[(b"tRNS", b"\x12\x34")])
        expected = self.high_byte()

        expected[0x12, 0x34] = 255

        np.testing.assert_array_equal(rgb_of(body), expected)

    def test_a_transparent_16_bit_colour_shows_white(self):
        rows = [b"\x12\x34\x56\x78\x9a\xbc" + bytes(6 * 7)] * 8
        transparent = (b"tRNS", b"\x12\x34\x56\x78\x9a\xbc")
        body = make_png(8, 8, bits=16, kind=2, rows=rows, chunks=[transparent])

        shown = rgb_of(body)

        assert (shown[:, 0] == 255).all()
        assert (shown[:, 1:] == 0).all()

    def test_32_bit_grey_keeps_its_high_byte(self):
        signed = (self.deep.astype(np.int64) << 15).astype(np.int32)

        shown = rgb_of(encode(Image.fromarray(signed), "TIFF"))

        np.testing.assert_array_equal(shown, (self.high_byte() >> 1))

    @pytest.mark.parametrize("kind", [np.int16, np.uint32, np.int32])
    def test_signed_and_wide_greys_count_from_zero(self, kind):
        largest = np.iinfo(kind).max
        levels = np.linspace(0, largest, 256).astype(kind).reshape(16, 16)
        body = BytesIO()
        tifffile.imwrite(body, levels)

        shown = rgb_of(body.getvalue())[:, :, 0].ravel()

        assert (np.diff(shown.astype(int)) >= 0).all()
        assert (shown[0], shown[-1]) == (0, 255 if kind is np.uint32 else 127)

    @pytest.mark.parametrize("largest", [1, 255])
    def test_floats_are_read_up_to_one_or_as_grey_levels(self, largest):
        levels = np.repeat(np.arange(256, dtype=np.float32)[None, :], 8, axis=0)
        levels[0, 0] = np.nan

        shown = rgb_of(encode(Image.fromarray(levels * np.float32(largest / 255)), "TIFF"))

        np.testing.assert_array_equal(shown[1, :, 0], np.arange(256))
        assert shown[0, 0, 0] == 0


class TestFrames:
    @pytest.mark.parametrize("photo_format", ["GIF", "WEBP", "PNG", "TIFF"])
    def test_only_the_first_frame_counts(self, photo_format):
        first, second = make_image(seed=1, mode="P"), make_image(seed=2, mode="P")
        options = {"lossless": True} if photo_format == "WEBP" else {}

        body = encode(first, photo_format, save_all=True, append_images=[second], **options)

        np.testing.assert_array_equal(rgb_of(body), np.asarray(first.convert("RGB")))


class TestOrientation:
    @pytest.mark.parametrize("photo_format", ["PNG", "WEBP", "TIFF", "AVIF"])
    @pytest.mark.parametrize("orientation", [1, 2, 6, 7, 8])
    def test_other_formats_are_turned_upright_too(self, photo_format, orientation):
        body = make_photo(width=100, height=66, photo_format=photo_format, orientation=orientation)

        np.testing.assert_array_equal(rgb_of(body), pillow_rgb(body))

    def test_exif_behind_the_colours_of_a_png_is_found(self):
        body = make_photo(width=100, height=66, photo_format="PNG", orientation=6)
        start = body.index(b"eXIf") - 4
        chunk = body[start : start + 12 + int.from_bytes(body[start : start + 4], "big")]
        end = body.index(b"IEND") - 4

        late = body[:start] + body[start + len(chunk) : end] + chunk + body[end:]

        assert rgb_of(late).shape == (100, 66, 3)

    def test_other_metadata_turns_nothing(self):
        body = make_photo(width=100, height=66, xmp=b'<x tiff:Orientation="6"/>')

        assert rgb_of(body).shape == (66, 100, 3)

    @pytest.mark.parametrize("orientation", [0, 9, 65535])
    def test_a_value_that_makes_no_sense_turns_nothing(self, orientation):
        body = make_photo(width=100, height=66, orientation=orientation)

        assert rgb_of(body).shape == (66, 100, 3)

    @pytest.mark.parametrize(
        "block",
        [
            b"",
            b"neither",
            b"II*\0",
            b"II*\0\xff\xff\xff\xff",
            b"II*\0\x08\0\0\0\x01\0",
            b"II*\0\x08\0\0\0\x00\0",
            b"MM\0*\0\0\0\x08\0\x01\x01\x0f\0\x03\0\0\0\x01\0\x06\0\0",
        ],
        ids=["empty", "rubbish", "no place", "far place", "no entry", "none", "another tag"],
    )
    def test_a_block_that_says_nothing_means_upright(self, block):
        assert orientation_of(block) == 1

    def test_both_byte_orders_are_read(self):
        tag = b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
        swapped = b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"

        assert orientation_of(b"MM\0*\0\0\0\x08\0\x01" + tag) == 6
        assert orientation_of(b"Exif\0\0II*\0\x08\0\0\0\x01\0" + swapped) == 6


class TestJpegHeaders:
    def test_other_segments_fill_bytes_and_lone_markers_are_passed(self):
        body = make_photo(width=100, height=66, orientation=6)
        xmp = b"\xff\xe1\0\x0ahttp://x"
        lone = b"\xff\x01\xff\xff\xff\xff"

        header = read_header(body[:2] + xmp + lone + body[2:])

        assert header == JpegHeader(100, 66, 6)

    @pytest.mark.parametrize(("offset", "value"), [(0, 12), (5, 4), (5, 2)])
    def test_other_depths_and_numbers_of_colours_are_left_to_the_slow_way(self, offset, value):
        body = bytearray(make_photo())
        frame = body.index(b"\xff\xc0") + 4
        body[frame + offset] = value

        assert read_header(bytes(body)) is None

    @pytest.mark.parametrize("kind", [0xC3, 0xC9])
    def test_rare_kinds_are_left_to_the_slow_way(self, kind):
        assert read_header(make_photo().replace(b"\xff\xc0", bytes((0xFF, kind)), 1)) is None

    @pytest.mark.parametrize("length", range(2, 700, 9))
    def test_a_header_cut_anywhere_is_none(self, length):
        assert read_header(make_photo()[:length]) is None

    def test_a_scan_that_makes_no_sense_is_refused(self):
        body = make_photo()
        scan = body.index(b"\xff\xda")

        broken = body[: scan + 4] + b"\x09" + body[scan + 5 :]

        assert read_header(broken) is not None
        with pytest.raises(UnreadablePhotoError):
            decode(broken)


def test_pixels_become_a_pillow_image_in_the_right_colours():
    rgb = make_noise(width=30, height=20)
    photo = make_pixels(order=ChannelOrder.BGR)

    np.testing.assert_array_equal(np.asarray(image_of(make_pixels())), make_pixels().samples)
    np.testing.assert_array_equal(np.asarray(image_of(photo)), photo.samples[:, :, ::-1])
    assert rgb.shape == (20, 30, 3)

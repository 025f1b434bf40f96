"""Every kind of photo becomes the same canonical pixels; everything else a clear error."""

import os
import threading
import warnings
import zlib
from io import BytesIO

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from hashsvc.errors import (
    NotAPhotoError,
    PhotoError,
    PhotoTooLargeError,
    PhotoTooSmallError,
    UnreadablePhotoError,
)
from hashsvc.photos import decode, image_of
from hashsvc.photos.exif import orientation_of
from hashsvc.photos.jpeg import JpegHeader, read_header
from hashsvc.photos.opencv import decode_jpeg
from hashsvc.photos.quiet import no_warnings
from hashsvc.pixels import ChannelOrder
from tests.factories import encode, make_image, make_noise, make_photo, make_pixels
from tests.photo_sets import some_photos


def rgb_of(photo):
    return decode(photo).rgb()


def pillow_rgb(body):
    """An independent way to the same pixels: for opaque 8-bit photos."""
    return np.asarray(ImageOps.exif_transpose(Image.open(BytesIO(body))).convert("RGB"))


def png(width, height, *, bits, kind, rows, chunks=()):
    """A PNG of a kind that no library here writes: colour type `kind`, raw rows, more chunks."""

    def chunk(name, body):
        checked = zlib.crc32(name + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + name + body + checked

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((bits, kind, 0, 0, 0))
    compressed = zlib.compress(b"".join(b"\0" + row for row in rows))
    body = [chunk(b"IHDR", header), *(chunk(*more) for more in chunks)]
    return b"".join([b"\x89PNG\r\n\x1a\n", *body, chunk(b"IDAT", compressed), chunk(b"IEND", b"")])


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
        body = png(256, 256, bits=16, kind=0, rows=rows, chunks=[(b"tRNS", b"\x12\x34")])
        expected = self.high_byte()

        expected[0x12, 0x34] = 255

        np.testing.assert_array_equal(rgb_of(body), expected)

    def test_a_transparent_16_bit_colour_shows_white(self):
        rows = [b"\x12\x34\x56\x78\x9a\xbc" + bytes(6 * 7)] * 8
        transparent = (b"tRNS", b"\x12\x34\x56\x78\x9a\xbc")
        body = png(8, 8, bits=16, kind=2, rows=rows, chunks=[transparent])

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


class TestRefused:
    def test_an_empty_file(self):
        with pytest.raises(NotAPhotoError, match="empty"):
            decode(b"")

    @pytest.mark.parametrize(
        "body",
        [b"plain text", b"%PDF-1.7", b"\0" * 300, b"PK\3\4", b"RIFF\0\0\0\0WAVE", b"<svg/>"],
    )
    def test_something_else(self, body):
        with pytest.raises(NotAPhotoError, match="JPEG, PNG"):
            decode(body)

    @pytest.mark.parametrize("photo_format", ["PPM", "ICO", "TGA", "EPS", "JPEG2000"])
    def test_a_format_that_pillow_reads_and_we_do_not(self, photo_format):
        with pytest.raises(NotAPhotoError):
            decode(make_photo(photo_format=photo_format))

    @pytest.mark.parametrize("cut", [1, 2, 3, 50, 1000, 9000])
    @pytest.mark.parametrize("options", [{}, {"progressive": True}])
    def test_a_jpeg_cut_short(self, cut, options):
        with pytest.raises(UnreadablePhotoError, match="cut short"):
            decode(make_photo(**options)[:-cut])

    def test_a_jpeg_cut_short_whose_thumbnail_is_whole(self):
        thumbnail = make_photo(width=80, height=60)
        photo = make_photo(comment=thumbnail)
        assert photo.index(thumbnail) < 1000

        with pytest.raises(UnreadablePhotoError):
            decode(photo[:-500])

    @pytest.mark.parametrize("photo_format", ["PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
    def test_any_format_cut_to_half(self, photo_format):
        body = make_photo(photo_format=photo_format)

        with pytest.raises(UnreadablePhotoError):
            decode(body[: len(body) // 2])

    @pytest.mark.parametrize(
        "opening",
        [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\0", b"RIFF0000WEBP"],
    )
    def test_an_opening_followed_by_rubbish(self, opening):
        with pytest.raises(UnreadablePhotoError):
            decode(opening + bytes(range(256)))

    def test_a_heic_of_nothing(self):
        with pytest.raises(UnreadablePhotoError):
            decode(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64))

    @pytest.mark.parametrize("photo_format", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("size", [(4, 100), (100, 4), (1, 1)])
    def test_a_photo_of_fewer_than_five_pixels(self, photo_format, size):
        body = make_photo(photo_format=photo_format, width=size[0], height=size[1])

        with pytest.raises(PhotoTooSmallError, match="5 pixels"):
            decode(body)

    @pytest.mark.parametrize("photo_format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF"])
    def test_more_pixels_than_the_limit(self, photo_format):
        body = make_photo(photo_format=photo_format, width=100, height=60)

        assert decode(body, max_pixels=6000).width == 100
        with pytest.raises(PhotoTooLargeError, match=r"0\.005999 million"):
            decode(body, max_pixels=5999)

    @pytest.mark.parametrize("side", [12_000, 30_000])
    def test_a_bomb_is_refused_before_it_is_unpacked(self, side):
        bomb = png(side, side, bits=8, kind=2, rows=[bytes(100)])

        with pytest.raises(PhotoTooLargeError):
            decode(bomb)

    def test_a_jpeg_bomb_too(self):
        body = make_photo(width=64, height=64)
        place = body.index(b"\xff\xc0") + 5

        with pytest.raises(PhotoTooLargeError):
            decode(body[:place] + b"\xff\xff\xff\xff" + body[place + 4 :])

    @settings(max_examples=150, deadline=None)
    @given(
        photo_format=st.sampled_from(["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"]),
        damage=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=20),
        head=st.booleans(),
    )
    def test_damage_gives_pixels_or_our_error_and_nothing_else(self, photo_format, damage, head):
        body = bytearray(make_photo(photo_format=photo_format, width=64, height=48))
        reach = min(len(body), 200) if head else len(body)
        for place, value in damage:
            body[int(place * (reach - 1))] = value

        try:
            photo = decode(bytes(body), max_pixels=1_000_000)
        except PhotoError:
            return
        assert photo.samples.dtype == np.uint8
        assert photo.samples.shape == (photo.height, photo.width, 3)


class TestFiles:
    def test_the_content_decides_and_not_the_name(self, tmp_path):
        path = tmp_path / "photo.jpg"
        path.write_bytes(make_photo(photo_format="PNG"))

        np.testing.assert_array_equal(decode(path).rgb(), np.asarray(make_image()))

    def test_a_file_and_its_bytes_are_the_same_photo(self, tmp_path):
        path = tmp_path / "photo"
        path.write_bytes(make_photo())

        np.testing.assert_array_equal(decode(path).samples, decode(make_photo()).samples)

    def test_bytes_after_the_end_of_a_jpeg_do_no_harm(self):
        body = make_photo()

        np.testing.assert_array_equal(rgb_of(body + b"\0" * 99 + make_photo(seed=2)), rgb_of(body))

    def test_several_pictures_in_one_jpeg_are_one_photo(self):
        more = [make_image(seed=2)]

        body = encode(make_image(), "MPO", save_all=True, append_images=more)

        assert rgb_of(body).shape == (240, 320, 3)

    @pytest.mark.parametrize(
        ("make", "expected", "words"),
        [
            (lambda _: None, UnreadablePhotoError, "no such file"),
            (lambda path: path.mkdir(), NotAPhotoError, "folder"),
            (os.mkfifo, NotAPhotoError, "pipe"),
            (lambda path: path.symlink_to(path), UnreadablePhotoError, "could not be read"),
            (lambda path: path.write_bytes(b""), NotAPhotoError, "empty"),
            (lambda path: path.write_bytes(b"text" * 999), NotAPhotoError, "not a photo"),
        ],
        ids=["missing", "folder", "pipe", "link to itself", "empty", "text"],
    )
    def test_what_is_no_file_of_a_photo_is_named(self, tmp_path, make, expected, words):
        path = tmp_path / "secret-name.jpg"
        make(path)

        with pytest.raises(expected, match=words) as caught:
            decode(path)

        assert "secret-name" not in str(caught.value)

    @pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may read every file")
    def test_a_file_without_permission_is_named(self, tmp_path):
        path = tmp_path / "photo.jpg"
        path.write_bytes(make_photo())
        path.chmod(0)

        with pytest.raises(UnreadablePhotoError, match="permission"):
            decode(path)

    def test_a_file_larger_than_any_photo_is_not_read(self, tmp_path):
        path = tmp_path / "photo.jpg"
        with path.open("wb") as file:
            file.write(make_photo())
            file.truncate((1 << 30) + 1)  # sparse: takes no room

        with pytest.raises(PhotoTooLargeError, match="1 GiB"):
            decode(path)


class TestWarnings:
    def test_a_large_photo_within_the_limit_gives_none(self):
        rows = [bytes(12_000 // 8)] * 9_000

        photo = decode(png(12_000, 9_000, bits=1, kind=0, rows=rows))

        assert photo.samples.shape == (9_000, 12_000, 3)

    def test_one_decode_inside_another_keeps_quiet_to_the_end(self):
        with no_warnings():
            with no_warnings():
                warnings.warn("inner", stacklevel=1)
            warnings.warn("outer", stacklevel=1)

        with pytest.raises(UserWarning, match="after"):
            warnings.warn("after", stacklevel=1)

    def test_the_filters_of_the_process_stay_as_they_were(self):
        before = list(warnings.filters)
        bodies = [make_photo(photo_format="PNG", width=90, height=70)] * 10
        threads = [
            threading.Thread(target=lambda: [decode(body) for body in bodies]) for _ in range(4)
        ]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert list(warnings.filters) == before


def test_pixels_become_a_pillow_image_in_the_right_colours():
    rgb = make_noise(width=30, height=20)
    photo = make_pixels(order=ChannelOrder.BGR)

    np.testing.assert_array_equal(np.asarray(image_of(make_pixels())), make_pixels().samples)
    np.testing.assert_array_equal(np.asarray(image_of(photo)), photo.samples[:, :, ::-1])
    assert rgb.shape == (20, 30, 3)

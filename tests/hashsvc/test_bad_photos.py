"""What is refused with one clear sentence, and what only looks odd."""

import os
import threading
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashsvc.errors import (
    NotAPhotoError,
    PhotoError,
    PhotoTooLargeError,
    PhotoTooSmallError,
    UnreadablePhotoError,
)
from hashsvc.photos import decode
from hashsvc.photos.quiet import no_warnings
from tests.factories import encode, make_image, make_photo, make_png, rgb_of


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
        bomb = make_png(side, side, bits=8, kind=2, rows=[bytes(100)])

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

        photo = decode(make_png(12_000, 9_000, bits=1, kind=0, rows=rows))

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

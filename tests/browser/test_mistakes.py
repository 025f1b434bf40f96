"""Whatever somebody chooses or types: a kind sentence, and nothing that was right is lost."""

import struct
import zlib
from pathlib import Path

import pytest

from tests.browser.photos import make_photo
from tests.browser.walks import arrives, is_an_adult, makes_codes, picks_a_pin, sends

pytestmark = pytest.mark.browser

HEIC = Path(__file__).parents[2] / "data" / "golden" / "photos" / "heic.heic"


def png_of(path, width, height):
    """A real PNG, one bit a pixel: small as a file, large as a photo."""
    rows = zlib.compress((b"\0" + bytes(width // 8)) * height, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, content in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")):
            body = kind + content
            file.write(struct.pack(">I", len(content)) + body)
            file.write(struct.pack(">I", zlib.crc32(body)))
    return path


def written(path, content):
    path.write_bytes(content)
    return path


@pytest.fixture
def choosing(chromium, recorder, service):
    """Somebody at the photo chooser."""
    arrives(chromium, service.url)
    is_an_adult(chromium)
    chromium.click("[data-go=choose]")
    return chromium


def test_what_is_no_photo_is_left_out_at_once(choosing, photo, tmp_path):
    choosing.chooses(photo)
    for name, content, words in [
        ("clip.mp4", b"film", "Videos do not work here yet"),
        ("clip.MOV", b"film", "use a screenshot from the video"),
        ("letter.pdf", b"%PDF", "A file was not a photo"),
        ("gone.jpg", b"", "A file was empty"),
    ]:
        choosing.chooses(written(tmp_path / name, content))

        choosing.waits_for("#problems", text=words)
        choosing.waits_for("#count", text="Photos chosen: 1 of 20.")


def test_the_same_file_twice_counts_once(choosing, photo):
    choosing.chooses(photo)
    choosing.chooses(photo)

    choosing.waits_for("#problems", text="You chose a photo twice.")
    choosing.waits_for("#count", text="Photos chosen: 1 of 20.")


def test_two_hundred_files_become_twenty(choosing, photo, tmp_path):
    content = photo.read_bytes()
    choosing.chooses(*[written(tmp_path / f"{k}.jpg", content + b"%d" % k) for k in range(200)])

    choosing.waits_for("#problems", text="20 photos at a time")
    choosing.waits_for("#count", text="Photos chosen: 20 of 20.")


def test_a_photo_can_be_taken_off_the_list(choosing, tmp_path):
    choosing.chooses(make_photo(tmp_path / "a.jpg", 3), make_photo(tmp_path / "b.jpg", 5))

    choosing.click("#photos li:first-child button")

    choosing.waits_for("#count", text="Photos chosen: 1 of 20.")


def test_a_photo_that_fails_says_why_and_the_others_go_on(choosing, photo, tmp_path):
    choosing.chooses(
        photo,
        written(tmp_path / "copy.jpg", photo.read_bytes()),
        written(tmp_path / "broken.jpg", photo.read_bytes()[:900]),
        written(tmp_path / "film.jpg", b"\0\0\0\x20ftypisom" + bytes(100)),
        png_of(tmp_path / "panorama.png", 20_000, 10_000),
        png_of(tmp_path / "black.png", 640, 480),
    )

    makes_codes(choosing)

    told = choosing.text("#problems").splitlines()
    assert told == [
        "Photo 2: This is the same as another photo. We use it once.",
        "Photo 3: This file is broken, so we could not read it. Please try another copy.",
        "Photo 4: This is a video. Videos do not work here yet. You can use a screenshot.",
        "Photo 5: This photo is too big for us. Please try a smaller copy.",
        "Photo 6: This photo is too dark or plain to make a good code.",
    ]
    assert choosing.text("#count").startswith("Photos: 1.")


def test_no_name_of_a_file_is_ever_on_the_page(choosing, photo):
    choosing.chooses(photo)
    choosing.waits_for("#photos li")
    everything = "() => document.documentElement.outerHTML + document.querySelector('#files').value"

    assert photo.stem not in choosing.call(everything)
    makes_codes(choosing)
    assert photo.stem not in choosing.call("() => document.documentElement.outerHTML")


def test_no_good_photo_leads_back_to_the_chooser(choosing, recorder, tmp_path):
    choosing.chooses(png_of(tmp_path / "black.png", 640, 480))
    choosing.click("[data-do=start]")

    choosing.waits_for("h1", text="No photo gave a code")
    choosing.click("main [data-go=choose]")

    choosing.waits_for("#photos li")
    assert recorder.posts() == []


def test_a_heic_photo_asks_before_its_decoder_comes(choosing, recorder):
    before = recorder.settled()
    choosing.chooses(HEIC)
    choosing.click("[data-do=start]")
    choosing.waits_for("h1", text="One more step")
    assert len(recorder.ours()) == before

    choosing.click("[data-do=yes]")

    choosing.waits_for("#count", text="Photos: 1.")
    assert len(recorder.ours()) > before
    assert recorder.posts() == []


def test_without_the_decoder_a_heic_photo_is_left_out(choosing, recorder, photo):
    choosing.chooses(photo, HEIC)
    choosing.click("[data-do=start]")
    choosing.waits_for("h1", text="One more step")
    recorder.without = "libheif.js"

    choosing.click("[data-do=yes]")

    choosing.waits_for("#problems", text="Photo 2: This browser cannot open this kind of photo.")
    assert choosing.text("#count").startswith("Photos: 1.")


def test_stopping_keeps_what_was_chosen(choosing, recorder, photo):
    choosing.chooses(photo)
    choosing.call(
        "() => { document.querySelector('[data-do=start]').click();"
        " document.querySelector('main [data-go=choose]').click(); }"
    )

    choosing.waits_for("#count", text="Photos chosen: 1 of 20.")
    makes_codes(choosing)
    assert recorder.posts() == []


def test_a_pin_that_is_easy_to_guess_is_refused(choosing, recorder, photo):
    choosing.chooses(photo)
    makes_codes(choosing)
    choosing.click("main [data-go=pin]")
    for pin in ("123456", "654321", "000000", "121212", "123123", "112211", "199807"):
        choosing.types("#pin-typed", pin)  # which takes the last answer away
        assert choosing.text("#problem") == ""

        choosing.click("main [type=submit]")

        choosing.waits_for("#problem", text="That PIN is easy to guess.")
    assert recorder.posts() == []


def test_a_pin_of_another_length_is_refused_and_a_given_one_is_good(choosing, recorder, photo):
    choosing.chooses(photo)
    makes_codes(choosing)
    picks_a_pin(choosing, "1234")
    choosing.click("main [type=submit]")
    choosing.waits_for("#problem", text="A PIN has 6 numbers.")
    choosing.click("[data-do=another]")

    assert sends(choosing)
    assert len(recorder.posts()) == 1


def test_a_number_that_cannot_be_one_asks_nobody(chromium, recorder, service):
    arrives(chromium, service.url)
    chromium.click("[data-go=status]")
    chromium.types("#pin-typed", "402913")
    for number in ("", "7QK2", "7QK2-M4RT-0XVB-9HDU"):
        chromium.types("#number-typed", number)

        chromium.click("main [type=submit]")

        chromium.waits_for("#problem", text="16 letters and numbers")
    assert recorder.posts() == []


def test_the_last_four_can_be_compared(choosing, photo):
    choosing.chooses(photo)
    makes_codes(choosing)
    picks_a_pin(choosing)
    number = sends(choosing)

    choosing.types("#last", "ZZZU")
    choosing.waits_for("#same", text="not the same")
    choosing.types("#last", number[-4:].lower())
    choosing.waits_for("#same", text="that is right")


def test_reading_about_safety_loses_nothing(choosing, photo):
    chooses_and_reads = ["footer [data-go=safety-screen]", "[data-do=return]"]
    choosing.chooses(photo)
    makes_codes(choosing)
    picks_a_pin(choosing, "402913")

    for selector in chooses_and_reads:
        choosing.click(selector)

    assert choosing.page.input_value("#pin-typed") == "402913"
    choosing.click("main [data-go=review]")
    choosing.click("main [data-go=choose]")
    choosing.waits_for("#count", text="Photos chosen: 1 of 20.")

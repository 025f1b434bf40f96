"""A whole visit in both browsers: what the page does, and what leaves the device."""

import base64
import json

import pytest

from tests.browser.leaks import leaks
from tests.browser.photos import ARTIST, TAKEN, make_photo
from tests.browser.walks import (
    PIN,
    arrives,
    chooses,
    comes_back,
    is_an_adult,
    makes_codes,
    picks_a_pin,
    sends,
)

pytestmark = pytest.mark.browser

BODIES = {
    "/v1/cases": {"pin", "signatures"},
    "/v1/cases/signatures": {"case_number", "pin", "signatures"},
    "/v1/cases/status": {"case_number", "pin"},
    "/v1/cases/withdraw": {"case_number", "pin"},
}
SIGNATURE = {"region", "pdq", "dhash", "quality"}
CAP_BYTES = 16 * 2**10
# Browsers call home by themselves, on any page. Nothing else may be asked.
HOMES = ("googleapis.com", "google.com", "mozilla.com", "mozilla.org", "mozilla.net")
AUTOFILL = "content-autofill.googleapis.com"  # learns the shape of forms: ours must not be told
KEPT = """async () => ({
  cookies: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def opens_a_case(visitor, service, *photos):
    arrives(visitor, service.url)
    is_an_adult(visitor)
    chooses(visitor, *photos)
    makes_codes(visitor)
    picks_a_pin(visitor)
    return sends(visitor)


def undocumented(recorder):
    """What was sent that no document names."""
    found = []
    for one in recorder.ours():
        if one.method == "GET" and not one.body and "?" not in one.url:
            continue
        body = json.loads(one.body)
        sound = set(body) == BODIES.get(one.path) and len(one.body) <= CAP_BYTES
        if not sound or any(set(each) != SIGNATURE for each in body.get("signatures", [])):
            found.append(one)
    return found


def leaked(recorder, photo):
    words = [photo.name, photo.stem, ARTIST, TAKEN, "exif", "image/jpeg;base64"]
    content = photo.read_bytes()
    return [
        (one.method, one.path, found)
        for one in recorder.ours()
        if (found := leaks(one.everything(), photo=content, words=words))
    ]


@pytest.mark.goal("G22")
def test_a_survivor_opens_checks_and_withdraws_a_case(visitor, recorder, service, photo, figure):
    number = opens_a_case(visitor, service, photo)
    assert number.count("-") == 3
    visitor.waits_for("#state", text="with us")

    visitor.click("[data-do=clear]")
    visitor.click("[data-do=en]")
    comes_back(visitor, number.lower().replace("-", " "))
    visitor.waits_for("#state", text="Your codes are in use.")
    visitor.click("[data-do=stop]")
    visitor.click("[data-do=withdraw]")
    visitor.waits_for("h1", text="no longer in use")
    visitor.click("[data-do=clear]")
    visitor.click("[data-do=en]")
    comes_back(visitor, number)
    visitor.waits_for("#state", text="Your codes are not in use.")

    assert undocumented(recorder) == []
    assert leaked(recorder, photo) == []
    assert len(recorder.posts()) == 4
    assert set(visitor.call(KEPT).values()) == {"", 0}
    assert [host for host in recorder.foreign_hosts() if AUTOFILL in host] == []
    strangers = [h for h in recorder.foreign_hosts() if not h.partition(":")[0].endswith(HOMES)]
    assert strangers == []
    figure("a whole visit: 0 runs of the photo in any request, 0 cookies, 0 new hosts")


def test_what_is_shown_is_what_leaves(visitor, recorder, service, photo):
    arrives(visitor, service.url, "sw")
    is_an_adult(visitor)
    chooses(visitor, photo)
    makes_codes(visitor)
    shown = visitor.call("() => document.querySelector('#bodies').textContent")
    picks_a_pin(visitor)
    sends(visitor)

    (opening,) = recorder.posts()

    assert opening.body.decode() == shown.replace("••••••", PIN)


@pytest.mark.control("G22")
def test_planted_leaks_are_caught(chromium, recorder, service, photo, figure):
    """The control: the same recorder and the same search, on a page that leaks."""
    content = photo.read_bytes()
    arrives(chromium, service.url)
    for planted in (
        photo.name,
        base64.b64encode(content[301:401]).decode(),
        content[300:330].hex(),
        ARTIST,
    ):
        recorder.sent.clear()
        body = json.dumps(json.dumps({"pin": planted}))

        chromium.call(f"() => fetch('/v1/cases', {{method: 'POST', body: {body}}}).then(() => 0)")

        assert leaked(recorder, photo)
        assert undocumented(recorder)
    figure("4 planted leaks (file name, base64, hex, EXIF): 4 found")


def test_twenty_photos_go_in_small_batches(chromium, recorder, service, tmp_path):
    photos = [make_photo(tmp_path / f"{k}.jpg", k, width=160, height=120) for k in range(1, 23)]
    arrives(chromium, service.url)
    is_an_adult(chromium)

    chooses(chromium, *photos)

    chromium.waits_for("#problems", text="20 photos at a time")
    makes_codes(chromium)
    picks_a_pin(chromium)
    sends(chromium)
    chromium.waits_for("#state", text="with us")
    assert len(recorder.posts()) > 2
    assert undocumented(recorder) == []
    sent = sum(len(json.loads(one.body)["signatures"]) for one in recorder.posts())
    chromium.click("main [data-go=status]")
    chromium.types("#pin-typed", PIN)
    chromium.click("main [type=submit]")
    chromium.waits_for("#state", text=f"Codes: {sent}.")

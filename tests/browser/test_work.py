"""A phone in a network from which many cases come: it does a small sum, and says so kindly."""

import pytest

from examples.demo.service import running_service
from hashsvc.client import SurvivorClient
from tests.availability import unavailable
from tests.browser.browsers import chromium_browser, chromium_visitor
from tests.browser.chromium import PROGRAM as CHROMIUM
from tests.browser.recorder import recording
from tests.browser.walks import arrives, chooses, is_an_adult, makes_codes, picks_a_pin, sends
from tests.factories import make_signature

pytestmark = pytest.mark.browser
SAID = (
    "() => { window.said = []; new MutationObserver(() => window.said.push("
    "document.querySelector('#state')?.innerText ?? '')).observe(document.body,"
    " {subtree: true, childList: true, characterData: true}); }"
)


@pytest.fixture
def strict(tmp_path, monkeypatch):
    """A service that has let its one case an hour through; and more work than elsewhere."""
    monkeypatch.setenv("HASHSVC_CASE_OPENINGS_AN_HOUR", "1")
    with running_service(tmp_path / "data") as running:
        with SurvivorClient(running.url) as first:
            first.open_case([make_signature(seed=99)], "402913")
        yield running


@pytest.fixture
def recorder(strict):
    with recording(strict.url) as recorder:
        yield recorder


@pytest.fixture
def phone(recorder):
    if not CHROMIUM.exists():
        unavailable("browser", "Chromium is not installed")
    with chromium_browser(recorder.address) as browser, chromium_visitor(browser) as visitor:
        yield visitor


@pytest.mark.parametrize(
    ("language", "words"), [("en", "One moment: many people"), ("sw", "Subiri kidogo")]
)
def test_the_phone_does_the_sum_and_says_so(phone, recorder, strict, photo, language, words):
    arrives(phone, strict.url, language)
    is_an_adult(phone)
    chooses(phone, photo)
    makes_codes(phone)
    picks_a_pin(phone)
    phone.call(SAID)

    number = sends(phone)

    first, second = recorder.posts()
    assert len(number) == 19
    assert any(said.startswith(words) for said in phone.call("() => window.said"))
    assert "work:" not in first.headers.lower()
    assert "work:" in second.headers.lower()
    assert first.body == second.body  # what was shown is what leaves


def test_leaving_in_the_middle_of_it_opens_nothing(phone, recorder, strict, photo):
    arrives(phone, strict.url)
    is_an_adult(phone)
    chooses(phone, photo)
    makes_codes(phone)
    picks_a_pin(phone)
    recorder.without = "signature-worker.js"  # a new worker does not load, either
    phone.call(
        "() => { document.querySelector('main [type=submit]').click();"
        " document.querySelector('#exit').click(); }"
    )

    phone.waits_for("h1", text="")

    assert len(recorder.posts()) <= 1


def test_a_phone_that_cannot_do_it_is_told_kindly_and_can_try_again(phone, recorder, strict, photo):
    arrives(phone, strict.url)
    is_an_adult(phone)
    chooses(phone, photo)
    makes_codes(phone)
    picks_a_pin(phone)
    phone.call(
        "() => { const post = Worker.prototype.postMessage; window.mend = () =>"
        " { Worker.prototype.postMessage = post; };"
        " Worker.prototype.postMessage = function () { this.dispatchEvent(new Event('error')); }; }"
    )
    phone.click("main [type=submit]")
    phone.waits_for("#problem", text="Many people use this network now.")
    phone.call("() => window.mend()")

    assert sends(phone)

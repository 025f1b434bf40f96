"""The quick exit: at once, for good, and nothing of the visit stays in the tab."""

import pytest

from tests.browser.recorder import BEFORE, ELSEWHERE
from tests.browser.walks import arrives, chooses, is_an_adult, makes_codes, picks_a_pin

pytestmark = pytest.mark.browser

KEPT = """async () => ({
  cookies: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases?.() ?? []).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def leads_to(visitor, address):
    """The real exit lies outside of this machine."""
    visitor.call(f"() => {{ document.getElementById('exit').href = '{address}'; }}")


def by_click(visitor):
    visitor.click("#exit")


def by_shift(visitor):
    visitor.presses("Shift", "Shift", "Shift")


@pytest.mark.goal("G22")
@pytest.mark.parametrize("leaves", [by_click, by_shift])
def test_leaving_takes_the_page_out_of_the_history(
    visitor, recorder, service, photo, leaves, figure
):
    arrives(visitor, service.url)
    is_an_adult(visitor)
    chooses(visitor, photo)
    makes_codes(visitor)
    picks_a_pin(visitor)
    entries = visitor.call("() => history.length")
    kept = visitor.call(KEPT)
    leads_to(visitor, ELSEWHERE)

    leaves(visitor)

    visitor.waits_for("h1", text="Elsewhere")
    assert visitor.call("() => location.href") == ELSEWHERE
    assert visitor.call("() => history.length") == entries
    visitor.goes_back()
    visitor.waits_for("h1", text="Elsewhere")
    assert visitor.call("() => location.href") == BEFORE
    assert set(kept.values()) == {"", 0}
    assert recorder.posts() == []
    figure("quick exit, by click and by keys: 0 cookies, 0 storage, out of the history")


def test_a_page_that_is_left_is_empty_before_the_next_one_comes(chromium, recorder, service, photo):
    arrives(chromium, service.url)
    is_an_adult(chromium)
    chooses(chromium, photo)
    makes_codes(chromium)
    picks_a_pin(chromium)
    seen = """() => {
      const started = performance.now();
      document.getElementById('exit').href = '#nowhere';
      document.getElementById('exit').click();
      return {
        words: document.getElementById('main').textContent,
        shown: document.body.getClientRects().length,
        fields: document.querySelectorAll('input').length,
        quick: performance.now() - started < 100,
      };
    }"""

    assert chromium.call(seen) == {"words": "", "shown": 0, "fields": 0, "quick": True}


def test_other_keys_start_the_count_again(chromium, recorder, service):
    arrives(chromium, service.url)
    leads_to(chromium, ELSEWHERE)

    chromium.presses("Shift", "Shift")
    chromium.waits_for("#exit-left", text="Times left: 1.")
    chromium.presses("Tab", "Shift", "Shift")

    assert chromium.call("() => location.href").startswith(service.url)
    assert chromium.text("#exit-left") == "Press Shift to leave. Times left: 1."


def test_coming_back_by_the_browsers_button_finds_an_empty_page(visitor, recorder, service):
    arrives(visitor, service.url)
    visitor.click("[data-go=status]")
    visitor.types("#number-typed", "7QK2M4RT0XVB9HDC")
    visitor.types("#pin-typed", "402913")
    visitor.open(ELSEWHERE)

    visitor.goes_back()

    visitor.waits_for("[data-do=en]")
    visitor.click("[data-do=en]")
    visitor.click("[data-go=status]")
    assert visitor.call("() => document.querySelector('#number-typed').value") == ""
    assert visitor.call("() => document.querySelector('#pin-typed').value") == ""


def test_a_forgotten_case_number_does_not_stay_on_the_screen(chromium, recorder, service):
    chromium.page.clock.install()
    arrives(chromium, service.url)
    chromium.click("[data-go=status]")
    chromium.types("#number-typed", "7QK2M4RT0XVB9HDC")

    chromium.page.clock.fast_forward("10:01")

    chromium.waits_for("[data-do=en]")
    chromium.click("[data-do=en]")
    chromium.click("[data-go=status]")
    assert chromium.page.input_value("#number-typed") == ""


def test_a_page_in_the_background_is_covered(chromium, recorder, service):
    arrives(chromium, service.url)
    hide = """() => {
      const say = (hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
        return !document.getElementById('cover').hidden;
      };
      return [say(true), say(false)];
    }"""

    assert chromium.call(hide) == [True, False]

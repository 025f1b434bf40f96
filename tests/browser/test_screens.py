"""Every screen on a small phone: room for it, readable by machines, reachable by keys alone."""

from importlib import resources
from importlib.util import find_spec

import pytest

from tests.availability import unavailable
from tests.browser.browsers import chromium_visitor
from tests.browser.walks import arrives, every_screen, is_an_adult

pytestmark = pytest.mark.browser

SCREENS = 13
NARROW = (320, 640)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOCUS = """() => {
  const e = document.activeElement;
  return e.id || e.dataset.do || e.dataset.go || e.tagName;
}"""


@pytest.fixture(scope="session")
def axe():
    if find_spec("axe_playwright_python") is None:
        unavailable("browser", "axe-playwright-python is not installed")
    source = resources.files("axe_playwright_python").joinpath("axe.min.js")
    return source.read_text(encoding="utf-8")


def violations(visitor, axe):
    """What axe-core finds: rule, and where."""
    if not visitor.call("() => Boolean(window.axe)"):
        visitor.page.add_script_tag(content=axe)
    found = visitor.page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations)", RULES
    )
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


def overflow(visitor):
    return visitor.call("() => document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("language", ["en", "sw"])
def test_every_screen_is_narrow_and_clean(shared_chromium, recorder, service, photo, axe, language):
    seen, faults = [], {}
    with chromium_visitor(shared_chromium, bypass_csp=True) as visitor:
        for name in every_screen(visitor, service.url, language, photo):
            seen.append(name)
            if found := violations(visitor, axe):
                faults[name] = found
            if overflow(visitor) > 0:
                faults[name, "wide"] = overflow(visitor)
            width, height = NARROW
            visitor.page.set_viewport_size({"width": width, "height": height})
            if overflow(visitor) > 0:
                faults[name, "wide at 320"] = overflow(visitor)
            visitor.page.set_viewport_size({"width": 360, "height": 640})

    assert faults == {}
    assert len(seen) == SCREENS


@pytest.mark.parametrize("path", ["/", "/how-it-works", "/platforms"])
def test_text_pages_are_narrow_and_clean(shared_chromium, recorder, service, axe, path):
    with chromium_visitor(shared_chromium, bypass_csp=True) as visitor:
        visitor.open(service.url + path)

        assert violations(visitor, axe) == []
        assert overflow(visitor) <= 0


def test_axe_would_find_a_fault(shared_chromium, recorder, service, axe):
    """The control."""
    with chromium_visitor(shared_chromium, bypass_csp=True) as visitor:
        visitor.open(f"{service.url}/how-it-works")
        visitor.call("() => { document.querySelector('main').append(new Image()); }")
        visitor.call("() => { document.querySelector('main').style.width = '900px'; }")

        assert [rule for rule, _ in violations(visitor, axe)] == ["image-alt"]
        assert overflow(visitor) > 0


def test_without_scripts_the_page_still_says_whom_to_call(shared_chromium, recorder, service):
    page = shared_chromium.new_page(java_script_enabled=False)
    page.goto(f"{service.url}/")
    words = page.inner_text("main")
    page.close()

    assert "It is not your fault." in words
    assert "Si kosa lako." in words
    assert "1195" in words
    assert "116" in words
    assert "JavaScript" in words


def reaches(visitor, name, *, key="Tab"):
    """Press a key until the focus is there."""
    for _ in range(40):
        visitor.presses(key)
        if visitor.call(FOCUS) == name:
            return
    raise AssertionError(f"no way to {name}")


def test_the_exit_is_the_first_thing_that_keys_reach(chromium, recorder, service):
    chromium.open(f"{service.url}/how-it-works")

    chromium.presses("Tab")
    assert chromium.call(FOCUS) == "skip"
    chromium.presses("Tab")
    assert chromium.call(FOCUS) == "exit"


def test_keys_alone_lead_to_a_case(chromium, recorder, service, photo):
    chromium.open(f"{service.url}/")
    chromium.waits_for("[data-do=en]")
    for name in ("en", "age-then", "limits"):
        reaches(chromium, name)
        chromium.presses("Enter")
    chromium.waits_for("#further:enabled")
    reaches(chromium, "further")
    chromium.presses("Enter")
    reaches(chromium, "files")
    chromium.chooses(photo)  # the system's own chooser
    reaches(chromium, "start")
    chromium.presses("Enter")
    chromium.waits_for("summary")
    reaches(chromium, "SUMMARY")
    chromium.presses("Enter")
    reaches(chromium, "pin")
    chromium.presses("Enter")
    reaches(chromium, "pin-typed")
    chromium.presses("Enter")

    chromium.waits_for("#number")
    assert chromium.call("() => document.activeElement.tagName") == "H1"


def test_the_focus_follows_and_the_title_stays(chromium, recorder, service):
    arrives(chromium, service.url)
    titles = {chromium.page.title()}
    assert chromium.call("() => document.activeElement.tagName") == "H1"
    is_an_adult(chromium)
    titles.add(chromium.page.title())

    assert titles == {"Photos"}
    assert chromium.call("() => location.href") == f"{service.url}/"


def test_the_language_changes_in_the_middle_of_a_visit(chromium, recorder, service):
    arrives(chromium, service.url, "sw")
    is_an_adult(chromium)
    chromium.click("[data-go=choose]")
    assert chromium.text("h1") == "Chagua picha"

    chromium.click("#language")

    assert chromium.text("h1") == "Choose photos"
    assert chromium.call("() => document.documentElement.lang") == "en"

"""The console in real browsers: by keys alone, without scripts, on a phone and on a desk."""

import time

import pytest

from tests.browser.browsers import chromium_visitor
from tests.browser.console_visits import lands, office_at, signs_in
from tests.browser.test_screens import axe, overflow, violations  # noqa: F401  # axe: a fixture

pytestmark = pytest.mark.browser

WIDTHS = (320, 360, 1280)
_SENT_SECONDS = 30
CHOSEN = "() => document.querySelectorAll('input[name=match]:checked').length"
PLACE = "() => [...document.querySelectorAll('.row')].findIndex(r => r.matches('.here'))"


@pytest.fixture(autouse=True)
def nothing_is_left(request):
    """One Firefox visits all pages of this origin; the next visitor finds nothing of this one."""
    yield
    if "firefox" in request.node.name or "firefox" in request.fixturenames:
        clear = "() => { localStorage.clear(); sessionStorage.clear(); }"
        request.getfixturevalue("shared_firefox").call(clear)


@pytest.fixture
def office(service):
    return office_at(service, matches=3)


def becomes(office, ref, state):
    """Wait until the platform's programs see it."""
    deadline = time.monotonic() + _SENT_SECONDS
    while time.monotonic() < deadline:
        if office.states()[ref] == state:
            return
        time.sleep(0.2)
    raise AssertionError(office.states())


def refs(visitor):
    return visitor.call("() => [...document.querySelectorAll('.row h3')].map(h => h.innerText)")


def presses_in_turn(visitor, *keys):
    for key in keys:
        visitor.presses(key)


def test_keys_alone_lead_from_a_key_to_a_decision(visitor, office):
    signs_in(visitor, office)
    first, second, third = refs(visitor)

    presses_in_turn(visitor, "j", "j", "k", "j")
    assert visitor.call(PLACE) == 1
    visitor.presses("r")
    assert visitor.call(CHOSEN) == 1
    assert visitor.call("() => document.activeElement.value") == "removed/intimate_no_consent"
    visitor.presses("2")
    lands(visitor, ".said", text="ten seconds")
    visitor.waits_for(".held", text="Made or altered")
    assert visitor.call(PLACE) == 2

    visitor.presses("u")
    lands(visitor, ".said", text="Undone")
    assert not visitor.sees(".held")

    presses_in_turn(visitor, "x", "k", "x", "K", "3")
    visitor.waits_for(".said", text="ten seconds")
    visitor.waits_for("#undoing", text="2 matches")
    becomes(office, third, "kept")
    becomes(office, second, "kept")
    assert office.states()[first] == "open"


def test_a_match_of_its_own_is_decided_by_keys(visitor, office):
    signs_in(visitor, office)
    (ref, *_) = refs(visitor)
    presses_in_turn(visitor, "j", "o")
    lands(visitor, "h1", text=ref)
    assert "custom-promise" in visitor.text() or "platform's own" in visitor.text()

    visitor.presses("k")
    visitor.waits_for("details[open]", text="Not the same photo")
    visitor.presses("Escape")
    assert not visitor.sees("details[open]")
    presses_in_turn(visitor, "p", "1")

    visitor.waits_for(".said", text="ten seconds")
    becomes(office, ref, "pending")


def test_help_is_shown_and_keys_can_be_turned_off(visitor, office):
    signs_in(visitor, office)
    visitor.presses("?")
    visitor.waits_for("#shortcuts details[open]", text="undo what was decided last")

    visitor.click("#keys-off")
    presses_in_turn(visitor, "j", "r", "1")
    assert not visitor.sees("#choices details[open]")
    visitor.open(office.address)
    presses_in_turn(visitor, "j", "r")
    assert not visitor.sees("#choices details[open]")

    visitor.click("#keys-off")
    presses_in_turn(visitor, "j", "r")
    assert visitor.sees("#choices details[open]")


def test_letters_that_are_typed_or_chosen_with_decide_nothing(chromium, office):
    signs_in(chromium, office)

    chromium.page.focus("#filter-tier")
    chromium.presses("s")
    assert not chromium.sees("#choices details[open]")
    chromium.presses("Control+r")

    assert not chromium.sees("#choices details[open]")


def test_numbers_that_are_chosen_with_decide_nothing(chromium, office):
    signs_in(chromium, office)
    presses_in_turn(chromium, "j", "r")
    chromium.page.focus("#filter-tier")

    chromium.presses("1")

    assert chromium.sees("#choices details[open]")
    assert set(office.states().values()) == {"open"}
    assert not chromium.sees("#undoing")


def fills_in_an_appeal(visitor, outcome, reason):
    visitor.page.focus("#appeal summary")
    visitor.presses("Enter")
    visitor.page.select_option("#appeal-outcome", outcome)
    visitor.page.select_option("#appeal-reason", reason)


def test_an_appeal_is_told_on_a_matchs_own_page(chromium, office):
    signs_in(chromium, office)
    (ref, *others) = refs(chromium)
    presses_in_turn(chromium, "j", "o")
    chromium.waits_for("h1", text=ref)

    fills_in_an_appeal(chromium, "upheld", "")
    chromium.click("#appeal button")
    assert not chromium.sees(".said")  # the browser asks why
    chromium.page.select_option("#appeal-reason", "consent_shown")
    chromium.click("#appeal button")

    chromium.waits_for(".said", text="matched no more")
    assert "suspended: wait" in chromium.text()
    assert "Upheld: the uploader was right (Consent was shown)" in chromium.text()
    assert chromium.text().count("with key") == 1
    becomes(office, ref, "suspended")
    fills_in_an_appeal(chromium, "rejected", "other")
    chromium.click("#appeal button")
    chromium.waits_for(".said", text="Nothing changes")
    assert chromium.text().count("with key") == 2
    assert {office.states()[other] for other in others} == {"open"}


def test_it_works_without_scripts(shared_chromium, recorder, office):
    page = shared_chromium.new_page(java_script_enabled=False)
    page.goto(office.address)
    page.fill("#key", office.key)
    page.click("button.main")
    page.check(".row >> nth=0 >> input")
    page.click("summary:has-text('Restricted')")
    page.select_option("#restriction", "reach")
    page.click("details[open] button:has-text('A court ordered it')")
    assert "ten seconds" in page.inner_text(".said")
    page.click(".undo")
    assert "Undone" in page.inner_text(".said")
    assert page.locator("kbd:visible").count() == 0
    page.click("text=Sign out")
    assert page.inner_text("h1") == "Sign in"
    page.close()


def every_page(visitor, office):
    """The name of each kind of page, while it is shown."""
    visitor.open(f"{office.address}/sign-in?ended=1")
    yield "sign in"
    signs_in(visitor, office)
    yield "list"
    presses_in_turn(visitor, "j", "r")
    yield "reasons"
    presses_in_turn(visitor, "1")
    lands(visitor, ".held")
    visitor.presses("?")
    yield "undo and help"
    visitor.click(".row:last-child .more")
    lands(visitor, "h1", text="upl-")
    visitor.presses("s")
    yield "match"
    fills_in_an_appeal(visitor, "rejected", "not_intimate")
    yield "appeal"
    visitor.click("#appeal button")
    visitor.waits_for(".said", text="The appeal is kept")
    yield "appeals"
    visitor.open(f"{office.address}/matches/mat_unknown")
    yield "problem"
    visitor.open(f"{office.address}?show=withdrawn")
    yield "nothing"


def test_every_page_is_narrow_and_clean(shared_chromium, recorder, office, axe):  # noqa: F811
    seen, faults = [], {}
    with chromium_visitor(shared_chromium, bypass_csp=True) as visitor:
        for name in every_page(visitor, office):
            seen.append(name)
            for width in WIDTHS:
                visitor.page.set_viewport_size({"width": width, "height": 720})
                if overflow(visitor) > 0:
                    faults[name, width] = overflow(visitor)
                if found := violations(visitor, axe):
                    faults[name, width, "axe"] = found

    assert faults == {}
    assert len(seen) == 9


def test_nothing_is_blocked_and_nobody_else_is_asked(shared_chromium, recorder, office):
    complaints = []
    with chromium_visitor(shared_chromium) as visitor:
        visitor.page.on(
            "console", lambda one: complaints.append(one.text) if one.type == "error" else None
        )
        visitor.page.on("pageerror", lambda error: complaints.append(str(error)))
        for _ in every_page(visitor, office):
            pass

    assert [text for text in complaints if "404" not in text] == []  # the unknown match
    sent = [one.url for one in recorder.sent if "/console" in one.url]
    assert sent
    assert {url.startswith(office.url) for url in sent} == {True}
    assert office.key not in "".join(sent)

"""The two browsers as one thing: open, click, type, choose files, press keys, go back."""

import json
import time
from contextlib import contextmanager

from tests.browser.chromium import launched
from tests.browser.firefox import firefox

_WAIT_SECONDS = 30
# As WebDriver calls them; a letter is its own name.
_KEYS = {"Shift": "\ue008", "Tab": "\ue004", "Enter": "\ue006", "Escape": "\ue00c"}
PHONE = (360, 640)  # CSS pixels


class Visitor:
    """Somebody with a browser. `call` and what acts on elements differ from browser to browser."""

    def sees(self, selector):
        """Whether there is such an element, and it is shown."""
        return self.call(
            f"() => {{ const e = document.querySelector({json.dumps(selector)});"
            " return Boolean(e && e.getClientRects().length); }"
        )

    def text(self, selector="main"):
        return self.call(f"() => document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def waits_for(self, selector, *, text=""):
        """Until it is shown, and holds the text."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            # Between two pages Firefox answers nothing.
            if self.sees(selector) and text in (self.text(selector) or ""):
                return
            time.sleep(0.05)
        raise AssertionError(f"no {selector} with {text!r}; there is: {self.text('body')!r}")

    def waits_for_script(self, function):
        """Until a JavaScript function says true."""
        deadline = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            if self.call(function):
                return
            time.sleep(0.05)
        raise AssertionError(function)


class ChromiumVisitor(Visitor):
    """Through Playwright."""

    name = "chromium"

    def __init__(self, page):
        self.page = page
        page.set_default_timeout(_WAIT_SECONDS * 1000 / 2)

    def open(self, address):
        self.page.goto(address)

    def click(self, selector):
        self.page.click(selector)

    def types(self, selector, text):
        self.page.fill(selector, text)

    def chooses(self, *files):
        self.page.set_input_files("input[type=file]", [str(file) for file in files])

    def presses(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def goes_back(self):
        self.page.go_back()

    def call(self, function):
        from playwright.sync_api import Error  # noqa: PLC0415  # not needed to skip

        try:
            return self.page.evaluate(function)
        except Error as error:
            if "context was destroyed" not in error.message:
                raise
            self.page.wait_for_load_state()  # it was asked between two pages
            return self.page.evaluate(function)


class FirefoxVisitor(Visitor):
    """Through Marionette."""

    name = "firefox"

    def __init__(self, driver):
        self._driver = driver

    def open(self, address):
        self._driver.open(address)

    def click(self, selector):
        self._driver.ask("WebDriver:ElementClick", {"id": self._find(selector)})

    def types(self, selector, text):
        element = self._find(selector)
        self._driver.ask("WebDriver:ElementClear", {"id": element})
        self._driver.ask("WebDriver:ElementSendKeys", {"id": element, "text": text})

    def chooses(self, *files):
        self._driver.choose(files)

    def presses(self, *keys):
        for key in keys:
            pressed = [
                {"type": kind, "value": _KEYS.get(key, key)} for kind in ("keyDown", "keyUp")
            ]
            actions = [{"type": "key", "id": "keyboard", "actions": pressed}]
            self._driver.ask("WebDriver:PerformActions", {"actions": actions})

    def goes_back(self):
        self._driver.ask("WebDriver:Back", {})

    def call(self, function):
        return self._driver.call(f"async () => ({function})()")

    def _find(self, selector):
        wanted = {"using": "css selector", "value": selector}
        (element,) = self._driver.ask("WebDriver:FindElement", wanted)["value"].values()
        return element


def chromium_browser(proxy):
    """A fresh Chromium that sends everything through a proxy, loopback too."""
    return launched(proxy={"server": f"http://{proxy}", "bypass": "<-loopback>"})


@contextmanager
def chromium_visitor(browser, *, bypass_csp=False):
    """One page of its own on a small phone."""
    width, height = PHONE
    page = browser.new_page(viewport={"width": width, "height": height}, bypass_csp=bypass_csp)
    try:
        yield ChromiumVisitor(page)
    finally:
        page.close()


@contextmanager
def firefox_visitor(proxy, folder):
    """A fresh Firefox."""
    port = int(proxy.rpartition(":")[2])
    preferences = {
        "network__proxy__http_port": port,
        "network__proxy__ssl_port": port,
        "network__proxy__no_proxies_on": "",
        "network__proxy__allow_hijacking_localhost": True,
    }
    with firefox(folder, **preferences) as driver:
        yield FirefoxVisitor(driver)

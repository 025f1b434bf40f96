"""The system's Chromium, driven by Playwright."""

import atexit
import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path

PROGRAM = Path("/usr/bin/chromium")
_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Chromium:
    """One page."""

    def __init__(self, page):
        self._page = page

    def open(self, address):
        self._page.goto(address)

    def choose(self, files):
        self._page.set_input_files("input[type=file]", [str(file) for file in files])

    def call(self, function):
        """What a JavaScript function without parameters returns, or promises."""
        return self._page.evaluate(function)


@cache
def _playwright():
    """One for the process: a second one does not start beside it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not needed to skip)

    playwright = sync_playwright().start()
    atexit.register(playwright.stop)
    return playwright


@contextmanager
def launched(**options):
    """A fresh profile, gone at the end of the block: Playwright's own object."""
    # As root, which is what a container runs as, Chromium starts without its sandbox alone.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = _playwright().chromium.launch(
        executable_path=PROGRAM, headless=True, args=[*_ARGUMENTS, *as_root], **options
    )
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def chromium():
    """One page in a fresh Chromium."""
    with launched() as browser:
        yield Chromium(browser.new_page())

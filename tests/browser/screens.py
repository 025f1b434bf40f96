"""Pictures of every screen for `docs/screens`: `python -m tests.browser.screens`."""

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from examples.demo.service import running_service
from tests.browser.browsers import PHONE, chromium_browser, chromium_visitor
from tests.browser.console_visits import office_at, signs_in
from tests.browser.photos import make_photo
from tests.browser.recorder import recording
from tests.browser.walks import every_screen

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
_COLOURS = 32  # enough for text, and small
_IN_KISWAHILI = {"age", "limits", "choose", "case"}


def main():
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            running_service(folder / "data") as service,
            recording(service.url) as recorder,
            chromium_browser(recorder.address) as browser,
        ):
            for language in ("en", "sw"):
                with chromium_visitor(browser) as visitor:
                    _pictures(visitor, service.url, language, make_photo(folder / "1.jpg", 3))
            console_pictures(browser, service)


def _pictures(visitor, address, language, photo):
    if language == "en":
        visitor.open(f"{address}/")
        visitor.waits_for("[data-do=en]")
        _save(visitor, "language")
    for name in every_screen(visitor, address, language, photo):
        if language == "en":
            _save(visitor, name)
        elif name in _IN_KISWAHILI:
            _save(visitor, f"{name}-sw")


def console_pictures(browser, service):
    """The moderators' list on a desk, and its reasons on a phone."""
    office = office_at(service, matches=5)
    for name, (width, height) in {"list": (1280, 800), "phone": PHONE}.items():
        with chromium_visitor(browser) as visitor:
            visitor.page.set_viewport_size({"width": width, "height": height})
            signs_in(visitor, office)
            for key in ("j", "r", "1"):
                visitor.presses(key)
            visitor.waits_for(".held")
            visitor.presses("r")
            _save(visitor, f"console-{name}")


def _save(visitor, name):
    picture = Image.open(BytesIO(visitor.page.screenshot()))
    small = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())

"""The steps of a visit, as somebody takes them."""

from tests.browser.recorder import BEFORE

PIN = "402913"


def arrives(visitor, address, language="en"):
    """From another page to ours, and into a language."""
    visitor.open(BEFORE)
    visitor.open(f"{address}/")
    visitor.waits_for("[data-do=en]")
    visitor.click(f"[data-do={language}]")


def is_an_adult(visitor):
    visitor.click("[data-go=age-then]")
    visitor.click("[data-go=limits]")
    visitor.waits_for("[data-go=choose]:enabled")


def chooses(visitor, *files):
    """From the limits to a list of photos."""
    visitor.click("[data-go=choose]")
    visitor.chooses(*files)
    visitor.waits_for("[data-do=start]")


def makes_codes(visitor):
    visitor.click("[data-do=start]")
    visitor.waits_for("#bodies, summary")


def picks_a_pin(visitor, pin=PIN):
    visitor.click("main [data-go=pin]")
    visitor.types("#pin-typed", pin)


def sends(visitor):
    """The case number."""
    visitor.click("main [type=submit]")
    visitor.waits_for("#number")
    return visitor.text("#number").strip().replace("\n", "-")


def comes_back(visitor, number, pin=PIN):
    """From the question about age to an answer about a case."""
    visitor.click("[data-go=status]")
    visitor.types("#number-typed", number)
    visitor.types("#pin-typed", pin)
    visitor.click("main [type=submit]")


def every_screen(visitor, address, language, photo):
    """Walk through all of them; yields each one's name while it is shown."""
    arrives(visitor, address, language)
    visitor.click("footer [data-go=safety-screen]")
    yield "safety"
    visitor.click("[data-do=return]")
    yield "age"
    visitor.click("[data-go=age-then]")
    yield "age-then"
    visitor.click("main [data-go=u18]")
    yield "under-18"
    visitor.click("main .back")
    visitor.click("[data-go=age-then]")
    visitor.click("[data-go=limits]")
    visitor.waits_for("[data-go=choose]:enabled")
    yield "limits"
    visitor.click("[data-go=no-file]")
    yield "no-photo"
    visitor.click("main .back")
    visitor.waits_for("[data-go=choose]:enabled")
    yield from _from_photo_to_end(visitor, photo)


def _from_photo_to_end(visitor, photo):
    film = photo.with_name("film.mp4")
    film.write_bytes(b"film")
    broken = photo.with_name("broken.jpg")
    broken.write_bytes(b"\xff\xd8\xff\xe0 and no more")
    chooses(visitor, photo, film, broken)
    yield "choose"
    makes_codes(visitor)
    visitor.click("summary")
    yield "review"
    picks_a_pin(visitor, "123456")
    visitor.click("main [type=submit]")
    visitor.waits_for("#problem.problem")
    yield "pin"
    visitor.types("#pin-typed", PIN)
    sends(visitor)
    yield "case"
    visitor.click("main [data-go=status]")
    visitor.types("#pin-typed", PIN)
    visitor.click("main [type=submit]")
    visitor.waits_for("#state .strong")
    yield "status"
    visitor.click("[data-do=stop]")
    yield "withdraw"
    visitor.click("[data-do=withdraw]")
    visitor.waits_for("main [data-do=clear]")
    yield "withdrawn"

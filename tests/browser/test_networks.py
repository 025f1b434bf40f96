"""A network that is cut, loses answers or meets a busy service: nothing lost, nothing twice."""

import httpx
import pytest

from tests.browser.photos import make_photo
from tests.browser.recorder import Network
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


def test_everything_but_sending_works_without_a_network(visitor, recorder, service, photo):
    arrives(visitor, service.url)
    is_an_adult(visitor)
    recorder.network = Network.DOWN
    before = len(recorder.ours())

    chooses(visitor, photo)
    makes_codes(visitor)
    picks_a_pin(visitor)

    assert len(recorder.ours()) == before
    visitor.click("main [type=submit]")
    visitor.waits_for("#problem", text="No answer came.")
    visitor.waits_for("#state", text="You will not get two cases.")
    recorder.network = Network.UP
    number = sends(visitor)
    assert len(number) == 19


def test_a_lost_answer_and_a_retry_make_one_case(visitor, recorder, service, photo):
    arrives(visitor, service.url)
    is_an_adult(visitor)
    chooses(visitor, photo)
    makes_codes(visitor)
    picks_a_pin(visitor)
    recorder.network = Network.LOSES_ANSWERS
    visitor.click("main [type=submit]")
    visitor.waits_for("#problem", text="No answer came.")
    assert not visitor.sees("main [data-go=review]")  # the next try must be the same
    visitor.call("() => { document.querySelector('#pin-typed').value = '118822'; }")
    visitor.call("() => { document.querySelector('#pin-typed').readOnly || fail(); }")
    visitor.call(f"() => {{ document.querySelector('#pin-typed').value = '{PIN}'; }}")
    recorder.network = Network.UP

    number = sends(visitor)

    first, *others = recorder.posts()
    assert others
    assert {one.body for one in others} == {first.body}
    key = {line for line in first.headers.splitlines() if line.lower().startswith("idempotency")}
    assert key
    assert all(key <= set(one.headers.splitlines()) for one in others)
    headers = {"Content-Type": "application/json", "Idempotency-Key": key.pop().partition(": ")[2]}
    again = httpx.post(f"{service.url}/v1/cases", content=first.body, headers=headers)
    assert again.json()["case_number"] == number


@pytest.mark.parametrize(
    ("network", "words"), [(Network.BUSY, "We are busy"), (Network.BROKEN, "on our side")]
)
def test_a_service_in_trouble_is_said_kindly(chromium, recorder, service, photo, network, words):
    arrives(chromium, service.url)
    is_an_adult(chromium)
    chooses(chromium, photo)
    makes_codes(chromium)
    picks_a_pin(chromium)
    recorder.network = network

    chromium.click("main [type=submit]")

    chromium.waits_for("#problem", text=words)
    recorder.network = Network.UP
    assert sends(chromium)


def test_a_batch_that_fails_leaves_the_number_on_the_screen(chromium, recorder, service, tmp_path):
    photos = [make_photo(tmp_path / f"{k}.jpg", k, width=160, height=120) for k in range(1, 11)]
    arrives(chromium, service.url)
    is_an_adult(chromium)
    chooses(chromium, *photos)
    makes_codes(chromium)
    picks_a_pin(chromium)
    recorder.fail_after_posts = 1

    number = sends(chromium)

    chromium.waits_for("#state", text="is not with us yet")
    recorder.fail_after_posts = None
    chromium.click("main [data-do=rest]")
    chromium.waits_for("#state", text="Your codes are with us.")
    assert chromium.text("#number").strip().replace("\n", "-") == number


def test_a_full_case_is_said_kindly(chromium, recorder, service, tmp_path):
    photos = [make_photo(tmp_path / f"{k}.jpg", k, width=160, height=120) for k in range(1, 11)]
    arrives(chromium, service.url)
    is_an_adult(chromium)
    chooses(chromium, *photos)
    makes_codes(chromium)
    picks_a_pin(chromium)
    recorder.network = Network.FULL

    sends(chromium)

    chromium.waits_for("#state", text="This case is full.")
    assert not chromium.sees("main [data-do=rest]")


def test_status_and_withdrawal_survive_a_cut(chromium, recorder, service, photo):
    arrives(chromium, service.url)
    is_an_adult(chromium)
    chooses(chromium, photo)
    makes_codes(chromium)
    picks_a_pin(chromium)
    sends(chromium)
    chromium.click("main [data-go=status]")
    chromium.types("#pin-typed", PIN)
    recorder.network = Network.DOWN

    chromium.click("main [type=submit]")
    chromium.waits_for("#problem", text="No answer came.")
    chromium.click("[data-do=stop]")
    chromium.click("[data-do=withdraw]")
    chromium.waits_for("#problem", text="No answer came.")
    recorder.network = Network.UP
    chromium.click("[data-do=withdraw]")

    chromium.waits_for("h1", text="no longer in use")


def test_a_worker_that_never_loaded_is_said_and_tried_again(chromium, recorder, service):
    recorder.without = "signature-worker.js"
    arrives(chromium, service.url)
    chromium.click("[data-go=age-then]")
    chromium.click("[data-go=limits]")

    chromium.waits_for("#check", text="did not load")
    recorder.without = None
    chromium.click("main .back")
    chromium.click("[data-go=limits]")

    chromium.waits_for("[data-go=choose]:enabled")


def test_a_wrong_pin_is_said_kindly(chromium, recorder, service):
    arrives(chromium, service.url)

    comes_back(chromium, "7QK2-M4RT-0XVB-9HDC")

    chromium.waits_for("#problem", text="no case with this number and PIN")
    assert chromium.page.input_value("#number-typed") == "7QK2-M4RT-0XVB-9HDC"

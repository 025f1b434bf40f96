"""Age comes before anything else, and the answer goes nowhere."""

import pytest

from tests.browser.walks import arrives

pytestmark = pytest.mark.browser

FIRST, SECOND = [], ["[data-go=age-then]"]


@pytest.mark.parametrize("earlier", [FIRST, SECOND])
@pytest.mark.parametrize("answer", ["no", "unsure"])
def test_under_18_asks_for_nothing_and_sends_nothing(visitor, recorder, service, earlier, answer):
    arrives(visitor, service.url)
    visitor.waits_for("[data-go=u18]")
    for selector in earlier:
        visitor.click(selector)
    before = recorder.settled()

    visitor.click(f"[data-t={answer}]")

    visitor.waits_for("main a[href='tel:116']")
    visitor.waits_for("main a[href='tel:1195']")
    visitor.waits_for("main a[href^='https://takeitdown']")
    assert not visitor.call("() => Boolean(document.querySelector('input'))")
    assert len(recorder.ours()) == before
    assert recorder.posts() == []


def test_there_is_no_file_input_before_both_answers(chromium, recorder, service):
    arrives(chromium, service.url)
    there = "() => Boolean(document.querySelector('input'))"

    assert not chromium.call(there)
    chromium.click("[data-go=age-then]")
    assert not chromium.call(there)

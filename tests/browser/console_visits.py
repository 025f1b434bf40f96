"""A platform with matches on a running service, and moderators who sign in there."""

import secrets
from dataclasses import dataclass

import httpx

from tests.api.bodies import item_of, listing_of
from tests.factories import make_signature

SCOPES = ("matches:write", "matches:read", "decisions:write", "appeals:write", "policy:write")
VIEWER = "https://viewer.example/photos/{ref}"


@dataclass(frozen=True)
class Office:
    """Where moderators of one platform work."""

    url: str
    key: str

    @property
    def address(self):
        return f"{self.url}/console"

    def ask(self, method, path, **fields):
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.request(method, f"{self.url}{path}", headers=headers, timeout=30, **fields)
        answer.raise_for_status()
        return answer.json()

    def states(self):
        """What became of each photo, as the platform's programs see it."""
        lines = self.ask("GET", "/v1/matches")["items"]
        return {line["ref"]: line["decision"] or line["state"] for line in lines}


def office_at(service, *, matches, name="Example"):
    """A platform of its own with so many matches."""
    name = f"{name} {secrets.token_hex(3)}"
    office = Office(service.url, service.make_key(name, *SCOPES))
    office.ask(
        "PUT", "/v1/policy", json={"link_template": VIEWER, "custom_hours": {"custom-promise": 6}}
    )
    seeds = [secrets.randbits(30) for _ in range(matches)]
    for seed in seeds:
        body = {"pin": "402913", "signatures": listing_of(make_signature(seed=seed))}
        httpx.post(f"{service.url}/v1/cases", json=body, timeout=30).raise_for_status()
    surfaces = ("upload", "profile", "message")
    items = [
        item_of(make_signature(seed=seed), ref=f"upl-{8841 + at}", surface=surfaces[at % 3])
        for at, seed in enumerate(seeds)
    ]
    lines = office.ask("POST", "/v1/matches", json={"items": items})["items"]
    assert all(line["verdict"] == "review" for line in lines)
    return office


def signs_in(visitor, office):
    """Type the key, press Enter."""
    visitor.open(f"{office.address}/sign-in")
    visitor.types("#key", office.key)
    visitor.presses("Tab", "Enter")
    lands(visitor, "h1", text="Matches")


def lands(visitor, selector, *, text=""):
    """Wait for a page and for its keys: the script runs after the words are shown."""
    visitor.waits_for(selector, text=text)
    visitor.waits_for("#keys-off")

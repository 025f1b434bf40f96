"""Every route with every kind of key: the table is `tests.api.access`."""

import re
import shutil
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.security.api_keys import KeyKind, KeyWish, make_key
from api.security.key_files import read_key_files
from api.security.scopes import Scope
from api.services.idempotency import Once
from api.settings import Destinations, Settings
from hashsvc.times import now
from tests.api.access import ADDRESS, SEEN, WITH_KEY, WITH_SESSION, WITHOUT_KEY, basic
from tests.api.bodies import opened_number
from tests.api.deciding import decide, match_on
from tests.api.signing import make_private, public_bytes
from tests.project.openapi import routes_of

SCOPED = {route: row for route, row in WITH_KEY.items() if row.scope is not None}
FOREIGN = {route: row for route, row in WITH_KEY.items() if row.foreign is not None}
NONE_SUCH = {
    "match_id": "mat_00000000000000000000000000",
    "key_id": "nobody00",
    "webhook_id": "whk_0",
    "sweep_id": "swp_0",
    "entry": "lst_0",
}


class World:
    """A service with two platforms, of which A has everything that B must not see."""

    def __init__(self, client):
        self.client = client
        self.platforms = client.app.state.services.platforms
        self.lists = client.app.state.services.lists
        for operator in ("amina", "ben"):
            self.lists.grant("A", "reported", operator=operator, at=now())
        key = self.key(*Scope)
        self.header = {"Authorization": f"Bearer {key.text()}"}
        client.put("/v1/policy", json={"custom_hours": {"custom-promise": 12}}, headers=self.header)
        opened_number(client, SEEN)
        match_id = match_on(client, self.header, SEEN, ref="ref-of-A")
        decide(client, self.header, match_id)
        self.lists.publish(at=now())
        self.ids = {
            "match_id": match_id,
            "regime": "custom-promise",
            "key_id": self.below(key),
            "webhook_id": self.webhook(),
            "sweep_id": self.sweep(),
            "member": 1,
            "entry": self.entry(key),
        }

    def key(self, *scopes, name="A", **fields):
        """A live key."""
        return self.platforms.create_key(
            name, scopes, **{"at": now(), "days": 1, "label": f"label-of-{name}"} | fields
        )

    def below(self, key):
        """The id of a key below another."""
        caller = self.platforms.caller(key, at=now())
        wish = KeyWish(frozenset({Scope.KEYS_MANAGE}), caller.kept.expires_at)
        made, _ = self.platforms.create_below(caller, wish, Once("", "below", ""), at=now())
        return made.key_id

    def entry(self, key):
        """The id of an entry of the list that A may read."""
        answer = self.client.get("/compat/ncmec/v2/entries", headers=basic(self, key))
        return re.search(r"lst_\w+", answer.text)[0]

    def webhook(self):
        """The id of a webhook of A."""
        headers = self.header | {"Idempotency-Key": token_hex(16)}
        wish = {"address": ADDRESS}
        return self.client.post("/v1/webhooks", json=wish, headers=headers).json()["webhook_id"]

    def sweep(self):
        """The id of a look back that A was asked for."""
        self.client.app.state.services.sweeps.ask_all(at=now())
        answer = self.client.get("/v1/sweeps", headers=self.header)
        return answer.json()["items"][0]["sweep_id"]

    def ids_for(self, key, route):
        """Ids of A, with such as this key may revoke and this route may remove."""
        if route.startswith("DELETE"):
            return self.ids | {"webhook_id": self.webhook()}
        if Scope.KEYS_MANAGE not in self.platforms.caller(key, at=now()).scopes:
            return self.ids
        return self.ids | {"key_id": key.key_id}

    def cursor(self, route, *, name="A"):
        """A cursor that a platform was given by the route's sibling."""
        reading = {"/v1/changes/ack": "/v1/changes"}.get(
            route.split()[1], "/compat/threatexchange/v1/list"
        )
        key = self.key(*Scope, name=name)
        header = {"Authorization": f"Bearer {key.text()}"}
        return self.client.get(reading, headers=header).json()["next_cursor"]


@pytest.fixture(scope="module")
def world(migrated_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world") / "var"
    shutil.copytree(migrated_folder, folder)
    settings = Settings(
        data=folder,
        compat_lists_enabled=True,
        compat_hma_enabled=True,
        lists_publish_seconds=0,
        webhook_destinations=Destinations.LOOPBACK,
    )
    app = create_app(settings, read_key_files(folder))
    with (
        closing(app.state.services.matching.store),
        TestClient(app, raise_server_exceptions=False) as client,
    ):
        yield World(client)


def test_every_route_has_a_row_and_every_row_a_route(world):
    routes = Counter(
        f"{method} {route.path}"
        for route in routes_of(world.client.app.routes)
        for method in route.methods - {"HEAD"}
    )

    assert set(routes) == WITHOUT_KEY | WITH_SESSION | WITH_KEY.keys(), "see tests/api/access.py"
    assert not WITHOUT_KEY & WITH_KEY.keys()


@pytest.mark.parametrize("route", sorted(WITHOUT_KEY))
def test_no_key_is_asked_for(world, route):
    method, path = route.split()
    answer = world.client.request(method, path.replace("{name:path}", "base.css"), json={})

    assert answer.status_code in {200, 404, 422}


def unknown(_world, _scopes):
    return make_key()


def with_another_secret(world, scopes):
    return replace(world.key(*scopes), secret=make_key().secret)


def of_a_sandbox(world, scopes):
    return replace(world.key(*scopes), kind=KeyKind.TEST)


def expired(world, scopes):
    return world.key(*scopes, at=now() - timedelta(days=2))


def not_yet_valid(world, scopes):
    return world.key(*scopes, not_before=now() + timedelta(hours=1))


def revoked(world, scopes):
    key = world.key(*scopes)
    world.platforms.revoke_key(key.key_id, at=now())
    return key


def unsigned(world, scopes):
    return world.key(*scopes, public_key=public_bytes(make_private()))


@pytest.mark.parametrize("route", WITH_KEY)
@pytest.mark.parametrize(
    "make",
    [
        None,
        unknown,
        with_another_secret,
        of_a_sandbox,
        expired,
        not_yet_valid,
        revoked,
        unsigned,
    ],
    ids=lambda make: make.__name__ if make else "no key",
)
def test_a_key_that_does_not_hold_opens_nothing(world, route, make):
    key = make(world, list(Scope)) if make else None

    answer = WITH_KEY[route].request(world, route, key, ids=world.ids, cursor="x")

    assert answer.status_code == 401
    assert world.ids["match_id"] not in answer.text


@pytest.mark.parametrize("route", SCOPED)
def test_all_other_scopes_together_do_not_open_a_route(world, route):
    row = SCOPED[route]
    key = world.key(*set(Scope) - {row.scope})

    answer = row.request(world, route, key, ids=world.ids, cursor="x")

    assert answer.status_code == 403


@pytest.mark.parametrize("route", WITH_KEY)
def test_the_scope_of_a_route_is_enough(world, route):
    row = WITH_KEY[route]
    key = world.key(row.scope or Scope.REPORTS_READ)
    cursor = world.cursor(route) if "ack" in route else None

    answer = row.request(world, route, key, ids=world.ids_for(key, route), cursor=cursor)

    assert answer.is_success or answer.status_code == row.refused


@pytest.mark.parametrize("route", FOREIGN)
def test_what_is_another_platforms_looks_as_if_it_were_not_there(world, route):
    row = FOREIGN[route]
    key = world.key(*Scope, name="B")
    cursor = world.cursor(route) if "ack" in route else None

    theirs = row.request(world, route, key, ids=world.ids, cursor=cursor)
    nobodys = row.request(world, route, key, ids=world.ids | NONE_SUCH, cursor="x")

    assert theirs.status_code == row.foreign
    assert said(theirs) == said(nobodys)


def said(answer):
    """An answer but for what differs between any two."""
    body = answer.json()
    body.pop("request_id", None)
    return answer.status_code, body


@pytest.mark.parametrize("route", WITH_KEY)
def test_nothing_of_one_platform_is_shown_to_another(world, route):
    row = WITH_KEY[route]
    key = world.key(*Scope, name="B", label="own")

    answer = row.request(world, route, key, ids=world.ids, cursor="x")

    ids = (world.ids[name] for name in ("match_id", "key_id", "webhook_id"))
    for secret in (*ids, "ref-of-A", "label-of-A"):
        assert secret not in answer.text


def test_the_search_would_find_what_is_a_platforms_own(world):
    """The control: the owner is shown it."""
    key = world.key(*Scope)

    shown = "".join(
        WITH_KEY[route].request(world, route, key, ids=world.ids).text
        for route in ("GET /v1/matches", "GET /v1/me")
    )

    assert world.ids["match_id"] in shown
    assert "label-of-A" in shown

"""Every route with every kind of key: the table is `tests.api.access`."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from api.security.api_keys import KeyKind, make_key
from api.security.scopes import Scope
from hashsvc.times import now
from indexer.audit_records import Act
from tests.api.access import RECORDED, WITH_KEY, WITH_SESSION, WITHOUT_KEY
from tests.api.signing import make_private, public_bytes
from tests.api.worlds import running_world
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


@pytest.fixture(scope="module")
def world(migrated_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world") / "var"
    with running_world(migrated_folder, folder) as world:
        yield world


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


@pytest.mark.parametrize("route", WITH_KEY)
def test_what_a_route_does_is_in_the_audit(world, route):
    row = WITH_KEY[route]
    key = world.key(*Scope)
    cursor = world.cursor(route) if "ack" in route else None
    ids = world.ids_for(key, route)
    if "resume" in route:
        WITH_KEY[route.replace("resume", "pause")].request(
            world, route.replace("resume", "pause"), key, ids=ids
        )
    before = len(acts_of(world))

    answer = row.request(world, route, key, ids=ids, cursor=cursor)

    assert answer.is_success or answer.status_code == row.refused
    recorded = RECORDED.get(route, set()) if answer.is_success else set()
    assert set(acts_of(world)[before:]) == recorded


def acts_of(world):
    with world.lists.store.snapshot() as tx:
        return [Act(json.loads(row.body)["act"]) for row in tx.access.after(0, limit=100_000)]


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
